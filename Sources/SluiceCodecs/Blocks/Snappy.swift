internal import CSnappy
package import SluiceCore

/// Snappy's blocks, which tell their length and have neither frames nor a checksum: what Parquet's pages are
/// compressed by where nothing else is said. Blocks one after another are no file.
package struct SnappyCodec: ChunkCodec {
    package init() {}

    package var name: String { "snappy" }
    package var suffix: String { ".snappy" }
    package func bound(for count: Int) -> Int { snappy_max_compressed_length(count) }
    package func makeEncoder() -> any ChunkEncoder { SnappyEncoder() }
}

private final class SnappyEncoder: ChunkEncoder {
    func encode(_ input: RawSpan, into output: inout MutableRawSpan) throws -> Int {
        try unsafe withPointers(input, &output) { input, output throws(CodecError) in
            precondition(
                output.count >= snappy_max_compressed_length(input.count),
                "the output is shorter than the bound"
            )
            var count = output.count
            // An empty span has no address, and snappy wants one.
            var nothing: CChar = 0
            let answer = unsafe withUnsafePointer(to: &nothing) { nothing in
                unsafe snappy_compress(
                    input.baseAddress?.assumingMemoryBound(to: CChar.self) ?? nothing,
                    input.count,
                    output.baseAddress?.assumingMemoryBound(to: CChar.self),
                    &count
                )
            }
            guard answer == SNAPPY_OK else {
                throw CodecError.block("snappy", "snappy_compress gave \(answer.rawValue)")
            }
            return count
        }
    }
}

final class SnappyBlockDecoder: BlockDecoder {
    /// A copy of 64 bytes takes three.
    func most(from count: Int) -> Int {
        let (most, overflow) = count.multipliedReportingOverflow(by: 22)
        return overflow ? .max : most
    }

    func decode(_ input: RawSpan, into output: inout MutableRawSpan) throws {
        try unsafe withPointers(input, &output) { input, output throws(CodecError) in
            guard let source = unsafe input.baseAddress?.assumingMemoryBound(to: CChar.self),
                let target = unsafe output.baseAddress?.assumingMemoryBound(to: CChar.self)
            else { throw CodecError.block("snappy", "there is nothing") }
            var length = 0
            guard unsafe snappy_uncompressed_length(source, input.count, &length) == SNAPPY_OK,
                length == output.count
            else { throw CodecError.block("snappy", "it does not tell the length that the page does") }
            guard unsafe snappy_uncompress(source, input.count, target, &length) == SNAPPY_OK, length == output.count
            else { throw CodecError.block("snappy", "it is no snappy block") }
        }
    }
}
