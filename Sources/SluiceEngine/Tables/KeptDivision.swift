internal import SluiceODBC

/// A table's division as it is kept for later attempts, with the columns that it was made for.
struct KeptDivision {
    let columns: String
    let division: TableDivision

    init(columns: String, division: TableDivision) {
        self.columns = columns
        self.division = division
    }

    /// Nil for what is none.
    init?(_ bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: 0), let division = TableDivision(encoded: Array(bytes[(end + 1)...]))
        else { return nil }
        columns = String(decoding: bytes[..<end], as: UTF8.self)
        self.division = division
    }

    var encoded: [UInt8] { Array(columns.utf8) + [0] + division.encoded }
}
