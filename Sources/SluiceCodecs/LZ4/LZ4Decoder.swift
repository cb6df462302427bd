internal import CLZ4

/// Reads LZ4 frames, whose checksums LZ4 verifies, and passes over skippable ones.
@safe final class LZ4Decoder: ChunkDecoder {
    private let context: OpaquePointer
    private var progress = FrameProgress()

    init() throws(CodecError) {
        var context: OpaquePointer?
        let answer = unsafe LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))
        guard LZ4F_isError(answer) == 0, let context = unsafe context else {
            throw CodecError.refused(.lz4, "LZ4F_createDecompressionContext", "no memory")
        }
        unsafe self.context = context
    }

    deinit { unsafe LZ4F_freeDecompressionContext(context) }

    func decode(_ input: RawSpan, into output: inout MutableRawSpan) throws(CodecError) -> DecodeProgress {
        try unsafe withPointers(input, &output) { input, output throws(CodecError) in
            var (consumed, produced) = (0, 0)
            while consumed < input.count || progress.isWithinFrame {
                let source = unsafe UnsafeRawBufferPointer(rebasing: input[consumed...])
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: output[produced...])
                var (read, written) = (source.count, target.count)
                // Zero tells the end of a frame; anything else is a hint at what is still missing.
                let answer = unsafe LZ4F_decompress(
                    context,
                    target.baseAddress,
                    &written,
                    source.baseAddress,
                    &read,
                    nil
                )
                if LZ4F_isError(answer) != 0 {
                    let reason = unsafe String(cString: LZ4F_getErrorName(answer))
                    throw CodecError.corrupt(.lz4, offset: progress.offset, reason)
                }
                progress.advance(read, frameEnded: answer == 0)
                consumed += read
                produced += written
                if read == 0 && written == 0 || produced == output.count { break }
            }
            return DecodeProgress(consumed: consumed, produced: produced)
        }
    }

    func finish() throws(CodecError) { try progress.finish(.lz4) }
}
