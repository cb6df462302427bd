internal import SluiceCore

/// Makes gzip members.
final class GzipEncoder: ChunkEncoder {
    /// Nil when every chunk is to be stored.
    private let engine: (any DeflateEngine)?

    init(engine: (any DeflateEngine)?) { self.engine = engine }

    func encode(_ input: RawSpan, into output: inout MutableRawSpan) throws -> Int {
        // Both engines count in 32 bits; a chunk of a pool's slab is far below.
        precondition(input.byteCount <= UInt32.max, "a chunk is shorter than 4 GiB")
        let stored = StoredDeflate.byteCount(for: input.byteCount)
        precondition(output.byteCount >= GzipMember.framing + stored, "the output is shorter than the codec's bound")
        return try unsafe output.withUnsafeMutableBytes { output in
            try unsafe input.withUnsafeBytes { input in
                unsafe GzipMember.header.withUnsafeBytes { unsafe output.copyMemory(from: $0) }
                // What is longer than the stored form is not wanted.
                let room = unsafe UnsafeMutableRawBufferPointer(rebasing: output.dropFirst(10).prefix(stored))
                let body =
                    try unsafe engine?.deflate(input, into: room) ?? StoredDeflate.deflate(input, into: room)
                unsafe GzipMember.writeTrailer(of: input, to: output, at: GzipMember.header.count + body)
                return GzipMember.framing + body
            }
        }
    }
}

/// What stands around the deflate stream in a gzip member: RFC 1952, 2.3.
enum GzipMember {
    /// Deflate, no flags, no time (a member depends on nothing but its bytes), no extra flags, system unknown.
    static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]

    /// Header and trailer, in bytes.
    static let framing = 18

    /// Writes CRC-32 and length of `input` to the 8 bytes from `offset`.
    static func writeTrailer(
        of input: UnsafeRawBufferPointer,
        to output: UnsafeMutableRawBufferPointer,
        at offset: Int
    ) {
        let length = UInt32(truncatingIfNeeded: input.count)
        unsafe output.storeBytes(of: ISALDeflate.crc32(input).littleEndian, toByteOffset: offset, as: UInt32.self)
        unsafe output.storeBytes(of: length.littleEndian, toByteOffset: offset + 4, as: UInt32.self)
    }
}
