internal import SluiceCore
internal import SluiceDigests

/// An object of the staging store that fails where its bytes are not those that were put there.
///
/// What is read from front to back is held against the digest at its end; of what is read in ranges the engine makes the
/// digest, and finds it here.
final class CheckedObject: ReadableObject {
    private let base: any ReadableObject
    private let object: StagedObject
    private let state: Locked<Running>

    private struct Running: Sendable {
        /// Of the bytes that came in their order; nil once some did not.
        var digest: ObjectDigest? = ObjectDigest()
    }

    init(_ base: any ReadableObject, _ object: StagedObject) {
        self.base = base
        self.object = object
        state = Locked(Running())
    }

    var size: Int? { base.size }
    var modified: Timestamp? { base.modified }
    var metadata: ObjectMetadata { get throws { try base.metadata } }
    var storedChecksum: Checksum? { object.checksum }
    var storedDigest: Checksum? { object.checksum }
    var hasUncheckedBytes: Bool { object.checksum == nil && base.hasUncheckedBytes }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try base.read(at: offset, into: buffer)
        try check(offset, UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }

    func read(at offset: Int, count: Int, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        try base.read(at: offset, count: count, take)
    }

    func checkUnchanged() throws { try base.checkUnchanged() }

    private func check(_ offset: Int, _ bytes: UnsafeRawBufferPointer) throws {
        guard let algorithm = object.checksum?.algorithm else { return }
        let piece = try Checksum(algorithm, of: bytes.bytes)
        let found: Checksum? = state.withLock { state in
            guard state.digest?.length == offset else {
                state.digest = nil
                return nil
            }
            if !bytes.isEmpty { state.digest?.append(piece, length: bytes.count) }
            return state.digest?.length == object.bytes ? state.digest?.checksum : nil
        }
        guard let found, found != object.checksum else { return }
        throw CopyError(
            .integrity,
            "\"\(object.name)\" in the staging store is not what was put there",
            cause: "its digest is \(found.hex), and that of what was sent \(object.checksum?.hex ?? "")",
            advice: "Copy it again; if that happens twice, stage in another store"
        )
    }
}
