internal import SluiceCore

/// An ODBC connection string: `Driver={PostgreSQL Unicode};Server=…`.
package struct ConnectionString: Sendable, Hashable {
    /// Keys as they were written, with their values without braces.
    private var pairs: [(key: String, value: String)]

    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// - Throws: an `ODBCError` of kind `.usage` for what is no list of `KEY=VALUE`, with a `;` between.
    package init(parsing text: String) throws(ODBCError) {
        pairs = []
        var rest = Substring(text)
        while let start = rest.firstIndex(where: { $0 != ";" && $0 != " " }) {
            rest = rest[start...]
            guard let sign = rest.firstIndex(where: { $0 == "=" || $0 == ";" }), rest[sign] == "=" else {
                throw ConnectionString.malformed("\"\(rest.prefix { $0 != ";" })\" has no =")
            }
            let key = rest[..<sign].trimmed
            rest = rest[sign...].dropFirst()
            pairs.append((key, try ConnectionString.value(&rest)))
        }
        guard !pairs.isEmpty else { throw ConnectionString.malformed("it is empty") }
    }

    /// Takes a value and the semicolon behind it.
    private static func value(_ rest: inout Substring) throws(ODBCError) -> String {
        let bare = rest.drop { $0 == " " }
        guard bare.first == "{" else {
            let value = rest.prefix { $0 != ";" }
            rest = rest[value.endIndex...].dropFirst()
            return value.trimmed
        }
        var value = ""
        rest = bare.dropFirst()
        while let brace = rest.firstIndex(of: "}") {
            value += rest[..<brace]
            rest = rest[brace...].dropFirst()
            guard rest.first == "}" else {
                let behind = rest.prefix { $0 != ";" }
                guard behind.trimmed.isEmpty else { throw malformed("\"\(behind)\" stands behind a closing brace") }
                rest = rest[behind.endIndex...].dropFirst()
                return value
            }
            value += "}"
            rest = rest.dropFirst()
        }
        throw malformed("a brace is not closed")
    }

    private static func malformed(_ cause: String) -> ODBCError {
        ODBCError(
            .usage,
            "the connection string can't be read",
            cause: cause,
            advice:
                "Write KEY=VALUE;KEY={VALUE WITH ; OR SPACES}, as in odbc:Driver={PostgreSQL Unicode};Server=db;Database=sales"
        )
    }

    /// The value of a key, whatever its case; the first one counts, as it does for driver managers.
    package subscript(key: String) -> String? {
        pairs.first { $0.key.lowercased() == key.lowercased() }?.value
    }

    /// Adds a pair, unless one of that key or of one of `synonyms` is there.
    package mutating func add(_ key: String, _ value: String, unless synonyms: [String] = []) {
        guard ([key] + synonyms).allSatisfy({ self[$0] == nil }) else { return }
        pairs.append((key, value))
    }

    /// What the driver manager gets.
    package var text: String { pairs.map { "\($0.key)=\(ConnectionString.quoted($0.value))" }.joined(separator: ";") }

    /// Values without anything special are left as they are: not every driver takes braces off.
    private static func quoted(_ value: String) -> String {
        let isPlain = !value.contains { "[]{}(),;?*=!@ ".contains($0) }
        return isPlain ? value : "{" + value.replacing("}", with: "}}") + "}"
    }

    /// What the database is called in a sentence: the data source's name, or server and database.
    package var placeName: String {
        if let name = self["DSN"] { return name }
        let server = self["Server"] ?? self["Servername"] ?? self["Host"]
        let database = self["Database"] ?? self["DBQ"]
        return [server, database].compactMap { $0 }.joined(separator: "/")
    }
}

extension ConnectionString: CustomStringConvertible {
    /// Without what follows a key that may be a secret.
    package var description: String {
        pairs.map { pair in
            let key = pair.key.lowercased()
            return "\(pair.key)=" + (key == "pwd" || key == "password" ? "…" : ConnectionString.quoted(pair.value))
        }.joined(separator: ";")
    }
}

extension StringProtocol {
    /// Without spaces around it.
    var trimmed: String {
        var rest = self[...]
        while rest.last == " " { rest = rest.dropLast() }
        return String(rest.drop { $0 == " " })
    }
}
