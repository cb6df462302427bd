import Testing

@testable import SluiceCommands

@Suite struct CommandRecordTests {
    private func record(_ arguments: String..., services: [String] = CommandRecord.noServices) -> CommandRecord {
        var record = CommandRecord(directory: "/data", arguments: arguments)
        record.services = services
        return record
    }

    @Test(
        "a command line comes back as it was",
        arguments: [["copy", "a", "b"], ["copy", "", "with space", "new\nline", "ünï%41", "--x=y"]]
    )
    func roundTrip(arguments: [String]) throws {
        var record = CommandRecord(directory: "@/a b/\u{1F}c", arguments: arguments)
        #expect(CommandRecord(text: record.text) == record)
        record.services = ["https://host:9/x?y", ""]
        #expect(CommandRecord(text: record.text) == record)
    }

    @Test("what is none is told apart", arguments: ["", "/only/a/directory", "/x\n%", "@s\n/x", "@%\n/x\ncopy"])
    func broken(text: String) { #expect(CommandRecord(text: text) == nil) }

    @Test("how a copy is made and told of does not make it another one")
    func manner() throws {
        let plain = try record("copy", "a", "b", "--compress", "gzip").fingerprint()
        let other = try record(
            "copy", "--quiet", "a", "--memory", "1GiB", "b", "--connections=8", "--compress", "gzip", "--report", "r", "-v", "--no-resume"
        ).fingerprint()
        #expect(plain == other)
    }

    @Test("what it makes does")
    func matter() throws {
        let plain = try record("copy", "a", "b").fingerprint()
        let others = [
            try record("copy", "a", "c").fingerprint(),
            try record("copy", "a", "b", "--compress", "gzip").fingerprint(),
            try record("copy", "a", "b", "--include", "*.csv").fingerprint(),
            try CommandRecord(directory: "/other", arguments: ["copy", "a", "b"]).fingerprint(),
            try record("copy", "a", "b", services: ["https://store.example", ""]).fingerprint(),
            try record("copy", "a", "b", services: ["", "https://store.example"]).fingerprint(),
        ]
        #expect(Set(others + [plain]).count == 7)
    }
}
