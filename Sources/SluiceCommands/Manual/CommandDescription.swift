internal import ArgumentParser
internal import FoundationEssentials

/// The parts of ArgumentParser's description of a command that a manual page is made from.
struct CommandDescription: Decodable, Equatable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool?
    var arguments: [ArgumentDescription]?
    var subcommands: [CommandDescription]?

    /// The subcommands that do something, by their whole names: `runs list`.
    var leaves: [CommandDescription] {
        let shown = (subcommands ?? []).filter { $0.shouldDisplay ?? true && $0.commandName != "help" }
        return shown.flatMap { command in
            let below = command.leaves.map { leaf in
                var leaf = leaf
                leaf.commandName = "\(command.commandName) \(leaf.commandName)"
                return leaf
            }
            return below.isEmpty ? [command] : below
        }
    }

    /// The program's.
    static func program() throws -> CommandDescription {
        struct Tool: Decodable { let command: CommandDescription }
        return try JSONDecoder().decode(Tool.self, from: Data(SluiceCommand._dumpHelp().utf8)).command
    }
}

/// One argument, option or flag.
struct ArgumentDescription: Decodable, Equatable {
    enum Kind: String, Decodable { case positional, option, flag }

    struct Name: Decodable, Equatable {
        enum Kind: String, Decodable { case long, short, longWithSingleDash }

        var kind: Kind
        var name: String

        var text: String { (kind == .long ? "--" : "-") + name }
    }

    var kind: Kind
    var shouldDisplay: Bool
    var sectionTitle: String?
    var isOptional: Bool
    var names: [Name]?
    var valueName: String?
    var defaultValue: String?
    var allValues: [String]?
    var abstract: String?
    var discussion: String?

    /// The names as they are typed, short ones first.
    var typedNames: [String] {
        let names = names ?? []
        return names.filter { $0.kind == .short }.map(\.text) + names.filter { $0.kind != .short }.map(\.text)
    }

    /// Whether this is the `--no-…` of another flag.
    var isOpposite: Bool { kind == .flag && typedNames.allSatisfy { $0.hasPrefix("--no-") } }
}
