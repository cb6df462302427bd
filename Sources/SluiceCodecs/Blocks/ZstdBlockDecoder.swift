internal import CZstd
internal import SluiceCore

/// Blocks of zstd frames.
@safe final class ZstdBlockDecoder: BlockDecoder {
    private let context: OpaquePointer

    init() throws(CodecError) {
        guard let context = unsafe ZSTD_createDCtx() else {
            throw CodecError.refused(.zstd, "ZSTD_createDCtx", "no memory")
        }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    /// A block of 128 KiB that repeats a byte takes four.
    func most(from count: Int) -> Int {
        let (most, overflow) = count.multipliedReportingOverflow(by: 1 << 15)
        return overflow ? .max : most
    }

    func decode(_ input: RawSpan, into output: inout MutableRawSpan) throws {
        try unsafe withPointers(input, &output) { input, output throws(CodecError) in
            let answer = unsafe ZSTD_decompressDCtx(
                context,
                output.baseAddress,
                output.count,
                input.baseAddress,
                input.count
            )
            if ZSTD_isError(answer) != 0 {
                throw CodecError.block("zstd", unsafe String(cString: ZSTD_getErrorName(answer)))
            }
            guard answer == output.count else { throw CodecError.block("zstd", "it stands for \(answer) bytes") }
        }
    }
}
