internal import SluiceCore
internal import SluiceStores

/// The names that `--files-from` gives, read line by line and never held.
///
/// A line is a name relative to the source, as it is; a carriage return at its end and `./` in front are dropped, and empty
/// lines are passed over. A line that starts with `{` is one of a manifest: its `name` is taken unless its `outcome` is
/// `copied`, `unchanged`, `same` or `extra`, so that the manifest of one run, be it a copy or a comparison, is the list of what
/// the next has to do. (A name that itself starts
/// with a brace is written `./{…`.)
struct NameList: Sendable {
    /// A file, or `-` for standard input.
    let path: String

    /// What a line says.
    enum Entry: Equatable {
        case name(String)
        /// It names something that can't be asked for.
        case refused(line: String, cause: String)
        /// Nothing to copy.
        case none
    }

    /// Calls `body` for each line but empty ones; blocks.
    /// - Throws: a `CopyError` of kind `.usage` when the list can't be read, and whatever `body` throws.
    func read(_ body: (Entry) throws -> Void) throws {
        let reader = LineReader(
            path: path,
            what: "the list of --files-from",
            advice: "Give a file with a name on each line, or - for standard input"
        )
        try reader.read { line in
            let entry = NameList.entry(line)
            if entry != .none { try body(entry) }
        }
    }

    /// What a line without its end says.
    static func entry(_ line: [UInt8]) -> Entry {
        let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...]
        guard !line.isEmpty else { return .none }
        guard let text = String(validating: line, as: UTF8.self) else {
            return .refused(line: String(decoding: line, as: UTF8.self), cause: "it is not UTF-8")
        }
        return text.hasPrefix("{") ? manifestEntry(text) : checked(text)
    }

    private static func manifestEntry(_ text: String) -> Entry {
        guard let fields = JSONFields(Array(text.utf8)), let name = fields["name"] else {
            return .refused(line: text, cause: "it starts as a manifest's line and has no name")
        }
        let isDone = fields["outcome"].map { ["copied", "unchanged", "same", "extra"].contains($0) }
        return isDone == true ? .none : checked(name)
    }

    /// Refuses what is no place below the source.
    private static func checked(_ name: String) -> Entry {
        var name = name[...]
        while name.hasPrefix("./") { name = name.dropFirst(2) }
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if name.utf8.first == UInt8(ascii: "/") {
            return .refused(line: String(name), cause: "it starts at the root, and names are relative to the source")
        }
        if parts.contains(where: { $0.elementsEqual("..".utf8) }) {
            return .refused(line: String(name), cause: "\"..\" leads out of the source")
        }
        if name.utf8.last == UInt8(ascii: "/") {
            return .refused(line: String(name), cause: "it is a folder's name; name the files in it")
        }
        guard !parts.contains(where: { $0.isEmpty || $0.elementsEqual(".".utf8) }), !name.utf8.contains(0) else {
            return .refused(line: String(name), cause: "a part of it is empty, \".\" or holds a NUL")
        }
        return .name(String(name))
    }
}
