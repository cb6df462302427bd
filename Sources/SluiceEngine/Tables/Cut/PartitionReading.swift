internal import SluiceCore
internal import SluiceODBC
internal import SluiceTables

/// The rows of one partition as the bytes of several files, one after the other: a file is read to its end before the next
/// one is told of.
final class PartitionReading: @unchecked Sendable {
    // @unchecked: files are read one at a time, each by one thread at a time, and `CutFiles`, whose lock the next reader
    // takes to get here, hears of one's end before it lists another.
    private let rows: PartitionRows
    /// Rows of a file at most.
    private let most: Int
    private var state = Reading.waiting
    /// The file that is being read, and those behind it that rows of the same batch have begun.
    private var files: ArraySlice<OpenFile> = []
    /// Rows that were counted.
    private let counted = RowMeter()
    private let isBroken = Locked(false)

    private enum Reading {
        case waiting
        case under(Connection, any RowReader)
        case ended
    }

    /// A file that rows are encoded into.
    private final class OpenFile {
        // There may be many small ones of one batch.
        let output = ByteOutput(capacity: 64)
        /// Nil once it has its last row.
        var encoder: (any RowEncoder)?
        var rows = 0

        init(_ encoder: any RowEncoder) throws {
            self.encoder = encoder
            try encoder.begin(output)
        }

        func finish() throws {
            try encoder?.finish(output)
            encoder = nil
        }
    }

    init(_ rows: PartitionRows, most: Int) {
        self.rows = rows
        self.most = most
    }

    /// What a call of `read` has done.
    struct Progress {
        var bytes = 0
        /// Rows of the file so far.
        var rows = 0
        /// Whether there are no bytes behind these in the file.
        var hasEnded = false
        /// Whether there is no file behind it.
        var isLast = false
    }

    /// Further bytes of the file that is being read; blocks. With its end the next one is there to be read.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Progress {
        if isBroken.withLock({ $0 }) { throw ReadingBroken() }
        try begin()
        guard let file = files.first else { preconditionFailure("a file that has ended is not read") }
        var progress = Progress(bytes: file.output.take(into: buffer))
        while progress.bytes < buffer.count, file.encoder != nil {
            try pull()
            progress.bytes += file.output.take(into: UnsafeMutableRawBufferPointer(rebasing: buffer[progress.bytes...]))
        }
        progress.rows = file.rows
        guard progress.bytes < buffer.count else { return progress }
        // Whether another file follows is known once it has a row.
        while files.count == 1, case .under = state { try pull() }
        files.removeFirst()
        (progress.hasEnded, progress.isLast) = (true, files.isEmpty)
        return progress
    }

    /// Its files are not to be read any further. From any thread.
    func breakOff() { isBroken.withLock { $0 = true } }

    /// What it has read came to nothing, and is not counted.
    func discard() { rows.meter.add(-counted.count) }

    private func begin() throws {
        guard case .waiting = state else { return }
        let connection = try rows.sessions.take()
        state = .under(connection, try rows.query(connection))
        files = [try OpenFile(rows.encoder())]
    }

    /// Encodes the next batch, or ends the last file.
    private func pull() throws {
        guard case .under(let connection, let reader) = state else { preconditionFailure("a file has an end") }
        if try !reader.next(encode) { try end(connection) }
    }

    private func encode(_ batch: borrowing RowBatch) throws {
        var row = 0
        repeat {
            let file = try lastFile()
            // A piece of a row is all that there is of its batch.
            let end = batch.piece == nil ? min(batch.count, row + most - file.rows) : batch.count
            try file.encoder?.encode(batch, rows: row..<end, to: file.output)
            file.rows += end - row
            if file.rows == most { try file.finish() }
            row = end
        } while row < batch.count
        let read = batch.rowsBefore + batch.count - counted.count
        guard read == batch.count else {
            throw CopyError(.integrity, "\(batch.rowsBefore) rows were read, and \(counted.count) of them copied")
        }
        counted.add(read)
        rows.meter.add(read)
    }

    /// The file that the next row goes to.
    private func lastFile() throws -> OpenFile {
        if let last = files.last, last.encoder != nil { return last }
        let file = try OpenFile(rows.encoder())
        files.append(file)
        return file
    }

    private func end(_ connection: Connection) throws {
        try files.last?.finish()
        // The statement goes first: another one is to have the connection.
        state = .ended
        try rows.check(counted.count, connection)
        rows.sessions.giveBack(connection)
    }
}

/// A reading that another file of its partition has broken off.
struct ReadingBroken: Failure {
    var kind: FailureKind { .cancelled }
    var what: String { "another file of the same partition has failed" }
    var cause: String? { nil }
    var advice: String? { nil }
}

/// One file of a partition.
final class CutFile: ReadableObject, @unchecked Sendable {
    // @unchecked: what has no size is read by one thread at a time, each of which sees what the one before has done.
    private let reading: PartitionReading
    private let onEnd: @Sendable (_ isLast: Bool) -> Void
    private var position = 0
    private var counted = RowCount()
    private var hasEnded = false

    /// - Parameter onEnd: told once the file was read to its end.
    init(_ reading: PartitionReading, onEnd: @escaping @Sendable (_ isLast: Bool) -> Void) {
        self.reading = reading
        self.onEnd = onEnd
    }

    var size: Int? { nil }
    var modified: Timestamp? { nil }
    var metadata: ObjectMetadata { ObjectMetadata() }
    func checkUnchanged() throws {}
    var rows: RowCount? { counted }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        precondition(offset == position, "rows can't be read out of order")
        guard !hasEnded else { return 0 }
        let progress = try reading.read(into: buffer)
        position += progress.bytes
        counted = RowCount(read: progress.rows, copied: progress.rows)
        if progress.hasEnded {
            hasEnded = true
            onEnd(progress.isLast)
        }
        return progress.bytes
    }
}
