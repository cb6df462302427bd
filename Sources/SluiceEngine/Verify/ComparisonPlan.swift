internal import SluiceCore

/// How two objects are compared: with as little reading as proves the most, and no more than may be.
enum ComparisonPlan: Equatable {
    /// Both stores keep a digest of one kind.
    case digests
    /// The source is read, and its digest held against the one that the sink's store keeps; and the other way round.
    case readSource(ChecksumAlgorithm)
    case readSink(ChecksumAlgorithm)
    case readBoth
    case sizeOnly
    /// Not even the sizes are known.
    case nothing

    /// What is known of one of the two.
    struct Side: Equatable {
        /// Bytes; nil where they are not known.
        var size: Int?
        /// The digest that its store keeps of it.
        var digest: ChecksumAlgorithm?
        /// Whether reading it costs no more than a disk's time.
        var isLocal = false
        /// Whether there is anything to be read: an earlier copy's record has none.
        var isReadable = true
    }

    /// - Parameter mayRead: whether more than a local file may be read, and without a digest to hold against.
    init(source: Side, sink: Side, mayRead: Bool) {
        if let digest = source.digest, digest == sink.digest {
            self = .digests
        } else if let digest = sink.digest, source.isReadable, source.isLocal || mayRead {
            self = .readSource(digest)
        } else if let digest = source.digest, sink.isReadable, sink.isLocal || mayRead {
            self = .readSink(digest)
        } else if mayRead, source.isReadable, sink.isReadable {
            self = .readBoth
        } else {
            self = source.size == nil || sink.size == nil ? .nothing : .sizeOnly
        }
    }
}
