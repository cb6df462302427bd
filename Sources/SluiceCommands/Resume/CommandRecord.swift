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
    /// Those of source and sink that the environment named, see `CopySpecification.servicesOfEnvironment`.
    var services = CommandRecord.noServices

    static let noServices = ["", ""]

    init(directory: String, arguments: [String]) {
        self.directory = directory
        self.arguments = arguments
    }

    /// The job's document, where a copy is one of its activities.
    var job: String? { arguments.first == CommandRecord.run ? arguments.dropFirst().first : nil }

    private static let run = "run"

    /// A copy of a job in this process's directory.
    ///
    /// - Parameter digest: of what is copied and how.
    init(job: String, activity: String, item: Int?, digest: String) {
        self.init(
            directory: CommandRecord.current.directory,
            arguments: [CommandRecord.run, job, "--activity", activity] + (item.map { ["--item=\($0)"] } ?? [])
                + ["--plan=" + digest]
        )
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
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let services = lines.prefix { $0.hasPrefix("@") }.map { PercentEncoding.decode($0.dropFirst()) }
        let decoded = lines.dropFirst(services.count).map { PercentEncoding.decode($0) }
        let words = decoded.compactMap { $0 }
        let named = services.compactMap { $0 }
        guard words.count == decoded.count, words.count > 1, named.count == services.count else { return nil }
        directory = words[0]
        arguments = Array(words.dropFirst())
        if !named.isEmpty { self.services = named }
    }

    /// A line each, percent-encoded: the services, marked by an `@` that no other line has, the directory, and the words.
    var text: String {
        let marked = services == CommandRecord.noServices ? [] : services.map { "@" + CommandRecord.encode($0) }
        return (marked + ([directory] + arguments).map { CommandRecord.encode($0) }).joined(separator: "\n")
    }

    private static func encode(_ text: String) -> String { PercentEncoding.encode(text, keeping: "/:=") }

    /// Options with a value, and flags, that change how a copy is made or told of, and not what it makes.
    private static let mannerOptions: Set<String> = [
        "--connections", "--block-size", "--memory", "--bandwidth", "--requests-per-second", "--progress", "--log-format",
        "--log-file", "--report", "--manifest", "--proxy", "--ca-certificate", "--client-certificate", "--client-key", "--pin",
    ]
    private static let mannerFlags: Set<String> = ["--quiet", "-q", "--verbose", "-v", "--resume", "--no-resume"]

    /// A digest of whatever decides which bytes end up where: the same copy asked for again has the same one.
    func fingerprint() throws -> [UInt8] {
        var kept = services + [directory]
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
