package import SluiceCore

/// Makes decoders of blocks, as Parquet's pages are, by the codec's name there.
package enum BlockFormat: String, Sendable, CaseIterable {
    case snappy
    case gzip
    case zstd
    /// LZ4 without frames.
    case lz4 = "lz4_raw"

    package func makeDecoder() throws(CodecError) -> any BlockDecoder {
        switch self {
        case .snappy: SnappyBlockDecoder()
        case .gzip: GzipBlockDecoder()
        case .zstd: try ZstdBlockDecoder()
        case .lz4: LZ4BlockDecoder()
        }
    }

    /// All of these, by their names.
    package static let decoders: BlockDecoders = { name in try BlockFormat(rawValue: name)?.makeDecoder() }
}
