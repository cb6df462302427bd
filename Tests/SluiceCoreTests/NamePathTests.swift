import SluiceCore
import Testing

@Suite struct NamePathTests {
    @Test(
        "a path is divided at its slashes, whatever letters stand beside them",
        arguments: [
            ("a/b", ["a", "b"], "a"), ("/a", ["", "a"], "/"), ("a", ["a"], "."), ("a/", ["a", ""], "."), ("a//b", ["a", "", "b"], "a"),
            ("/", ["", ""], "/"), ("..", [".."], "."), ("a/\u{301}b", ["a", "\u{301}b"], "a"), ("a\u{600}/b", ["a\u{600}", "b"], "a\u{600}"),
            ("../\u{301}", ["..", "\u{301}"], ".."), ("/a/b//", ["", "a", "b", "", ""], "/a"),
        ]
    )
    func division(path: String, parts: [String], parent: String) {
        #expect(path.pathParts.map { Array($0.utf8) } == parts.map { Array($0.utf8) })
        #expect(path.parentPath == parent)
        #expect(path.lastPathPart == parts.last { !$0.isEmpty })
    }

    @Test("a name is put behind a folder with one slash")
    func joining() {
        #expect("".path(of: "a") == "a")
        #expect("/".path(of: "a") == "/a")
        #expect("k".path(of: "a") == "k/a")
        #expect("k/".path(of: "a") == "k/a")
        #expect(Array("k".path(of: "\u{301}").utf8) == Array("k/\u{301}".utf8))
    }

    @Test("two spellings of a letter are two names")
    func spelling() {
        #expect("é" == "e\u{301}")
        #expect(!"é".hasSameBytes(as: "e\u{301}"))
        #expect("é/x".remainder(after: "e\u{301}/") == nil)
        #expect("k/\u{301}x".remainder(after: "k/").map { Array($0.utf8) } == Array("\u{301}x".utf8))
    }
}
