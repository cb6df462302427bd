internal import SluiceCore

/// The digest of an object's bytes as they were read, put together from those of its chunks in whatever order they come.
struct SourceDigest: Sendable {
    private var next = 0
    private var digest = ObjectDigest()
    /// Chunks that are ahead of one that is missing.
    private var waiting: [Int: Piece] = [:]
    private var isComplete = true

    private struct Piece: Sendable {
        let checksum: Checksum
        let length: Int
    }

    /// Adds the chunk `ordinal`.
    mutating func add(_ checksum: Checksum, length: Int, ordinal: Int) {
        guard isComplete else { return }
        waiting[ordinal] = Piece(checksum: checksum, length: length)
        while let piece = waiting.removeValue(forKey: next) {
            digest.append(piece.checksum, length: piece.length)
            next += 1
        }
    }

    /// Says that chunks will be missing.
    mutating func giveUp() {
        isComplete = false
        waiting = [:]
    }

    /// The digest of all `size` bytes; nil where some were not read here, or are of different kinds.
    func checksum(ofBytes size: Int) -> Checksum? { isComplete && digest.length == size ? digest.checksum : nil }
}

extension ItemTransfer {
    /// Throws when the source is not what it was, or what was read is not what its service has.
    func checkSource() throws {
        guard let source else { return }
        try source.checkUnchanged()
        guard let size = item.size, let found = withState({ $0.sourceDigest.checksum(ofBytes: size) }),
            let stored = try source.storedChecksum, stored.algorithm == found.algorithm
        else { return }
        guard stored != found else { return withState { $0.isSourceCompared = true } }
        throw CopyError(
            .integrity,
            "\"\(item.name)\" is not what its source has",
            cause: "its digest is \(found.hex), and the source's service says \(stored.hex)",
            advice: "It changes on the way or has changed in the store: look at it with another client"
        )
    }
}
