internal import SluiceCore
internal import SluiceODBC
internal import SluiceTables

/// Rows as the bytes that an encoder makes of them, read once from front to back.
final class TableObject: ReadableObject, @unchecked Sendable {
    // What has no size is read by one thread at a time, each of which sees what the one before has done.
    private let encoder: any RowEncoder
    private let sessions: TableSessions
    private let query: (Connection) throws -> any RowReader
    private let output = ByteOutput()
    private var position = 0
    private var reading = Reading.waiting

    private enum Reading {
        case waiting
        case under(Connection, any RowReader)
        case ended
    }

    /// - Parameters:
    ///   - sessions: whose connections are used.
    ///   - query: begins to read; blocks.
    init(_ encoder: any RowEncoder, _ sessions: TableSessions, query: @escaping (Connection) throws -> any RowReader) {
        self.encoder = encoder
        self.sessions = sessions
        self.query = query
    }

    var size: Int? { nil }
    var modified: Timestamp? { nil }
    var metadata: ObjectMetadata { ObjectMetadata() }
    func checkUnchanged() throws {}

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        precondition(offset == position, "rows can't be read out of order")
        try begin()
        var filled = output.take(into: buffer)
        while filled < buffer.count, case .under(let connection, let reader) = reading {
            if try !reader.next({ batch in try encoder.encode(batch, to: output) }) {
                try encoder.finish(output)
                end(connection)
            }
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

    private func end(_ connection: Connection) {
        // The statement goes first: another one is to have the connection.
        reading = .ended
        sessions.giveBack(connection)
    }
}
