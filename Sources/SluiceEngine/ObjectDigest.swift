internal import SluiceCore
internal import SluiceDigests

/// The digest of a whole object, put together from those of its pieces in order.
struct ObjectDigest: Sendable {
    private(set) var checksum: Checksum?
    private(set) var length = 0
    private var isKnown = true

    /// Adds the piece that follows.
    mutating func append(_ piece: Checksum?, length pieceLength: Int) {
        defer { length += pieceLength }
        guard isKnown, let piece else {
            isKnown = false
            checksum = nil
            return
        }
        guard let before = checksum else {
            checksum = piece
            return
        }
        checksum = Checksum.combine(before, piece, secondLength: pieceLength)
        isKnown = checksum != nil
    }
}
