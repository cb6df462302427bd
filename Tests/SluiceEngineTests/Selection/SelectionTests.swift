import SluiceCore
import Testing

@testable import SluiceEngine

@Suite struct SelectionTests {
    private func item(_ name: String = "a/b.csv", size: Int? = 100, seconds: Int64? = 1000) -> SourceItem {
        SourceItem(name: name, size: size, modified: seconds.map { Timestamp(seconds: $0) })
    }

    @Test("without options everything is taken, whatever is known of it")
    func everything() {
        #expect(Selection().isEverything)
        #expect(Selection().verdict(for: item(size: nil, seconds: nil)) == .taken)
        #expect(Selection().mayContain(folder: "a"))
    }

    @Test("excludes win over includes")
    func excludes() throws {
        var selection = Selection()
        selection.includes = [try NamePattern("*.csv")]
        selection.excludes = [try NamePattern("b.*")]
        #expect(selection.verdict(for: item()) == .left)
        #expect(selection.verdict(for: item("c.csv")) == .taken)
        #expect(selection.verdict(for: item("c.txt")) == .left)
    }

    @Test(
        "times are taken from the first on, up to but not with the second",
        arguments: [(999, false), (1000, true), (1999, true), (2000, false)]
    )
    func times(seconds: Int64, isTaken: Bool) {
        var selection = Selection()
        selection.modifiedFrom = Timestamp(seconds: 1000)
        selection.modifiedBefore = Timestamp(seconds: 2000)
        #expect(selection.verdict(for: item(seconds: seconds)) == (isTaken ? .taken : .left))
    }

    @Test("sizes are taken with both ends", arguments: [(9, false), (10, true), (20, true), (21, false)])
    func sizes(size: Int, isTaken: Bool) {
        var selection = Selection()
        selection.smallest = ByteCount(10)
        selection.largest = ByteCount(20)
        #expect(selection.verdict(for: item(size: size)) == (isTaken ? .taken : .left))
    }

    @Test("what is bounded and not known is no silent yes or no")
    func unknown() {
        var selection = Selection()
        selection.modifiedFrom = Timestamp(seconds: 1)
        #expect(selection.verdict(for: item(seconds: nil)) == .undecidable(option: "--modified-after"))
        selection = Selection()
        selection.largest = ByteCount(1)
        #expect(selection.verdict(for: item(size: nil)) == .undecidable(option: "--max-size"))
    }

    @Test("an excluded folder is not walked, and neither is one that no include leads into")
    func folders() throws {
        var selection = Selection()
        selection.excludes = [try NamePattern("tmp/")]
        #expect(!selection.mayContain(folder: "x/tmp"))
        #expect(!selection.mayContain(folder: "tmp/below"))
        #expect(selection.mayContain(folder: "x"))
        selection = Selection()
        selection.includes = [try NamePattern("2026/*/x.csv")]
        #expect(selection.mayContain(folder: "2026") && selection.mayContain(folder: "2026/01"))
        #expect(!selection.mayContain(folder: "2025") && !selection.mayContain(folder: "2026/01/02"))
    }

    @Test("without recursion no folder's object is taken")
    func notRecursive() {
        var selection = Selection()
        selection.recursive = false
        #expect(selection.verdict(for: item("a")) == .taken)
        #expect(selection.verdict(for: item("a/b")) == .left)
        #expect(!selection.mayContain(folder: "a"))
    }
}

@Suite struct NameListTests {
    @Test(
        "a line is a name, or one of a manifest",
        arguments: [
            ("a/b c", .name("a/b c")), ("./a", .name("a")), ("a\r", .name("a")), ("# a", .name("# a")), ("", .none),
            ("\r", .none), (#"{"name":"a\"b","outcome":"failed","error":{"code":"x"}}"#, .name("a\"b")),
            (#"{"name":"a","outcome":"skipped"}"#, .name("a")), (#"{"name":"a","outcome":"copied"}"#, .none),
            (#"{"name":"a","outcome":"unchanged"}"#, .none), (#"{"name":"a"}"#, .name("a")), ("./{a}", .name("{a}")),
        ] as [(String, NameList.Entry)]
    )
    func lines(line: String, entry: NameList.Entry) {
        #expect(NameList.entry(Array(line.utf8)) == entry)
    }

    @Test(
        "a name that leads out of the source is refused, and so is none",
        arguments: [
            "../a", "a/../b", "/etc/passwd", "a//b", "a/./b", "a/", "..", ".", "{}", "{\"name\":\"../a\"}", "a\0b",
        ]
    )
    func refused(line: String) {
        guard case .refused = NameList.entry(Array(line.utf8)) else { return #expect(Bool(false), "\(line) is taken") }
    }

    @Test("bytes that are no text are refused")
    func notText() {
        guard case .refused = NameList.entry([0x61, 0xFF]) else { return #expect(Bool(false), "they are taken") }
    }

    @Test("answers come in the order of the questions, whoever answers first", .timeLimit(.minutes(30)))
    func concurrency() {
        #expect(Lookup.concurrently(Array(0..<1000), most: 8) { $0 * 2 } == (0..<1000).map { $0 * 2 })
        #expect(Lookup.concurrently([1, 2, 3], most: 1) { $0 } == [1, 2, 3])
    }
}
