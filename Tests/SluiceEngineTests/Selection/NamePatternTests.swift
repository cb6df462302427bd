import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceEngine

@Suite struct NamePatternTests {
    @Test(
        "a pattern matches the names that it should",
        arguments: [
            ("*.csv", "a.csv", true), ("*.csv", "x/y/a.csv", true), ("*.csv", "a.csv/b", false), ("a?c", "aéc", true),
            ("a?c", "a/c", false), ("x/*.csv", "x/a.csv", true), ("x/*.csv", "y/x/a.csv", false),
            ("x/*.csv", "x/y/a.csv", false), ("x/**.csv", "x/y/a.csv", true), ("x/**/a", "x/a", true),
            ("x/**/a", "x/y/z/a", true), ("x/**/a", "xa", false), ("**/a", "a", true), ("**/a", "b/a", true),
            ("**/a", "ba", false), ("/a", "a", true), ("/a", "b/a", false), ("tmp/", "tmp/a", true),
            ("tmp/", "x/tmp/y/a", true), ("tmp/", "x/tmp", false), ("x/tmp/", "y/x/tmp/a", false),
            ("x/tmp/", "x/tmp/a", true), ("^*", "*", true), ("^*", "a", false), ("a^^", "a^", true), ("^?", "?", true),
            ("A", "a", false), ("*", "", true), ("x/*", "x/", true), ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXb/c", false),
            ("**/b/*c", "a/b/b/xc", true), ("**", "a/b", true), ("日*", "日本", true), ("日?", "日本", true),
        ]
    )
    func table(pattern: String, name: String, isMatch: Bool) throws {
        #expect(try NamePattern(pattern).matches(name) == isMatch)
    }

    @Test("a pattern that is empty or ends within an escape is refused", arguments: ["", "^", "a^", "a^^^"])
    func refused(pattern: String) {
        #expect { try NamePattern(pattern) } throws: { ($0 as? CopyError)?.kind == .usage }
    }

    /// Compares the way that the definition reads, by recursion.
    private static func isMatch(_ tokens: ArraySlice<NamePattern.Token>, _ name: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let token = tokens.first else { return name.isEmpty }
        let rest = tokens.dropFirst()
        switch token {
        case .byte(let byte): return name.first.map(\.value) == UInt32(byte) && isMatch(rest, name.dropFirst())
        case .one: return name.first.map { $0 != "/" } == true && isMatch(rest, name.dropFirst())
        case .star:
            return isMatch(rest, name) || name.first.map { $0 != "/" } == true && isMatch(tokens, name.dropFirst())
        case .deep: return isMatch(rest, name) || !name.isEmpty && isMatch(tokens, name.dropFirst())
        case .folders:
            if isMatch(rest, name) { return true }
            guard let slash = name.firstIndex(of: "/") else { return false }
            return isMatch(tokens, name[(slash + 1)...])
        }
    }

    private static func text(_ alphabet: [Character], _ most: Int, _ generator: inout SeededGenerator) -> String {
        String(
            (0..<Int.random(in: 1...most, using: &generator)).map { _ in alphabet.randomElement(using: &generator)! }
        )
    }

    @Test("random names and patterns are compared as the definition says, and no folder is passed over in vain")
    func reference() throws {
        var generator = SeededGenerator(seed: 20)
        var matches = 0
        for _ in 0..<60_000 {
            let pattern = try NamePattern(Self.text(["a", "b", "/", "*", "*", "?"], 9, &generator))
            let name = Self.text(["a", "b", "é", "/"], 9, &generator)
            let isMatch = Self.isMatch(pattern.tokens[...], Array(name.unicodeScalars)[...])
            #expect(pattern.matches(name) == isMatch, "\(pattern.text) and \(name)")
            matches += isMatch ? 1 : 0
            for slash in name.indices where name[slash] == "/" {
                let folder = String(name[..<slash])
                if isMatch { #expect(pattern.mayMatch(below: folder), "\(pattern.text) below \(folder)") }
                if pattern.matchesAll(below: folder) { #expect(isMatch, "\(pattern.text) all below \(folder)") }
            }
        }
        #expect(matches > 1000)
    }

    @Test(
        "folders that can hold no match are passed over",
        arguments: [("x/*.csv", "y"), ("x/*.csv", "x/y"), ("/a", "x")]
    )
    func pruned(pattern: String, folder: String) throws {
        #expect(try !NamePattern(pattern).mayMatch(below: folder))
    }

    @Test("a pattern of many stars takes no time that grows with their number", .timeLimit(.minutes(30)))
    func noBlowUp() throws {
        let pattern = try NamePattern(String(repeating: "a*", count: 60) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 20_000)))
    }
}
