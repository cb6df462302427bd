/// Reads back compressed data piece by piece: one frame or many, one after another, as one stream.
///
/// Used by one thread at a time. After an error it is of no use any more.
package protocol ChunkDecoder: AnyObject {
    /// Decodes from the start of `input` to the start of `output`, until one of them is used up.
    ///
    /// Give what was not consumed again, before what follows it. When `output` was filled there may be more to come
    /// even though all of `input` is consumed: call again, with an empty input if there is no other.
    /// - Throws: `CodecError` of kind `.integrity` when the data are damaged.
    func decode(_ input: RawSpan, into output: inout MutableRawSpan) throws(CodecError) -> DecodeProgress

    /// Tells the end of the input.
    /// - Throws: `CodecError` of kind `.integrity` when the last frame is not whole, or there was none.
    func finish() throws(CodecError)
}

/// How far one call of a decoder came.
package struct DecodeProgress: Hashable, Sendable {
    /// Bytes of the input that are done with.
    package let consumed: Int
    /// Bytes of the output that were written.
    package let produced: Int
}

/// Where a stream of frames is: what a decoder needs to tell a whole stream from a truncated one.
struct FrameProgress {
    /// Compressed bytes consumed so far.
    private(set) var offset = 0
    /// Whether a frame has begun that has not ended.
    private(set) var isWithinFrame = false

    /// Notes `count` more bytes of a frame.
    mutating func advance(_ count: Int, frameEnded: Bool) {
        offset += count
        isWithinFrame = !frameEnded
    }

    /// - Throws: `CodecError` when the stream may not end here.
    func finish(_ format: CodecFormat) throws(CodecError) {
        if isWithinFrame || offset == 0 { throw CodecError.truncated(format, offset: offset) }
    }
}
