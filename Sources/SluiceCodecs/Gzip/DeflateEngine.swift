/// Makes deflate streams (RFC 1951), keeping its memory between them.
protocol DeflateEngine: AnyObject {
    /// Writes the stream of `input`, which is shorter than 4 GiB, to the start of `output`.
    /// - Returns: its length in bytes; nil when it does not fit, and then `output` holds anything.
    func deflate(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) throws(CodecError) -> Int?
}

/// A deflate stream of stored blocks: RFC 1951, 3.2.4.
enum StoredDeflate {
    /// A block's length is told in 16 bits.
    private static let blockLength = 65_535
    /// One byte for the block's kind, two for its length, two for the length's complement.
    private static let blockHeader = 5

    /// The length of the stream of `count` bytes: no bytes are one block too.
    static func byteCount(for count: Int) -> Int {
        count + blockHeader * max(1, (count + blockLength - 1) / blockLength)
    }

    /// Writes the stream of `input` to the start of `output`, which has `byteCount(for: input.count)` bytes.
    /// - Returns: its length in bytes.
    static func deflate(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int {
        var (read, written) = (0, 0)
        repeat {
            let length = min(input.count - read, blockLength)
            let isLast = read + length == input.count
            // Kind 00; the lowest bit tells the last block. The rest of the byte is padding.
            unsafe output[written] = isLast ? 1 : 0
            let told = UInt16(length).littleEndian
            unsafe output.storeBytes(of: told, toByteOffset: written + 1, as: UInt16.self)
            unsafe output.storeBytes(of: ~told, toByteOffset: written + 3, as: UInt16.self)
            let place = unsafe UnsafeMutableRawBufferPointer(rebasing: output[(written + blockHeader)...])
            unsafe place.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[read..<read + length]))
            read += length
            written += blockHeader + length
        } while read < input.count
        return written
    }
}
