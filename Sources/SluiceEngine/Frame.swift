internal import SluiceCore

/// A chunk that is ready for the sink: raw bytes, or one compressed frame.
struct Frame: ~Copyable, Sendable {
    let ordinal: Int
    /// Where its first byte stands in the source.
    let offset: Int
    /// Bytes of the source that it stands for.
    let rawLength: Int
    var slab: Slab
    let checksum: Checksum?
}
