package import SluiceCore
package import SluiceODBC

/// How rows go into a table.
package struct TableSinkOptions: Sendable {
    /// What files of the source hold.
    package var files = Conversion()
    /// The table; `SCHEMA.NAME` where need be.
    package var table: String?
    /// Whether the table is made where there is none.
    package var createsTable = false
    /// Statements that run before the first row, each committed by itself.
    package var before: [String] = []
    package var mapping = ColumnMapping.byName
    /// Columns that get a value which is no row's; `$$FILEPATH` is the name of the file that a row comes from.
    package var additions: [Addition] = []
    /// Columns by which a row replaces the one that is there.
    package var keys: [String] = []
    /// Rows of a transaction at most; nil for as many as memory allows, up to `standardBatch`.
    package var batchRows: Int?
    /// How long the database may take for one; nil for any time.
    package var batchTimeout: Duration?
    /// Whether values may lose what has no room in their columns: characters, and digits behind a point.
    package var allowsTruncation = false
    /// Rows that may be skipped: nil for any number.
    package var mostBadRows: Int? = 0
    /// Where skipped rows are kept; nil for nowhere.
    package var badRows: Location?

    /// What ADF has as `writeBatchSize`; a quarter of a second on a slow server.
    static let standardBatch = 10_000

    package struct Addition: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Has the database fetch staged objects by itself; nil where rows are sent.
    var loadStatement: LoadStatement?

    package init() {}
}
