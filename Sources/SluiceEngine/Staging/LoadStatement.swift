internal import SluiceCore
package import SluiceStores

/// The statement by which a database loads a staged object itself, as the user has written it:
/// `COPY {table} FROM PROGRAM 'curl -sSf "{address}" | gunzip' CSV HEADER`.
///
/// Braces enclose placeholders; `{{` and `}}` are braces. Values are put into the user's literals, and often into a
/// command in them, so none may end either: see `refuse`.
package struct LoadStatement: Sendable, Hashable {
    package enum Placeholder: String, Sendable, CaseIterable {
        /// The object's address, with its credential where it has one: `&` is in it.
        case address
        /// The address alone.
        case bareAddress = "bare-address"
        /// The credential alone, for statements that name it apart.
        case credential
        /// The object's file name, without its folder.
        case name
        /// The table that is loaded.
        case table

        fileprivate var text: String { "{\(rawValue)}" }

        /// Whether it tells one staged object from the others.
        fileprivate var namesObject: Bool {
            switch self {
            case .address, .bareAddress, .name: true
            case .credential, .table: false
            }
        }
    }

    private enum Part: Sendable, Hashable {
        case text(String)
        /// `isBare` in a shell's command, outside of double quotes.
        case value(Placeholder, isBare: Bool)
    }

    private let parts: [Part]

    /// - Throws: a `CopyError` of kind `.usage` for an unknown placeholder, an unpaired brace, and a statement that
    ///   names no object.
    package init(_ text: String) throws(CopyError) {
        parts = try LoadStatement.parts(of: text)
        guard placeholders.contains(where: \.namesObject) else {
            let names = Placeholder.allCases.filter(\.namesObject).map(\.text).joined(separator: ", ")
            throw CopyError(
                .usage,
                "the load statement doesn't say which object is loaded",
                advice: "Put one of \(names) where the object's address or name belongs"
            )
        }
    }

    /// What the statement asks to have put in.
    package var placeholders: Set<Placeholder> {
        Set(parts.compactMap { if case .value(let placeholder, _) = $0 { placeholder } else { nil } })
    }

    /// The statement for one object. It holds a secret where the address does: see `ObjectAddress.withoutSecrets`.
    ///
    /// - Parameters:
    ///   - table: as SQL writes it, quoted where it has to be.
    ///   - name: the object's, with or without folders in front, which are left out.
    /// - Throws: a `CopyError` of kind `.usage` where a value would end a literal or a command, or there is no
    ///   credential and the statement wants one.
    package func filled(_ address: ObjectAddress, table: String, name: String) throws -> String {
        var filled = ""
        for part in parts {
            switch part {
            case .text(let text): filled += text
            case .value(let placeholder, let isBare):
                let value = try value(of: placeholder, address, table: table, name: name)
                try LoadStatement.refuse(value, for: placeholder, isBare: isBare)
                filled += value
            }
        }
        return filled
    }

    private func value(
        of placeholder: Placeholder,
        _ address: ObjectAddress,
        table: String,
        name: String
    ) throws(CopyError) -> String {
        switch placeholder {
        case .address: return address.signed
        case .bareAddress: return address.address
        case .name: return name.lastPathPart ?? name
        case .table: return table
        case .credential:
            guard let credential = address.credential else {
                throw CopyError(
                    .usage,
                    "the load statement asks for {credential}, and \(address) has none",
                    advice: "Leave {credential} out, or set the credentials of the staging store"
                )
            }
            return credential
        }
    }
}

extension LoadStatement {
    private static func parts(of text: String) throws(CopyError) -> [Part] {
        var parts: [Part] = []
        var literal = ""
        var rest = text[...]
        var isQuoted = false
        let command = LoadStatement.command(in: text)
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            literal += rest[..<brace]
            let behind = rest[brace...].dropFirst()
            if behind.first == rest[brace] {
                literal.append(rest[brace])
                rest = behind.dropFirst()
                continue
            }
            guard rest[brace] == "{", let end = behind.firstIndex(of: "}") else { throw unpaired(rest[brace]) }
            if !literal.utf8.count(where: { $0 == UInt8(ascii: "\"") }).isMultiple(of: 2) { isQuoted.toggle() }
            let isBare = !isQuoted && command.map { $0 <= brace } ?? false
            parts += [.text(literal), .value(try placeholder(behind[..<end]), isBare: isBare)]
            literal = ""
            rest = behind[end...].dropFirst()
        }
        return parts + [.text(literal + rest)]
    }

    /// Where PostgreSQL's `FROM PROGRAM` is, behind which a literal is a shell's command; nil where it is not.
    private static func command(in text: String) -> String.Index? {
        let words = text.split(whereSeparator: \.isWhitespace)
        return zip(words, words.dropFirst()).first { from, program in
            from.lowercased() == "from" && program.prefix { $0.isLetter }.lowercased() == "program"
        }?.1.startIndex
    }

    private static func placeholder(_ name: Substring) throws(CopyError) -> Placeholder {
        if let placeholder = Placeholder(rawValue: String(name)) { return placeholder }
        let names = Placeholder.allCases.map(\.text).joined(separator: ", ")
        throw CopyError(
            .usage,
            "the load statement has the placeholder {\(name)}, which is not known",
            advice: "There are \(names); write {{ and }} for braces"
        )
    }

    private static func unpaired(_ brace: Character) -> CopyError {
        CopyError(
            .usage,
            "the load statement has a \(brace) without its other half",
            advice: "Write {{ and }} for braces"
        )
    }

    /// Refuses a value that would end the literal it is put into: a quote; a backslash, which is an escape to some
    /// databases; a control character. An object's address and name are refused too for what a shell acts on: between
    /// double quotes everywhere, and else in its commands. Names may come from whoever has written the source.
    private static func refuse(_ value: String, for placeholder: Placeholder, isBare: Bool) throws(CopyError) {
        let refused = (placeholder == .table ? "'\\" : "'\\\"$`").unicodeScalars
        if let found = value.unicodeScalars.first(where: { isControl($0) || refused.contains($0) }) {
            throw refusal(
                value,
                of: placeholder,
                "it holds \(isControl(found) ? "a control character" : String(found)), which could end a literal there",
                advice: placeholder == .table
                    ? "Write the table's name into the statement itself" : "Stage to a place without it in its name"
            )
        }
        let parting = " ;|&<>()*?[".unicodeScalars
        if isBare, let found = value.unicodeScalars.first(where: { parting.contains($0) }) {
            throw refusal(
                value,
                of: placeholder,
                "it holds \(found == " " ? "a space" : String(found)), which parts a shell's command",
                advice: "Write \"\(placeholder.text)\", in double quotes"
            )
        }
    }

    private static func isControl(_ character: Unicode.Scalar) -> Bool {
        character.value < 0x20 || character.value == 0x7F
    }

    private static func refusal(
        _ value: String,
        of placeholder: Placeholder,
        _ cause: String,
        advice: String
    ) -> CopyError {
        // Credentials are not told.
        let shown = placeholder == .credential ? "a credential" : "\"\(value.prefix { $0 != "?" })\""
        return CopyError(
            .usage,
            "\(shown) can't be put into the load statement for \(placeholder.text)",
            cause: cause,
            advice: advice
        )
    }
}
