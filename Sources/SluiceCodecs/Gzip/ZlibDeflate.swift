internal import CZlib

/// Deflate by zlib.
@safe final class ZlibDeflate: DeflateEngine {
    /// On the heap, because zlib's state points back to it.
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Throws: `CodecError` when there is no memory.
    init(level: Int) throws(CodecError) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let answer = unsafe sluice_deflate_init_raw(stream, Int32(level))
        guard answer == Z_OK else {
            unsafe stream.deallocate()
            throw CodecError.refused(.gzip, "deflateInit2", ZlibDeflate.reason(answer))
        }
    }

    deinit {
        // deflateEnd tells Z_DATA_ERROR for a stream that was given up, which an incompressible chunk's is.
        _ = unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    func deflate(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CodecError) -> Int? {
        let reset = unsafe deflateReset(stream)
        guard reset == Z_OK else { throw CodecError.refused(.gzip, "deflateReset", ZlibDeflate.reason(reset)) }
        // zlib does not write to its input; its header lacks the const.
        unsafe stream.pointee.next_in = UnsafeMutableRawPointer(mutating: input.baseAddress)?
            .assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_in = UInt32(input.count)
        unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(output.count)
        let answer = unsafe CZlib.deflate(stream, Z_FINISH)
        switch answer {
        case Z_STREAM_END: return unsafe Int(stream.pointee.total_out)
        // zlib.h: "If deflate returns with Z_OK or Z_BUF_ERROR, this function must be called again … with more
        // output space."
        case Z_OK, Z_BUF_ERROR: return nil
        default: throw CodecError.refused(.gzip, "deflate", ZlibDeflate.reason(answer))
        }
    }

    private static func reason(_ code: Int32) -> String {
        unsafe zError(code).map { unsafe String(cString: $0) } ?? "code \(code)"
    }
}
