import Glibc
import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceStores

@Suite struct OrderedWalkTests {
    @Test("a tree is walked in the order of the bytes of whole names")
    func order() throws {
        let directory = try TemporaryDirectory()
        let folders = ["a", "a.b", "a-b", "z", "z/é", "a/b", "0"]
        for folder in folders { try #require(mkdir("\(directory.path)/\(folder)", 0o700) == 0) }
        let names =
            folders.flatMap { folder in ["x", "é", "日", "A", "-", "zz"].map { "\(folder)/\($0)" } } + [
                "a,", "a0", "a.bc", "zz",
            ]
        for name in names where name != "z/é" { _ = try directory.write(name, []) }
        try #require(symlink("a/b", "\(directory.path)/a!") == 0)
        var options = WalkOptions()
        options.isOrdered = true
        var listed: [String] = []
        try FileSource(path: directory.path, isDirectory: true, options: options).list {
            if case .item(let item) = $0 { listed.append(item.name) }
        }
        #expect(listed.count == names.count - 1 + 6)
        #expect(listed == listed.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    @Test("a directory of more entries than are held is read in several rounds", arguments: [1, 2, 7, 99, 100, 101])
    func rounds(mostHeld: Int) throws {
        let directory = try TemporaryDirectory()
        let names = (0..<100).map { "n\($0 * 7919 % 1000)" }
        for name in names { _ = try directory.write(name, []) }
        let stream = try #require(unsafe opendir(directory.path))
        defer { unsafe closedir(stream) }
        var found: [String] = []
        var entries = unsafe OrderedEntries(stream, path: directory.path, followsLinks: true, mostHeld: mostHeld)
        while let name = try entries.next() { found.append(String(decoding: name, as: UTF8.self)) }
        #expect(found == Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }
}
