/// What is read out of a database.
package enum TableQuery: Sendable, Hashable {
    /// A table or view, by its name; dots are between the parts of a qualified one, and parts in quotes are as they stand.
    case table(String)
    /// A statement that gives rows.
    case query(String)

    /// As it stands behind FROM.
    func relation(_ traits: DriverTraits) -> String {
        switch self {
        case .table(let name): TableQuery.parts(of: name, traits).joined(separator: ".")
        case .query(let sql): "(\(TableQuery.bare(sql))) sluice_rows"
        }
    }

    /// As `relation` has it, a table of another name in the same schema.
    func sibling(_ name: String, _ traits: DriverTraits) -> String {
        guard case .table(let own) = self else { return traits.quoted(name) }
        return (TableQuery.parts(of: own, traits).dropLast() + [traits.quoted(name)]).joined(separator: ".")
    }

    /// The statement without what ends it.
    static func bare(_ sql: String) -> String {
        var rest = sql[...]
        while let last = rest.last, last == ";" || last.isWhitespace { rest = rest.dropLast() }
        return String(rest)
    }

    /// The parts of a qualified name, each as the database knows it, in its quotes.
    private static func parts(of name: String, _ traits: DriverTraits) -> [String] {
        var parts: [String] = []
        var part = ""
        var isQuoted = false
        var wasQuoted = false
        func close() {
            parts.append(wasQuoted ? traits.quoted(part) : part.isPlainName ? part : traits.quoted(part))
            (part, wasQuoted) = ("", false)
        }
        for character in name {
            switch character {
            case "\"" where !isQuoted && part.isEmpty: (isQuoted, wasQuoted) = (true, true)
            case "\"" where isQuoted: isQuoted = false
            case "." where !isQuoted: close()
            default: part.append(character)
            }
        }
        close()
        return parts
    }

    /// What a file is called that holds its rows.
    package var fileName: String {
        switch self {
        case .table(let name):
            String(name.filter { $0 != "\"" }.split(separator: ".").last ?? "table").replacing("/", with: "_")
        case .query: "query"
        }
    }
}

extension String {
    /// Whether it needs no quotes: letters, digits and underscores, and no digit in front. The database folds its case as
    /// it does for whoever types it.
    fileprivate var isPlainName: Bool {
        guard let first = utf8.first, !(48...57).contains(first) else { return false }
        return utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0 & 0xDF) || $0 == 95 || $0 >= 128 }
    }
}
