internal import CZstd
package import SluiceCore

/// Zstandard (RFC 8878): each chunk a frame of its own, with the content's size and a checksum (XXH64).
package struct ZstdCodec: ChunkCodec {
    /// Level 0 is zstd's own name for its default, 3. Above 19 the window needs more memory than a reader allows.
    package static let levels = -5...19
    package static let defaultLevel = 3

    package let level: Int

    package var name: String { CodecFormat.zstd.rawValue }
    package var suffix: String { CodecFormat.zstd.suffix }

    /// - Precondition: `levels` contains `level`.
    package init(level: Int = defaultLevel) {
        precondition(ZstdCodec.levels.contains(level), "zstd has no level \(level)")
        self.level = level
    }

    /// A 256th more than the chunk, and 64 bytes: what zstd wants as room. An incompressible chunk takes less, at most
    /// 18 bytes of header and checksum and 3 for every 128 KiB.
    package func bound(for count: Int) -> Int { Int(ZSTD_compressBound(count)) }

    /// - Throws: `CodecError` when there is no memory.
    package func makeEncoder() throws -> any ChunkEncoder { try ZstdEncoder(level: level) }
}

/// Makes zstd frames.
@safe final class ZstdEncoder: ChunkEncoder {
    private let context: OpaquePointer

    init(level: Int) throws(CodecError) {
        guard let context = unsafe ZSTD_createCCtx() else {
            throw CodecError.refused(.zstd, "ZSTD_createCCtx", "no memory")
        }
        unsafe self.context = context
        try set(ZSTD_c_compressionLevel, Int32(level))
        try set(ZSTD_c_checksumFlag, 1)
        try set(ZSTD_c_contentSizeFlag, 1)
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    func encode(_ input: RawSpan, into output: inout MutableRawSpan) throws -> Int {
        precondition(output.byteCount >= ZSTD_compressBound(input.byteCount), "the output is shorter than the bound")
        return try unsafe withPointers(input, &output) { input, output throws(CodecError) in
            let answer = unsafe ZSTD_compress2(
                context,
                output.baseAddress,
                output.count,
                input.baseAddress,
                input.count
            )
            return try ZstdEncoder.check(answer, "ZSTD_compress2")
        }
    }

    private func set(_ parameter: ZSTD_cParameter, _ value: Int32) throws(CodecError) {
        _ = try ZstdEncoder.check(unsafe ZSTD_CCtx_setParameter(context, parameter, value), "ZSTD_CCtx_setParameter")
    }

    private static func check(_ answer: Int, _ call: String) throws(CodecError) -> Int {
        guard ZSTD_isError(answer) == 0 else {
            throw CodecError.refused(.zstd, call, unsafe String(cString: ZSTD_getErrorName(answer)))
        }
        return answer
    }
}
