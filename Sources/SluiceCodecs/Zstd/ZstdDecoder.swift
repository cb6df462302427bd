internal import CZstd

/// Reads zstd frames, whose checksums zstd verifies, and passes over skippable ones.
@safe final class ZstdDecoder: ChunkDecoder {
    private let context: OpaquePointer
    private var progress = FrameProgress()

    init() throws(CodecError) {
        guard let context = unsafe ZSTD_createDCtx() else {
            throw CodecError.refused(.zstd, "ZSTD_createDCtx", "no memory")
        }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    func decode(_ input: RawSpan, into output: inout MutableRawSpan) throws(CodecError) -> DecodeProgress {
        try unsafe withPointers(input, &output) { input, output throws(CodecError) in
            var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
            var target = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
            while unsafe source.pos < source.size || progress.isWithinFrame {
                let (inputBefore, outputBefore) = unsafe (source.pos, target.pos)
                // Zero tells the end of a frame; anything else is a hint at what is still missing.
                let answer = unsafe ZSTD_decompressStream(context, &target, &source)
                progress.advance(unsafe source.pos - inputBefore, frameEnded: answer == 0)
                if ZSTD_isError(answer) != 0 { throw problem(answer) }
                let isStuck = unsafe source.pos == inputBefore && target.pos == outputBefore
                if unsafe isStuck || target.pos == target.size { break }
            }
            return unsafe DecodeProgress(consumed: source.pos, produced: target.pos)
        }
    }

    func finish() throws(CodecError) { try progress.finish(.zstd) }

    private func problem(_ answer: Int) -> CodecError {
        let reason = unsafe String(cString: ZSTD_getErrorName(answer))
        switch ZSTD_getErrorCode(answer) {
        case ZSTD_error_memory_allocation: return .refused(.zstd, "ZSTD_decompressStream", reason)
        case ZSTD_error_frameParameter_windowTooLarge:
            return .windowTooLarge(.zstd, offset: progress.offset, reason)
        default: return .corrupt(.zstd, offset: progress.offset, reason)
        }
    }
}
