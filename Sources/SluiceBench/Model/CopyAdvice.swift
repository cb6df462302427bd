/// The command line of a copy with the settings that a bench found best.
struct CopyAdvice {
    var source: String
    var sink: String
    var connections: Int?
    var blockSize: Int?
    var codec: String?
    /// Connection options, as they were given.
    var words: [String] = []

    /// Ready to be pasted into a shell.
    var commandLine: String {
        var words = ["sluice", "copy", source, sink]
        if let connections { words += ["--connections", "\(connections)"] }
        if let blockSize { words += ["--block-size", "\(blockSize >> 20)MiB"] }
        if let codec { words += ["--compress", codec] }
        words += self.words
        return words.map(CopyAdvice.quoted).joined(separator: " ")
    }

    /// The word as a POSIX shell reads it back.
    static func quoted(_ word: String) -> String {
        let isPlain = word.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "_@%+=:,./-".unicodeScalars.contains(scalar))
        }
        return isPlain && !word.isEmpty
            ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
