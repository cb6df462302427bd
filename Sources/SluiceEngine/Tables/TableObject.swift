internal import SluiceCore
internal import SluiceODBC
internal import SluiceTables

/// Rows as the bytes that an encoder makes of them, read once from front to back.
final class TableObject: ReadableObject, @unchecked Sendable {
    // What has no size is read by one thread at a time, each of which sees what the one before has done.
    private let encoder: any RowEncoder
    private let sessions: TableSessions
    private let query: (Connection) throws -> any RowReader
    private let meter: RowMeter
    /// Asks the database how many rows there are to be; nil where nobody wants to know.
    private let count: ((Connection) throws -> Int)?
    private let output = ByteOutput()
    private var position = 0
    private var counted = RowCount()
    private var reading = Reading.waiting

    private enum Reading {
        case waiting
        case under(Connection, any RowReader)
        case ended
    }

    /// - Parameters:
    ///   - sessions: whose connections are used.
    ///   - meter: told of the rows.
    ///   - query: begins to read; blocks.
    ///   - count: asks the database for the number of these rows, to compare it; nil not to.
    init(
        _ encoder: any RowEncoder,
        _ sessions: TableSessions,
        _ meter: RowMeter,
        query: @escaping (Connection) throws -> any RowReader,
        count: ((Connection) throws -> Int)?
    ) {
        self.encoder = encoder
        self.sessions = sessions
        self.meter = meter
        self.query = query
        self.count = count
    }

    var size: Int? { nil }
    var modified: Timestamp? { nil }
    var metadata: ObjectMetadata { ObjectMetadata() }
    func checkUnchanged() throws {}
    var rows: RowCount? { counted }
    func discard() { meter.add(-counted.read) }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        precondition(offset == position, "rows can't be read out of order")
        try begin()
        var filled = output.take(into: buffer)
        while filled < buffer.count, case .under(let connection, let reader) = reading {
            if try !reader.next(encode) { try end(connection) }
            filled += output.take(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
        }
        position += filled
        return filled
    }

    private func begin() throws {
        guard case .waiting = reading else { return }
        let connection = try sessions.take()
        reading = .under(connection, try query(connection))
        try encoder.begin(output)
    }

    private func encode(_ batch: borrowing RowBatch) throws {
        try encoder.encode(batch, to: output)
        let before = counted.read
        counted.read = batch.rowsBefore + batch.count
        counted.copied += batch.count
        meter.add(counted.read - before)
    }

    private func end(_ connection: Connection) throws {
        try encoder.finish(output)
        guard counted.isComplete else {
            throw CopyError(.integrity, "\(counted.read) rows were read, and \(counted.copied) of them copied")
        }
        // The statement goes first: another one is to have the connection.
        reading = .ended
        if let wanted = try count?(connection), wanted != counted.read {
            throw CopyError(
                .integrity,
                "\(counted.read) rows were read, and the database counts \(wanted)",
                advice: "Copy it again when nobody writes to the table"
            )
        }
        sessions.giveBack(connection)
    }
}
