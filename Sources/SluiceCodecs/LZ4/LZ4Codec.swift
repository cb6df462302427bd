internal import CLZ4
package import SluiceCore

/// LZ4 frames: each chunk a frame of its own, with the content's size and a checksum (XXH32).
package struct LZ4Codec: ChunkCodec {
    /// 1 and 2 are LZ4's fast mode; from 3 its high compression.
    package static let levels = 1...12
    package static let defaultLevel = 1

    package let level: Int

    package var name: String { CodecFormat.lz4.rawValue }
    package var suffix: String { CodecFormat.lz4.suffix }

    /// - Precondition: `levels` contains `level`.
    package init(level: Int = defaultLevel) {
        precondition(LZ4Codec.levels.contains(level), "lz4 has no level \(level)")
        self.level = level
    }

    /// The chunk stored: 19 bytes of header at most, 8 at the end, and 4 for every block, of 64 KiB at levels 1 and 2
    /// and of 4 MiB above.
    package func bound(for count: Int) -> Int {
        unsafe withUnsafePointer(to: preferences(for: count)) { Int(unsafe LZ4F_compressFrameBound(count, $0)) }
    }

    /// - Throws: `CodecError` when there is no memory.
    package func makeEncoder() throws -> any ChunkEncoder { try LZ4Encoder(codec: self) }

    /// What the frame of a chunk of `count` bytes is like.
    func preferences(for count: Int) -> LZ4F_preferences_t {
        var preferences = LZ4F_preferences_t()
        preferences.compressionLevel = Int32(level)
        // On TPC-H lineitem at level 1 blocks of 64 KiB are 3 % faster than of 4 MiB and 0.6 % larger; high
        // compression gains 7 % of the size from 4 MiB. Linked blocks cost some speed at every length.
        preferences.frameInfo.blockSizeID = level < 3 ? LZ4F_max64KB : LZ4F_max4MB
        preferences.frameInfo.blockMode = LZ4F_blockIndependent
        preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
        preferences.frameInfo.contentSize = UInt64(count)
        // The chunk comes in one piece, so nothing needs to be kept for a next one.
        preferences.autoFlush = 1
        return preferences
    }
}

/// Makes LZ4 frames.
@safe final class LZ4Encoder: ChunkEncoder {
    private let codec: LZ4Codec
    private let context: OpaquePointer

    init(codec: LZ4Codec) throws(CodecError) {
        var context: OpaquePointer?
        let answer = unsafe LZ4F_createCompressionContext(&context, UInt32(LZ4F_VERSION))
        _ = try LZ4Encoder.check(answer, "LZ4F_createCompressionContext")
        guard let context = unsafe context else {
            throw CodecError.refused(.lz4, "LZ4F_createCompressionContext", "no memory")
        }
        self.codec = codec
        unsafe self.context = context
    }

    deinit { unsafe LZ4F_freeCompressionContext(context) }

    func encode(_ input: RawSpan, into output: inout MutableRawSpan) throws -> Int {
        precondition(output.byteCount >= codec.bound(for: input.byteCount), "the output is shorter than the bound")
        return try unsafe withPointers(input, &output) { input, output throws(CodecError) in
            try unsafe encode(input, into: output)
        }
    }

    private func encode(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CodecError) -> Int {
        var preferences = codec.preferences(for: input.count)
        // The chunk stays where it is until the frame ends, so LZ4 need not copy it.
        var options = LZ4F_compressOptions_t()
        options.stableSrc = 1
        var room = unsafe output[...]
        func advance(_ answer: Int, _ call: String) throws(CodecError) {
            unsafe room = room.dropFirst(try LZ4Encoder.check(answer, call))
        }
        let begun = unsafe LZ4F_compressBegin(context, output.baseAddress, output.count, &preferences)
        try advance(begun, "LZ4F_compressBegin")
        if unsafe !input.isEmpty {
            let place = unsafe UnsafeMutableRawBufferPointer(rebasing: room)
            let updated = unsafe LZ4F_compressUpdate(
                context,
                place.baseAddress,
                place.count,
                input.baseAddress,
                input.count,
                &options
            )
            try advance(updated, "LZ4F_compressUpdate")
        }
        let place = unsafe UnsafeMutableRawBufferPointer(rebasing: room)
        let ended = unsafe LZ4F_compressEnd(context, place.baseAddress, place.count, &options)
        try advance(ended, "LZ4F_compressEnd")
        return unsafe output.count - room.count
    }

    private static func check(_ answer: Int, _ call: String) throws(CodecError) -> Int {
        guard LZ4F_isError(answer) == 0 else {
            throw CodecError.refused(.lz4, call, unsafe String(cString: LZ4F_getErrorName(answer)))
        }
        return answer
    }
}
