/// A part of a table's rows.
package struct TablePartition: Sendable, Hashable {
    /// What is true of its rows; nil for all rows.
    package let condition: String?

    package init(condition: String?) { self.condition = condition }
}

/// How a table is divided: each row is in one of the partitions, whatever is written meanwhile, as long as all of them
/// see one state of the database; and also where they don't, if the division is by a column that is not changed.
package struct TableDivision: Sendable, Hashable {
    package enum Manner: String, Sendable {
        /// All rows are one partition.
        case whole
        /// By ranges of a column.
        case range
        /// By a number that the database makes of a column's value.
        case hash
        /// By where rows lie in the database's files, from which they may move.
        case blocks
    }

    package let manner: Manner
    package let partitions: [TablePartition]
    /// Rows that the database expects; nil where it doesn't say.
    package let estimate: Int?
    /// When it was made, as the database knows it, where rows may move from one partition to another.
    let mark: String?
    /// Tells it from any other division, of the same table too.
    package let identifier: String

    package init(_ manner: Manner, _ conditions: [String?], estimate: Int?, mark: String? = nil) {
        self.init(manner, conditions, estimate, mark, String(UInt64.random(in: 1 ... .max), radix: 36))
    }

    private init(_ manner: Manner, _ conditions: [String?], _ estimate: Int?, _ mark: String?, _ identifier: String) {
        self.manner = manner
        self.mark = mark
        self.identifier = identifier
        partitions = conditions.map { TablePartition(condition: $0) }
        self.estimate = estimate
    }
}

extension TableDivision {
    /// The same, of the rows of which `condition` is true: how many these are is not known.
    package func within(_ condition: String) -> TableDivision {
        let conditions = partitions.map { partition in
            partition.condition.map { "(\(condition)) and (\($0))" } ?? condition
        }
        return TableDivision(manner, conditions, nil, mark, identifier)
    }
}

extension TableDivision {
    /// As bytes, for another process: texts one behind the other, each with its length in front.
    package var encoded: [UInt8] {
        let texts = [manner.rawValue, identifier, estimate.map { String($0) }, mark] + partitions.map(\.condition)
        return texts.flatMap { text in Array("\(text.map { String($0.utf8.count) } ?? "-"):\(text ?? "")".utf8) }
    }

    /// Nil for what is no such text.
    package init?(encoded: [UInt8]) {
        var rest = encoded[...]
        var texts: [String?] = []
        while !rest.isEmpty {
            let head = String(decoding: rest.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
            rest = rest.dropFirst(head.utf8.count + 1)
            guard head != "-" else {
                texts.append(nil)
                continue
            }
            guard let count = Int(head), (0...rest.count).contains(count) else { return nil }
            texts.append(String(decoding: rest.prefix(count), as: UTF8.self))
            rest = rest.dropFirst(count)
        }
        guard texts.count > 4, let manner = texts[0].flatMap({ Manner(rawValue: $0) }), let identifier = texts[1] else {
            return nil
        }
        self.init(manner, Array(texts[4...]), texts[2].flatMap { Int($0) }, texts[3], identifier)
    }
}
