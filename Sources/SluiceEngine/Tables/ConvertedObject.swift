internal import SluiceCore
internal import SluiceTables

/// An object as the bytes of another format, read once from front to back.
///
/// It is opened with the first read, because whoever lists has no time for that.
// @unchecked: everything that changes is reached only under `lock`.
final class ConvertedObject: ReadableObject, @unchecked Sendable {
    /// What it is made of.
    struct Parts {
        let object: any ReadableObject
        let bytes: RowBytes
    }

    private let open: (ItemRows) throws -> Parts
    private let counted: ItemRows
    private let lock = Locked<Void>(())
    private var object: (any ReadableObject)?
    private var position = 0
    private var bytes: RowBytes?

    let modified: Timestamp?

    /// - Parameters:
    ///   - rows: told of what becomes of each row.
    ///   - open: gives the object, and what is made of its rows; blocks.
    init(modified: Timestamp?, _ rows: ItemRows, open: @escaping (ItemRows) throws -> Parts) {
        self.modified = modified
        counted = rows
        self.open = open
    }

    var size: Int? { nil }
    /// What is kept beside the bytes of the one format says nothing of those of the other.
    var metadata: ObjectMetadata { ObjectMetadata() }
    var hasUncheckedBytes: Bool { lock.withLock { _ in object }?.hasUncheckedBytes ?? false }

    var rows: RowCount? { lock.withLock { _ in counted.count } }
    func discard() { lock.withLock { _ in counted.discard() } }

    func checkUnchanged() throws { try lock.withLock { _ in object }?.checkUnchanged() }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try lock.withLock { _ in
            let bytes = try self.bytes ?? opened()
            precondition(offset == position, "rows can't be read out of order")
            do {
                let count = try bytes.read(into: buffer)
                position += count
                if count < buffer.count { try object?.checkUnchanged() }
                return count
            } catch {
                // Rows that can't be read may be those of a file that has changed meanwhile: that is what is to be told.
                try object?.checkUnchanged()
                throw error
            }
        }
    }

    private func opened() throws -> RowBytes {
        let parts = try open(counted)
        object = parts.object
        bytes = parts.bytes
        return parts.bytes
    }
}

/// An object's bytes from front to back, many of them at a time whatever is asked for.
final class PiecedInput: ByteInput {
    private let object: any ReadableObject
    private let piece: Int
    private var held: [UInt8] = []
    private var waiting = 0..<0
    private var offset = 0

    /// - Parameter piece: bytes that are read at a time; 0 for as many as are asked for.
    init(_ object: any ReadableObject, piece: Int) {
        self.object = object
        self.piece = piece
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard piece > buffer.count else { return try fill(buffer) }
        if waiting.isEmpty {
            if held.isEmpty { held = [UInt8](repeating: 0, count: min(piece, max(1, object.size ?? piece))) }
            waiting = try 0..<held.withUnsafeMutableBytes { try fill($0) }
        }
        let count = min(buffer.count, waiting.count)
        buffer.copyBytes(from: held[waiting.lowerBound..<waiting.lowerBound + count])
        waiting = waiting.lowerBound + count..<waiting.upperBound
        return count
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try object.read(at: offset, into: buffer)
        offset += count
        return count
    }
}
