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
        /// By where rows lie in the database's files, from which they may move.
        case blocks
    }

    package let manner: Manner
    package let partitions: [TablePartition]
    /// Rows that the database expects; nil where it doesn't say.
    package let estimate: Int?

    package init(_ manner: Manner, _ conditions: [String?], estimate: Int?) {
        self.manner = manner
        partitions = conditions.map { TablePartition(condition: $0) }
        self.estimate = estimate
    }
}
