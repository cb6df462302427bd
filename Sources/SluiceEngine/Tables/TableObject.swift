internal import SluiceCore
internal import SluiceODBC
internal import SluiceTables

/// Rows as the bytes that an encoder makes of them, read once from front to back.
final class TableObject: ReadableObject, @unchecked Sendable {
    // What has no size is read by one thread at a time, each of which sees what the one before has done.
    private let encoder: any RowEncoder
    private let source: PartitionRows
    private let output = ByteOutput()
    private var position = 0
    private var counted = RowCount()
    private var reading = Reading.waiting

    private enum Reading {
        case waiting
        case under(Connection, any RowReader)
        case ended
    }

    init(_ source: PartitionRows) throws {
        self.source = source
        encoder = try source.encoder()
    }

    var size: Int? { nil }
    var modified: Timestamp? { nil }
    var metadata: ObjectMetadata { ObjectMetadata() }
    func checkUnchanged() throws {}
    var rows: RowCount? { counted }
    func discard() { source.meter.add(-counted.read) }

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
        let connection = try source.sessions.take()
        reading = .under(connection, try source.query(connection))
        try encoder.begin(output)
    }

    private func encode(_ batch: borrowing RowBatch) throws {
        try encoder.encode(batch, to: output)
        let before = counted.read
        counted.read = batch.rowsBefore + batch.count
        counted.copied += batch.count
        source.meter.add(counted.read - before)
    }

    private func end(_ connection: Connection) throws {
        try encoder.finish(output)
        guard counted.isComplete else {
            throw CopyError(.integrity, "\(counted.read) rows were read, and \(counted.copied) of them copied")
        }
        // The statement goes first: another one is to have the connection.
        reading = .ended
        try source.check(counted.read, connection)
        source.sessions.giveBack(connection)
    }
}
