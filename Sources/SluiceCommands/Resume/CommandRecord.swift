internal import Glibc
internal import SluiceCore
internal import SluiceDigests

/// A command line as the ledger keeps it, to be carried out again: the directory in which it was given, and its words.
///
/// It holds no secret, because a command line with one is refused.
struct CommandRecord: Equatable {
    let directory: String
    /// From the subcommand on.
    let arguments: [String]

    init(directory: String, arguments: [String]) {
        self.directory = directory
        self.arguments = arguments
    }

    /// This process's.
    static var current: CommandRecord {
        var directory = "/"
        if let path = getcwd(nil, 0) {
            directory = String(cString: path)
            free(path)
        }
        return CommandRecord(directory: directory, arguments: Array(CommandLine.arguments.dropFirst()))
    }

    /// Reads `text`; nil where it isn't one.
    init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { PercentEncoding.decode($0) }
        let words = lines.compactMap { $0 }
        guard words.count == lines.count, words.count > 1 else { return nil }
        directory = words[0]
        arguments = Array(words.dropFirst())
    }

    /// A line each, percent-encoded.
    var text: String { ([directory] + arguments).map { PercentEncoding.encode($0, keeping: "/:=") }.joined(separator: "\n") }

    /// Options with a value, and flags, that change how a copy is made or told of, and not what it makes.
    private static let mannerOptions: Set<String> = [
        "--connections", "--block-size", "--memory", "--bandwidth", "--requests-per-second", "--progress", "--log-format",
        "--log-file", "--report", "--manifest", "--proxy", "--ca-certificate", "--client-certificate", "--client-key", "--pin",
    ]
    private static let mannerFlags: Set<String> = ["--quiet", "-q", "--verbose", "-v", "--resume", "--no-resume"]

    /// A digest of whatever decides which bytes end up where: the same copy asked for again has the same one.
    func fingerprint() throws -> [UInt8] {
        var kept = [directory]
        var rest = arguments[...]
        while let word = rest.popFirst() {
            let name = String(word.prefix { $0 != "=" })
            if CommandRecord.mannerFlags.contains(word) { continue }
            guard CommandRecord.mannerOptions.contains(name) else {
                kept.append(word)
                continue
            }
            if name == word { rest = rest.dropFirst() }
        }
        return try Checksum(.sha256, of: Array(kept.joined(separator: "\0").utf8).span.bytes).bytes
    }
}
