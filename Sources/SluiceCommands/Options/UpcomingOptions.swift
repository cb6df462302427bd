/// What the contract of the command line names and this version does not have yet: refused in plain words, so that
/// it does not look like a typing error, and never ignored.
enum UpcomingOptions {
    private static let subcommands: Set<String> = [
        "certificate", "credential", "doctor", "node",
    ]

    private static let options: Set<String> = [
        "--sink-credential", "--source-credential", "--staging-credential",
    ]

    /// The sentence about the first such word in `arguments`; nil when there is none.
    static func refusal(of arguments: [String]) -> String? {
        if let first = arguments.first, subcommands.contains(first) { return refusal(of: first) }
        for argument in arguments.prefix(while: { $0 != "--" }) {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            guard let name = parts.first else { continue }
            if options.contains(name) { return refusal(of: name) }
        }
        return nil
    }

    private static func refusal(of word: String) -> String { "\(word) is not in this version" }
}
