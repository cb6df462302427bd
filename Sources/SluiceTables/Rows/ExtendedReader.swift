internal import SluiceCore

/// Another reader's rows with more columns behind theirs: texts that are the same in every row.
@safe package final class ExtendedReader: RowReader {
    package let columns: [Column]
    private let base: any RowReader
    private let constants: [ConstantCells]

    /// - Throws: a `TableError` for a name that another column has.
    package init(_ base: any RowReader, with constants: [(name: String, value: String)]) throws(TableError) {
        var names = Set(base.columns.map(\.name))
        for constant in constants where !names.insert(constant.name).inserted {
            throw TableError(
                .usage,
                "there are two columns \"\(constant.name)\": one of the file, and one that is added to it",
                advice: "Give the added one another name, or leave it out"
            )
        }
        self.base = base
        self.constants = constants.map { ConstantCells($0.value) }
        columns = base.columns + constants.map { Column($0.name, .text(length: nil)) }
    }

    package func next(_ body: (borrowing RowBatch) throws -> Void) throws -> Bool {
        try base.next { batch in
            let values = unsafe batch.values + constants.map { unsafe $0.values }
            try body(unsafe batch.part(0..<batch.count, columns: columns, values: values))
        }
    }
}
