internal import SluiceCore
internal import SluiceEngine

/// The data that codecs and digests are measured on, cut as a copy cuts them.
struct SampleData: Sendable {
    let bytes: [UInt8]
    /// What a codec gets at a time.
    let chunks: [Range<Int>]
    /// Where they are from, as a clause.
    let origin: String
    let isGenerated: Bool

    /// The engine compresses chunks of this size.
    static let chunkSize = 1 << 20
    /// Enough chunks that none is in a cache when its turn comes again.
    static let size = 16 << 20

    /// - Parameter pieces: lengths of the objects or stretches that `bytes` was put together from.
    init(_ bytes: [UInt8], pieces: [Int]? = nil, origin: String, isGenerated: Bool) {
        self.bytes = bytes
        self.origin = origin
        self.isGenerated = isGenerated
        var chunks: [Range<Int>] = []
        var start = 0
        for piece in pieces ?? [bytes.count] {
            let end = start + piece
            for offset in stride(from: start, to: end, by: SampleData.chunkSize) {
                chunks.append(offset..<min(offset + SampleData.chunkSize, end))
            }
            start = end
        }
        self.chunks = chunks
    }

    var description: SampleDescription {
        SampleDescription(origin: origin, isGenerated: isGenerated, bytes: bytes.count)
    }
}
