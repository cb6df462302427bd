internal import CISAL

/// Reads gzip members by ISA-L, which checks their CRC-32 and length.
@safe final class GzipDecoder: ChunkDecoder {
    private let state: UnsafeMutablePointer<inflate_state>
    private var progress = FrameProgress()

    init() {
        unsafe state = .allocate(capacity: 1)
        unsafe isal_inflate_init(state)
        unsafe state.pointee.crc_flag = UInt32(ISAL_GZIP)
    }

    deinit { unsafe state.deallocate() }

    func decode(_ input: RawSpan, into output: inout MutableRawSpan) throws(CodecError) -> DecodeProgress {
        try unsafe withPointers(input, &output) { input, output throws(CodecError) in
            try unsafe decode(input, into: output)
        }
    }

    private func decode(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CodecError) -> DecodeProgress {
        // ISA-L does not write to its input; its header lacks the const.
        unsafe state.pointee.next_in = UnsafeMutableRawPointer(mutating: input.baseAddress)?
            .assumingMemoryBound(to: UInt8.self)
        // ISA-L counts in 32 bits: what is above comes with the next call.
        let (offered, room) = (UInt32(clamping: input.count), UInt32(clamping: output.count))
        unsafe state.pointee.avail_in = offered
        unsafe state.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe state.pointee.avail_out = room
        while unsafe state.pointee.avail_in > 0 || progress.isWithinFrame {
            let (inputBefore, outputBefore) = unsafe (state.pointee.avail_in, state.pointee.avail_out)
            try decodeMember()
            let (inputLeft, outputLeft) = unsafe (state.pointee.avail_in, state.pointee.avail_out)
            let isStuck = inputLeft == inputBefore && outputLeft == outputBefore && progress.isWithinFrame
            if isStuck || outputLeft == 0 { break }
        }
        return unsafe DecodeProgress(
            consumed: Int(offered - state.pointee.avail_in),
            produced: Int(room - state.pointee.avail_out)
        )
    }

    /// Goes on to the end of the member, of the input or of the output.
    private func decodeMember() throws(CodecError) {
        if !progress.isWithinFrame { unsafe isal_inflate_reset(state) }
        let before = unsafe state.pointee.avail_in
        let answer = unsafe isal_inflate(state)
        let ended = unsafe state.pointee.block_state == ISAL_BLOCK_FINISH
        // Behind damage ISA-L may give back more bytes than it has taken in this call.
        let taken = unsafe Int(before) - Int(state.pointee.avail_in)
        progress.advance(max(0, taken), frameEnded: ended)
        guard taken >= 0 else { throw CodecError.corrupt(.gzip, offset: progress.offset, "invalid deflate block") }
        guard answer == ISAL_DECOMP_OK || answer == ISAL_END_INPUT || answer == ISAL_OUT_OVERFLOW else {
            throw CodecError.corrupt(.gzip, offset: progress.offset, GzipDecoder.reason(answer))
        }
    }

    func finish() throws(CodecError) { try progress.finish(.gzip) }

    /// igzip_lib.h's words for its codes.
    private static func reason(_ code: Int32) -> String {
        switch code {
        case ISAL_INVALID_BLOCK: "invalid deflate block"
        case ISAL_INVALID_SYMBOL: "invalid deflate symbol"
        case ISAL_INVALID_LOOKBACK: "invalid lookback distance"
        case ISAL_INVALID_WRAPPER: "this is no gzip header"
        case ISAL_UNSUPPORTED_METHOD: "the method of compression is not deflate"
        case ISAL_INCORRECT_CHECKSUM: "the CRC-32 or the length is wrong"
        default: "isal_inflate gave code \(code)"
        }
    }
}
