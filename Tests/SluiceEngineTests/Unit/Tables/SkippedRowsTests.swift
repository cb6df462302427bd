import Glibc
import SluiceCore
import SluiceTables
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// Rows that are left out, as they are kept for people and for later attempts.
@Suite struct SkippedRowsTests {
    private let directory: TemporaryDirectory
    private let place: BadRowsPlace

    init() throws {
        directory = try TemporaryDirectory()
        var specification = CopySpecification(
            source: .file(path: "/nowhere", isDirectory: false),
            sink: .file(path: "/nowhere", isDirectory: false)
        )
        specification.tableSink.badRows = .file(path: directory.path + "/bad.csv", isDirectory: false)
        place = try #require(try BadRowsPlace(specification, nil))
    }

    private func bad(_ line: Int) -> BadRow { BadRow(.line(line), .badQuote, "why", text: Array("x".utf8)) }

    private var lines: [Substring] {
        get throws {
            String(decoding: try directory.read("bad.csv"), as: UTF8.self).split(separator: "\n").dropFirst().map { $0 }
        }
    }

    @Test("what is read again is not told again, until it is another version or its end has come")
    func again() throws {
        let rows = SkippedRows(limit: nil, place: place)
        let first = SourceItem(name: "a", size: nil, entityTag: "1")
        for line in [2, 5] { try rows.add(bad(line), of: first) }
        for line in [2, 5, 9] { try rows.add(bad(line), of: first) }
        try rows.add(bad(3), of: SourceItem(name: "b", size: nil))
        #expect(try lines.map { $0.prefix(4) } == ["a,2,", "a,5,", "a,9,", "b,3,"] && rows.count == 4)
        try rows.add(bad(2), of: SourceItem(name: "a", size: nil, entityTag: "2"))
        try rows.ended("a")
        try rows.add(bad(2), of: first)
        #expect(rows.count == 6)
    }

    @Test("a reading again does not use up what may be skipped")
    func limit() throws {
        let rows = SkippedRows(limit: 1)
        let item = SourceItem(name: "a", size: nil)
        for _ in 0..<3 { try rows.add(bad(2), of: item) }
        #expect(throws: CopyError.self) { try rows.add(bad(3), of: item) }
    }

    @Test("rows are cut from a file wherever its pieces end, whatever bytes they hold", arguments: 1...20)
    func cut(piece: Int) throws {
        var written: [[UInt8]] = []
        for name in ["plain", "with,comma", "quote\"d", "two\nlines", "\"", ""] {
            let text: [UInt8] = [0, 0xFF, 10, 34, 34, 44] + Array(name.utf8)
            written.append(
                SkippedRow(source: name, place: .row(7), column: "", code: "c", message: "m\"\n", text: text).line
            )
        }
        var cutter = QuotedRows()
        var found: [[UInt8]] = []
        let all = written.flatMap { $0 }
        for start in stride(from: 0, to: all.count, by: piece) {
            cutter.take(all[start..<min(all.count, start + piece)]) { found.append($0) }
        }
        #expect(found == written)
        #expect(
            found.map { QuotedRows.firstValue(of: $0) } == ["plain", "with,comma", "quote\"d", "two\nlines", "\"", ""]
        )
    }

    @Test("an empty text is quoted, and what is not there is nothing")
    func line() {
        let row = SkippedRow(source: "s", place: .line(3), column: nil, code: "c", message: "m", text: [])
        #expect(String(decoding: row.line, as: UTF8.self) == "s,3,,,c,m,\"\"\n")
    }

    @Test("a file of an earlier attempt keeps what is not told again, without a row that was cut off")
    func reduced() throws {
        let path = directory.path + "/bad.csv"
        #expect(try RowFile.reduce(path, isPrivate: true) { _ in true } == nil)
        do {
            let rows = SkippedRows(limit: nil, place: place)
            for (line, name) in [(1, "a"), (2, "b,c"), (3, "a"), (4, "b,c")] {
                try rows.add(bad(line), of: SourceItem(name: name, size: nil))
            }
        }
        _ = try Command.run(["bash", "-c", "printf 'a,5,\"torn' >> \"$0\"", path])
        #expect(try RowFile.reduce(path, isPrivate: true) { $0 == "b,c" } == 2)
        #expect(try lines.map { $0.prefix(8) } == ["\"b,c\",2,", "\"b,c\",4,"])
        #expect(try directory.tree() == ["bad.csv"])
    }

    @Test("a file of ours is new, and for its owner alone")
    func isPrivate() throws {
        let path = directory.path + "/own.csv"
        _ = try RowFile.make(path, isPrivate: true)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(throws: CopyError.self) { _ = try RowFile.make(path, isPrivate: true) }
        let link = directory.path + "/link.csv"
        #expect(symlink(directory.path + "/elsewhere", link) == 0)
        #expect(throws: CopyError.self) { _ = try RowFile.make(link, isPrivate: true) }
        #expect(try !directory.tree().contains("elsewhere"))
    }
}
