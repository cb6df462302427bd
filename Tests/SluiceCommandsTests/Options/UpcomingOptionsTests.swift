import Testing

@testable import SluiceCommands

@Suite struct UpcomingOptionsTests {
    @Test(
        "an option that is yet to come is refused by its name",
        arguments: [
            "--source-credential", "--sink-credential", "--staging-credential",
        ]
    )
    func options(name: String) {
        #expect(UpcomingOptions.refusal(of: ["copy", "a", "b", name, "x"]) == "\(name) is not in this version")
        #expect(UpcomingOptions.refusal(of: ["copy", "a", "b", "\(name)=x"]) == "\(name) is not in this version")
    }

    @Test(
        "a subcommand that is yet to come is refused by its name",
        arguments: ["node", "credential", "certificate", "doctor"]
    )
    func subcommands(name: String) {
        #expect(UpcomingOptions.refusal(of: [name, "x"]) == "\(name) is not in this version")
    }

    @Test("what is a typing error is left to the parser")
    func others() {
        #expect(UpcomingOptions.refusal(of: ["copy", "a", "b", "--bandwith", "1"]) == nil)
        #expect(UpcomingOptions.refusal(of: ["copy", "a", "--", "--staging-credential"]) == nil)
        #expect(UpcomingOptions.refusal(of: ["copy", "a", "b", "--overwrite", "sometimes"]) == nil)
        #expect(UpcomingOptions.refusal(of: []) == nil)
    }
}
