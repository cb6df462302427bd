import Testing

@testable import SluiceCommands

@Suite struct ManualPageTests {
    @Test("the manual page has every subcommand and every option that is shown")
    func complete() throws {
        let program = try CommandDescription.program()
        let page = ManualPage(program, version: "0.1.0", reference: Reference.sections).text
        let commands = program.leaves
        #expect(commands.map(\.commandName).starts(with: ["copy", "run", "resume", "runs list", "runs show", "runs prune", "verify"]))
        for command in commands {
            #expect(page.contains(".SS sluice \(command.commandName)\n"))
            for argument in command.arguments ?? [] where argument.shouldDisplay {
                for name in argument.typedNames { #expect(page.contains(ManualPage.escape(name)), "\(name)") }
            }
        }
        for section in Reference.sections { #expect(page.contains(".SH \(section.title.uppercased())\n")) }
    }

    @Test(
        "words can't become requests",
        arguments: [
            (".TH x", "\\&.TH x"), ("'x", "\\&'x"), ("a\\b", "a\\eb"), ("--x", "\\-\\-x"), ("…", "\\&..."),
            ("a…", "a..."),
        ]
    )
    func escapes(text: String, expected: String) { #expect(ManualPage.escape(text) == expected) }

    @Test("the options that are there are not among those to come")
    func upcoming() throws {
        let copy = try #require(try CommandDescription.program().subcommands?.first { $0.commandName == "copy" })
        for name in (copy.arguments ?? []).flatMap(\.typedNames) {
            #expect(UpcomingOptions.refusal(of: ["copy", name, "x"]) == nil, "\(name)")
        }
    }
}
