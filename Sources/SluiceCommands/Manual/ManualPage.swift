/// A manual page in roff, by man(7), from the definitions that the parser works by.
struct ManualPage {
    private(set) var text = ""

    init(_ program: CommandDescription, version: String, reference: [Reference.Section]) {
        let name = program.commandName
        line(".TH \(name.uppercased()) 1 \"\" \"\(name) \(version)\" \"User Commands\"")
        heading("NAME")
        line("\(name) \\- \(ManualPage.escape(program.abstract ?? ""))")
        heading("SYNOPSIS")
        let commands = program.leaves
        for command in commands { synopsis(command, of: name) }
        heading("DESCRIPTION")
        paragraph(program.discussion ?? "")
        heading("COMMANDS")
        for command in commands { describe(command, of: name) }
        for section in reference { add(section) }
    }

    // MARK: Sections

    private mutating func synopsis(_ command: CommandDescription, of program: String) {
        let positional = (command.arguments ?? []).filter { $0.kind == .positional && $0.shouldDisplay }
        let places = positional.map { argument in
            let place = "\\fI\(ManualPage.escape((argument.valueName ?? "").uppercased()))\\fR"
            return argument.isOptional ? "[\(place)]" : place
        }
        let hasOptions = (command.arguments ?? []).count > positional.count
        line(
            "\\fB\(program) \(command.commandName)\\fR \(places.joined(separator: " "))\(hasOptions ? " [\\fIoptions\\fR]" : "")"
        )
        line(".br")
    }

    private mutating func describe(_ command: CommandDescription, of program: String) {
        line(".SS \(program) \(command.commandName)")
        paragraph([command.abstract, command.discussion].compactMap { $0 }.joined(separator: "\n\n"))
        // The opposite of a flag is described with it.
        for argument in command.arguments ?? [] where argument.shouldDisplay && !argument.isOpposite {
            describe(argument)
        }
    }

    private mutating func describe(_ argument: ArgumentDescription) {
        line(".TP")
        line(ManualPage.title(argument))
        var sentences = [argument.abstract, argument.discussion].compactMap { $0 }.map(ManualPage.escape)
        if let values = argument.allValues, !values.isEmpty {
            sentences.append("One of \(values.map(ManualPage.escape).joined(separator: ", ")).")
        }
        if let value = argument.defaultValue { sentences.append("Default: \(ManualPage.escape(value)).") }
        line(sentences.joined(separator: " "))
    }

    private static func title(_ argument: ArgumentDescription) -> String {
        let value = "\\fI\(escape(argument.valueName ?? ""))\\fR"
        switch argument.kind {
        case .positional: return "\\fI\(escape((argument.valueName ?? "").uppercased()))\\fR"
        case .option: return argument.typedNames.map { "\\fB\(escape($0))\\fR \(value)" }.joined(separator: ", ")
        case .flag:
            var names = argument.typedNames
            // A flag whose default is one of its own names can be taken back.
            if argument.defaultValue?.hasPrefix("--") == true {
                names += argument.typedNames.filter { $0.hasPrefix("--") }.map { "--no-" + $0.dropFirst(2) }
            }
            return names.map { "\\fB\(escape($0))\\fR" }.joined(separator: ", ")
        }
    }

    private mutating func add(_ section: Reference.Section) {
        heading(section.title.uppercased())
        for row in section.rows {
            line(".TP")
            line("\\fB\(ManualPage.escape(row.term))\\fR")
            line(ManualPage.escape(row.meaning))
        }
    }

    // MARK: Lines

    private mutating func heading(_ title: String) { line(".SH \(ManualPage.escape(title))") }

    private mutating func paragraph(_ words: String) {
        for part in words.split(separator: "\n", omittingEmptySubsequences: false) {
            line(part.isEmpty ? ".PP" : ManualPage.escape(String(part)))
        }
    }

    private mutating func line(_ words: String) { text += words + "\n" }

    /// Text as roff wants it: hyphens that may be typed, and no line that starts a request.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\e"
            case "-": escaped += "\\-"
            case "…": escaped += "..."
            case "×": escaped += "x"
            default: escaped.append(character)
            }
        }
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }
}
