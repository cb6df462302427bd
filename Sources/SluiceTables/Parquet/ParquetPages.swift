package import SluiceCore

/// How pages are compressed.
package struct ParquetCodec: Sendable {
    /// Parquet's number.
    let number: Int32
    let codec: (any ChunkCodec)?

    package static let none = ParquetCodec(number: 0, codec: nil)

    /// A codec whose frames Parquet takes as they are: snappy, gzip or zstd.
    /// - Throws: a `TableError` for others.
    package init(_ codec: any ChunkCodec) throws(TableError) {
        switch codec.name {
        case "snappy": self.init(number: 1, codec: codec)
        case "gzip": self.init(number: 2, codec: codec)
        case "zstd": self.init(number: 6, codec: codec)
        default:
            throw TableError(
                .usage,
                "Parquet files are not compressed by \(codec.name)",
                advice: "Choose snappy, gzip, zstd or none"
            )
        }
    }

    private init(number: Int32, codec: (any ChunkCodec)?) {
        self.number = number
        self.codec = codec
    }
}

/// Makes pages: a header and compressed bytes.
final class PageWriter {
    private let codec: (any ChunkCodec)?
    private let encoder: (any ChunkEncoder)?

    init(_ codec: ParquetCodec) throws {
        self.codec = codec.codec
        encoder = try codec.codec?.makeEncoder()
    }

    /// A page with the fields of its kind, which `kind` writes.
    /// - Returns: the page, and its length without compression.
    func page(
        type: Int32,
        _ body: [UInt8],
        _ kind: (inout ThriftWriter) -> Void
    ) throws -> (bytes: [UInt8], uncompressed: Int) {
        let compressed = try compress(body)
        var writer = ThriftWriter()
        writer.field(1, type)
        writer.field(2, Int32(body.count))
        writer.field(3, Int32(compressed.count))
        kind(&writer)
        writer.end()
        return (writer.bytes + compressed, writer.bytes.count + body.count)
    }

    private func compress(_ body: [UInt8]) throws -> [UInt8] {
        guard let codec, let encoder else { return body }
        let bound = codec.bound(for: body.count)
        return try unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            unsafe buffer.initialize(repeating: 0)
            var output = unsafe MutableRawSpan(_unsafeBytes: UnsafeMutableRawBufferPointer(buffer))
            count = unsafe try encoder.encode(body.span.bytes, into: &output)
        }
    }
}
