package import SluiceCore

/// gzip (RFC 1952): each chunk a member of its own.
///
/// Level 0 stores; levels 1 to 3 are ISA-L's, level 1 five times as fast as zlib's; 4 to 9 are zlib's.
package struct GzipCodec: ChunkCodec {
    package static let levels = 0...9
    /// 440 MB/s a core on TPC-H lineitem, where level 3 saves another 4 % of the size at two thirds of the speed.
    package static let defaultLevel = 1

    /// Who makes the deflate stream.
    enum Engine: Sendable, CaseIterable {
        case isal
        case zlib
    }

    package let level: Int
    let engine: Engine

    package var name: String { CodecFormat.gzip.rawValue }
    package var suffix: String { CodecFormat.gzip.suffix }

    /// - Precondition: `levels` contains `level`.
    package init(level: Int = defaultLevel) {
        self.init(level: level, engine: ISALDeflate.levels.contains(level) ? .isal : .zlib)
    }

    /// A codec with the engine that a test wants.
    init(level: Int, engine: Engine) {
        precondition(GzipCodec.levels.contains(level), "gzip has no level \(level)")
        precondition(level == 0 || engine == .zlib || ISALDeflate.levels.contains(level), "ISA-L has no level \(level)")
        self.level = level
        self.engine = engine
    }

    /// The chunk stored: 18 bytes of header and trailer, and 5 for every 65,535 bytes begun, at least 5.
    package func bound(for count: Int) -> Int { GzipMember.framing + StoredDeflate.byteCount(for: count) }

    /// - Throws: `CodecError` when there is no memory.
    package func makeEncoder() throws -> any ChunkEncoder {
        guard level > 0 else { return GzipEncoder(engine: nil) }
        switch engine {
        case .isal: return GzipEncoder(engine: ISALDeflate(level: level))
        case .zlib: return GzipEncoder(engine: try ZlibDeflate(level: level))
        }
    }
}
