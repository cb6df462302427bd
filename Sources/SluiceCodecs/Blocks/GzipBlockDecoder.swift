internal import SluiceCore

/// Blocks of gzip members.
final class GzipBlockDecoder: BlockDecoder {
    private let decoder = GzipDecoder()

    /// Deflate copies 258 bytes by two bits at best.
    func most(from count: Int) -> Int { count.multipliedReportingOverflow(by: 1032).overflow ? .max : count * 1032 }

    func decode(_ input: RawSpan, into output: inout MutableRawSpan) throws {
        let length = output.byteCount
        let progress = try decoder.decode(input, into: &output)
        var extra = [UInt8](repeating: 0, count: 1)
        var span = extra.mutableSpan
        var room = unsafe span.mutableBytes
        // The last member's trailer may be left when the output is full.
        let rest = try decoder.decode(input.extracting(progress.consumed..<input.byteCount), into: &room)
        guard progress.produced == length, rest.produced == 0, progress.consumed + rest.consumed == input.byteCount
        else {
            throw CodecError.block("gzip", "it stands for fewer or more bytes than are told of")
        }
        try decoder.finish()
    }
}
