/// A compression format whose frames, one after another, are one valid file.
///
/// Every chunk becomes a frame of its own (gzip member, zstd frame, lz4 frame), so one object is compressed in
/// parallel and any block of it can be made again alone.
package protocol ChunkCodec: Sendable {
    /// As the command line names it: `gzip`, `zstd`, `lz4`.
    var name: String { get }
    /// What a compressed object's name ends with, dot included: `.gz`.
    var suffix: String { get }
    /// The most bytes that a chunk of `count` bytes can become.
    func bound(for count: Int) -> Int
    /// An encoder for one worker; it is used by one thread at a time and keeps its state between chunks.
    func makeEncoder() throws -> any ChunkEncoder
}

/// Makes one frame of one chunk.
package protocol ChunkEncoder: AnyObject {
    /// Writes one whole frame that holds `input` (0 bytes and more) to the start of `output`.
    ///
    /// A chunk that does not compress is stored, never grown beyond the format's own framing.
    /// - Precondition: `output.byteCount >= codec.bound(for: input.byteCount)`.
    /// - Returns: the frame's length in bytes.
    func encode(_ input: RawSpan, into output: inout MutableRawSpan) throws -> Int
}
