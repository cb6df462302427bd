package import SluiceCore

/// Why a chunk could not be compressed or read back, or a codec not be chosen.
package struct CodecError: Failure, Hashable {
    package let kind: FailureKind
    package let what: String
    package let cause: String?
    package let advice: String?

    private init(_ kind: FailureKind, _ what: String, cause: String? = nil, advice: String? = nil) {
        self.kind = kind
        self.what = what
        self.cause = cause
        self.advice = advice
    }
}

extension CodecError {
    /// No codec has the name that was asked for.
    static func unknown(_ name: String) -> CodecError {
        CodecError(
            .usage,
            "there is no codec \"\(name)\"",
            advice: "Use gzip, zstd, lz4 or none, with a level if you like: gzip:6"
        )
    }

    /// What stands behind the colon is no level of this codec.
    static func level(_ text: String, of format: CodecFormat) -> CodecError {
        let (lowest, highest) = (format.levels.lowerBound, format.levels.upperBound)
        return CodecError(
            .usage,
            "\(format) has no level \"\(text)\"",
            advice: "Its levels are \(lowest) to \(highest), and \(format.defaultLevel) when none is given"
        )
    }

    /// `none` takes no level.
    static let levelOfNone = CodecError(.usage, "\"none\" takes no level", advice: "Write none, or name a codec")

    /// A library refused what only a lack of memory or a bug makes it refuse.
    static func refused(_ format: CodecFormat, _ call: String, _ reason: String) -> CodecError {
        CodecError(.inputOutput, "\(format) failed", cause: "\(call): \(reason)", advice: "See whether memory is short")
    }

    /// The bytes up to `offset` of the compressed data are not what an encoder writes, or their digest is wrong.
    static func corrupt(_ format: CodecFormat, offset: Int, _ reason: String) -> CodecError {
        CodecError(
            .integrity,
            "the \(format) data are damaged near byte \(offset)",
            cause: reason,
            advice: "Fetch or make them again"
        )
    }

    /// A block can't be restored, or be made.
    static func block(_ format: String, _ reason: String) -> CodecError {
        CodecError(.integrity, "the \(format) data are damaged", cause: reason, advice: "Fetch or make them again")
    }

    /// The compressed data end, after `offset` bytes, within a frame.
    static func truncated(_ format: CodecFormat, offset: Int) -> CodecError {
        CodecError(
            .integrity,
            "the \(format) data end too early",
            cause: "\(offset) bytes came and the last frame is not whole",
            advice: "Fetch or make them again"
        )
    }

    /// The data want more memory to be read than is allowed.
    static func windowTooLarge(_ format: CodecFormat, offset: Int, _ reason: String) -> CodecError {
        CodecError(
            .tooLarge,
            "the \(format) data at byte \(offset) want a window above 128 MiB",
            cause: reason,
            advice: "Compress them again without a long window"
        )
    }
}
