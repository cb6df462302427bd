internal import SluiceCore
internal import SluiceODBC
internal import SluiceTables

/// The rows of a partition, before the database is asked for them.
struct PartitionRows {
    /// Whose connections are used.
    let sessions: TableSessions
    /// Told of the rows.
    let meter: RowMeter
    /// Makes what an object of these rows is encoded with.
    let encoder: () throws -> any RowEncoder
    /// Begins to read; blocks.
    let query: (Connection) throws -> any RowReader
    /// Asks the database for the number of these rows, to compare it; nil not to.
    let count: ((Connection) throws -> Int)?

    /// Compares the rows that were read with what the database counts, where that is asked for; blocks.
    func check(_ read: Int, _ connection: Connection) throws {
        guard let wanted = try count?(connection), wanted != read else { return }
        throw CopyError(
            .integrity,
            "\(read) rows were read, and the database counts \(wanted)",
            advice: "Copy it again when nobody writes to the table"
        )
    }
}
