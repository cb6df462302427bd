package import SluiceCore

/// A format and a level, as one writes `gzip`, `gzip:6` or `zstd:-1`.
package struct CodecChoice: Hashable, Sendable, CustomStringConvertible {
    package let format: CodecFormat
    package let level: Int

    /// As the command line writes it: `gzip:6`.
    package var description: String { "\(format):\(level)" }

    /// The codec that was chosen.
    package var codec: any ChunkCodec { format.makeCodec(level: level) }

    /// Reads a choice; nil for `none`. Letters may be of either case.
    /// - Throws: `CodecError` of kind `.usage` for an unknown name or a level that the format does not have.
    package init?(parsing text: String) throws(CodecError) {
        let parts = text.lowercased().split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        if name == "none" {
            guard parts.count == 1 else { throw CodecError.levelOfNone }
            return nil
        }
        guard let format = CodecFormat(rawValue: name) else { throw CodecError.unknown(name) }
        self.format = format
        guard parts.count == 2 else {
            level = format.defaultLevel
            return
        }
        guard let level = Int(parts[1]), format.levels.contains(level) else {
            throw CodecError.level(String(parts[1]), of: format)
        }
        self.level = level
    }
}

/// The codec that `text` names, as in `gzip`, `gzip:6`, `zstd:3`, `lz4`; nil for `none`.
/// - Throws: `CodecError` of kind `.usage` for an unknown name or a level that the format does not have.
package func codec(named text: String) throws(CodecError) -> (any ChunkCodec)? {
    try CodecChoice(parsing: text)?.codec
}
