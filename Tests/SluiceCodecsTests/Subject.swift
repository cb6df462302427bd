import SluiceCore
import Testing

@testable import SluiceCodecs

/// A codec as an argument of a test, told as `gzip:6`.
struct Subject: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let format: CodecFormat
    let level: Int
    let codec: any ChunkCodec

    /// Every kind of level of every format, and zlib in ISA-L's place.
    static let all: [Subject] =
        [(.gzip, Array(0...9)), (.zstd, [-5, -1, 0, 1, 3, 9, 19]), (.lz4, [1, 2, 3, 9, 12])]
        .flatMap { (format: CodecFormat, levels: [Int]) in
            levels.map { Subject(format, $0) }
        } + (1...3).map { Subject(.gzip, $0, GzipCodec(level: $0, engine: .zlib), " by zlib") }

    /// One of each format at its default level.
    static let defaults = CodecFormat.allCases.map { Subject($0, $0.defaultLevel) }

    private init(_ format: CodecFormat, _ level: Int, _ codec: (any ChunkCodec)? = nil, _ remark: String = "") {
        (self.format, self.level) = (format, level)
        self.codec = codec ?? format.makeCodec(level: level)
        testDescription = "\(format):\(level)\(remark)"
    }

    /// The frame of `input`, made in an output of exactly the bound's length.
    func encode(_ input: [UInt8], by encoder: (any ChunkEncoder)? = nil) throws -> [UInt8] {
        let encoder = try encoder ?? codec.makeEncoder()
        var output = [UInt8](repeating: 0xEE, count: codec.bound(for: input.count))
        var span = output.mutableSpan
        var room = span.mutableBytes
        let length = try encoder.encode(input.span.bytes, into: &room)
        output.removeLast(output.count - length)
        return output
    }

    /// The content of `data`, given and taken in pieces.
    func decode(_ data: [UInt8], inputPiece: Int = 1 << 20, outputPiece: Int = 1 << 20) throws -> [UInt8] {
        let decoder = try format.makeDecoder()
        var content: [UInt8] = []
        var output = [UInt8](repeating: 0, count: outputPiece)
        var offset = 0
        var isFull = false
        while offset < data.count || isFull {
            let piece = Array(data[offset..<min(offset + inputPiece, data.count)])
            var span = output.mutableSpan
            var room = span.mutableBytes
            let progress = try decoder.decode(piece.span.bytes, into: &room)
            content += output.prefix(progress.produced)
            offset += progress.consumed
            isFull = progress.produced == outputPiece
        }
        try decoder.finish()
        return content
    }
}
