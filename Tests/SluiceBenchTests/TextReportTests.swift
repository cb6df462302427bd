import Testing

@testable import SluiceBench

@Suite struct TextReportTests {
    @Test("findings are broken at blanks, and nothing of them is lost")
    func wrapping() {
        let words = (1...60).map { "word\($0)" }
        let lines = TextReport.wrapped("- " + words.joined(separator: " "), indent: "  ")
        #expect(lines.count > 1)
        #expect(lines.allSatisfy { $0.count <= 100 && !$0.hasSuffix(" ") })
        #expect(lines.first?.hasPrefix("  - word1 ") == true)
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("    word") })
        #expect(lines.flatMap { $0.split(separator: " ") }.dropFirst().map(String.init) == words)
    }

    @Test("a word that is longer than a line stands alone")
    func longWord() {
        let path = String(repeating: "x", count: 150)
        #expect(TextReport.wrapped("- see \(path) there", indent: "  ") == ["  - see", "    \(path)", "    there"])
    }
}
