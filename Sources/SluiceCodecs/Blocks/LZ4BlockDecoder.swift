internal import CLZ4
internal import SluiceCore

/// LZ4 blocks without frames.
final class LZ4BlockDecoder: BlockDecoder {
    /// A match grows by 255 bytes for each byte of its length.
    func most(from count: Int) -> Int {
        let (most, overflow) = count.multipliedReportingOverflow(by: 255)
        return overflow ? .max : most
    }

    func decode(_ input: RawSpan, into output: inout MutableRawSpan) throws {
        try unsafe withPointers(input, &output) { input, output throws(CodecError) in
            guard let source = input.baseAddress, let target = output.baseAddress, input.count <= Int(Int32.max),
                output.count <= Int(Int32.max)
            else { throw CodecError.block("lz4_raw", "there is nothing") }
            let made = unsafe LZ4_decompress_safe(
                source.assumingMemoryBound(to: CChar.self),
                target.assumingMemoryBound(to: CChar.self),
                Int32(input.count),
                Int32(output.count)
            )
            guard made >= 0 else { throw CodecError.block("lz4_raw", "LZ4_decompress_safe gave \(made)") }
            guard made == output.count else { throw CodecError.block("lz4_raw", "it stands for \(made) bytes") }
        }
    }
}
