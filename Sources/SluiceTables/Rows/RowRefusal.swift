package import SluiceCore

/// A row that an encoder can't write: those before it in the range that it was given are written, and it and those
/// behind it are not.
package struct RowRefusal: Failure, Equatable {
    /// Of the batch.
    package let row: Int
    package let place: RowPlace
    package let code: BadRow.Code
    private let reason: TableError

    init(_ row: Int, of batch: borrowing RowBatch, _ code: BadRow.Code, _ reason: TableError) {
        self.row = row
        place = batch.place(of: row)
        self.code = code
        self.reason = reason
    }

    package var kind: FailureKind { reason.kind }
    package var what: String { "\(place) can't be written" }
    package var cause: String? { reason.what }
    package var advice: String? { reason.advice }

    /// The row as one that is skipped.
    package func badRow(of batch: borrowing RowBatch) -> BadRow {
        BadRow(place, code, reason.what, text: RowText.delimited(batch, row))
    }
}
