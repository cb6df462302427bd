internal import SluiceTables

/// The expression by which a database makes each row one text, as our encoder of delimited text would have made it.
struct RowRendering {
    private let profile: RenderingProfile
    private let format: DelimitedFormat

    /// Nil where the database has no way to do it, or not to do what the format asks for.
    init?(_ profile: RenderingProfile, _ format: DelimitedFormat) {
        guard profile.isKnown, format.encoding == nil, format.quote != nil, format.binary == .hexadecimal,
            format.isASCIIWhereItMatters
        else { return nil }
        self.profile = profile
        self.format = format
    }

    /// A column as it is named in the statement, with the database's name of its type.
    struct Cell {
        let name: String
        let type: String
    }

    /// Nil where some column is of a type that the database writes in another way than we do.
    func expression(_ cells: [Cell]) -> String? {
        // What a file begins with is no byte order mark: the encoder sees to it, where it writes the first row.
        if !format.hasHeader, let first = cells.first, profile.plain[first.type] == nil { return nil }
        let careful = cells.compactMap { expression($0, isOnly: cells.count == 1) }
        guard careful.count == cells.count else { return nil }
        guard format.keepsPlain, cells.count > 1, let unusual = unusual(cells) else { return row(of: careful) }
        let quick = zip(cells, careful).map { profile.unusual[$0.type] == nil ? $1 : $0.name }
        return "case when \(unusual) then \(row(of: careful)) else \(row(of: quick)) end"
    }

    /// What is true of rows in which some value needs care; nil where none can, or all are to be looked at.
    private func unusual(_ cells: [Cell]) -> String? {
        var conditions = cells.compactMap { profile.unusual[$0.type]?.filled(["column": $0.name]) }
        guard !conditions.isEmpty else { return nil }
        let texts = cells.filter { profile.unusual[$0.type] != nil && profile.texts[$0.type] != nil }.map(\.name)
        // All texts of a row are searched at once, for each of the special characters.
        if !texts.isEmpty { conditions += format.special.map { contained(literal([$0]), in: row(texts)) } }
        return conditions.map { "(\($0))" }.joined(separator: " or ")
    }

    private func row(of cells: [String]) -> String {
        row(cells.indices.flatMap { $0 == 0 ? [cells[$0]] : [literal(format.delimiter), cells[$0]] })
    }

    /// One text of all parts; of parts of them where a call takes no more.
    private func row(_ parts: [String]) -> String {
        let call = { (cells: ArraySlice<String>) in profile.row?.filled(["cells": cells.joined(separator: ", ")]) ?? ""
        }
        guard parts.count > profile.mostCells else { return call(parts[...]) }
        let starts = stride(from: 0, to: parts.count, by: profile.mostCells)
        return row(starts.map { call(parts[$0..<min($0 + profile.mostCells, parts.count)]) })
    }

    private func expression(_ cell: Cell, isOnly: Bool) -> String? {
        let names = ["column": cell.name]
        if let plain = profile.plain[cell.type]?.filled(names) {
            return format.keepsPlain ? plain : careful(text(plain), isOnly)
        }
        return profile.texts[cell.type].map { careful($0.filled(names), isOnly) }
    }

    private func text(_ value: String) -> String { profile.text?.filled(["value": value]) ?? "" }

    /// A text in quotes where it needs them, and what stands for NULL where there is none.
    private func careful(_ text: String, _ isOnly: Bool) -> String {
        let quote = literal([format.quote ?? 0])
        let escape = format.escape.map { literal([$0]) } ?? quote
        // The escape first: those that come in front of quotes are not to be doubled.
        var inner = text
        for what in escape == quote ? [quote] : [escape, quote] { inner = replaced(inner, what, join([escape, what])) }
        let quoted = join([quote, inner, quote])
        var value = quoted
        if !format.quotesAll {
            var conditions = format.special.map { contained(literal([$0]), in: text) }
            conditions.append(same(text, literal(format.null)))
            if isOnly { conditions.append(same(text, literal(Array("\\.".utf8)))) }
            value = "case when \(conditions.joined(separator: " or ")) then \(quoted) else \(text) end"
        }
        return format.null.isEmpty ? value : "coalesce(\(value), \(literal(format.null)))"
    }

    private func same(_ text: String, _ other: String) -> String {
        profile.equals?.filled(["text": text, "other": other]) ?? ""
    }

    private func contained(_ what: String, in text: String) -> String {
        profile.contains?.filled(["text": text, "what": what]) ?? ""
    }

    private func replaced(_ text: String, _ what: String, _ by: String) -> String {
        profile.replacing?.filled(["text": text, "what": what, "by": by]) ?? ""
    }

    private func join(_ texts: [String]) -> String { "(" + texts.joined(separator: " \(profile.join ?? "") ") + ")" }

    /// A text in the statement, without a character that some driver takes for something else.
    private func literal(_ bytes: [UInt8]) -> String {
        let parts = String(decoding: bytes, as: UTF8.self).unicodeScalars.map { scalar in
            profile.character?.filled(["code": String(scalar.value)]) ?? ""
        }
        return parts.isEmpty ? "''" : parts.count == 1 ? parts[0] : join(parts)
    }
}

extension DelimitedFormat {
    /// The bytes that a value is quoted for.
    fileprivate var special: [UInt8] {
        var bytes = [delimiter[0], rowDelimiter?.first ?? 10, 10, 13]
        if let quote { bytes.append(quote) }
        if let escape { bytes.append(escape) }
        return Array(Set(bytes)).sorted()
    }

    /// Whether digits, letters, and the signs of numbers, dates and times need no care.
    fileprivate var keepsPlain: Bool {
        let plain = special.contains { byte in
            switch byte {
            case 48...57, 65...90, 97...122: true
            default: "+-.: ".utf8.contains(byte)
            }
        }
        return !quotesAll && null.isEmpty && !plain
    }

    /// Whether each special byte is a character, and all texts are UTF-8.
    fileprivate var isASCIIWhereItMatters: Bool {
        let texts = [delimiter, rowDelimiter ?? [10], null]
        return special.allSatisfy { 1..<128 ~= $0 }
            && texts.allSatisfy { Array(String(decoding: $0, as: UTF8.self).utf8) == $0 && !$0.contains(0) }
    }
}
