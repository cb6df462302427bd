package import SluiceCore

/// The compression formats, as the command line names them.
package enum CodecFormat: String, Sendable, CaseIterable, CustomStringConvertible {
    /// RFC 1952.
    case gzip
    /// RFC 8878.
    case zstd
    /// The LZ4 frame format 1.6.
    case lz4

    package var description: String { rawValue }

    /// What the name of a compressed object ends with, dot included.
    package var suffix: String {
        switch self {
        case .gzip: ".gz"
        case .zstd: ".zst"
        case .lz4: ".lz4"
        }
    }

    /// The levels that `makeCodec` takes.
    package var levels: ClosedRange<Int> {
        switch self {
        case .gzip: GzipCodec.levels
        case .zstd: ZstdCodec.levels
        case .lz4: LZ4Codec.levels
        }
    }

    /// The level when none is given: the fastest that still compresses well.
    package var defaultLevel: Int {
        switch self {
        case .gzip: GzipCodec.defaultLevel
        case .zstd: ZstdCodec.defaultLevel
        case .lz4: LZ4Codec.defaultLevel
        }
    }

    /// The format that the end of an object's name tells, in any case of letters; nil when it tells none.
    package init?(suffixOf name: String) {
        let name = name.lowercased()
        guard let format = CodecFormat.allCases.first(where: { name.hasSuffix($0.suffix) }) else { return nil }
        self = format
    }

    /// The format that the first bytes of an object tell; nil when they tell none.
    package init?(startOf bytes: some Sequence<UInt8>) {
        let start = Array(bytes.prefix(4))
        if start.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if start == [0x28, 0xB5, 0x2F, 0xFD] {
            self = .zstd
        } else if start == [0x04, 0x22, 0x4D, 0x18] {
            self = .lz4
        } else {
            return nil
        }
    }

    /// Whether bytes start with a frame that decoders of zstd and lz4 pass over (RFC 8878, 3.1.2).
    package static func startsWithSkippableFrame(_ bytes: some Sequence<UInt8>) -> Bool {
        let start = Array(bytes.prefix(4))
        return start.count == 4 && start[0] & 0xF0 == 0x50 && start.dropFirst().elementsEqual([0x2A, 0x4D, 0x18])
    }

    /// - Precondition: `levels` contains `level`.
    package func makeCodec(level: Int) -> any ChunkCodec {
        switch self {
        case .gzip: GzipCodec(level: level)
        case .zstd: ZstdCodec(level: level)
        case .lz4: LZ4Codec(level: level)
        }
    }

    /// A decoder of one object.
    /// - Throws: `CodecError` when there is no memory.
    package func makeDecoder() throws(CodecError) -> any ChunkDecoder {
        switch self {
        case .gzip: GzipDecoder()
        case .zstd: try ZstdDecoder()
        case .lz4: try LZ4Decoder()
        }
    }
}
