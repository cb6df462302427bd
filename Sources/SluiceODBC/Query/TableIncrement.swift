internal import SluiceCore
internal import SluiceTables

/// What has come to a table since it was copied last: the rows whose value of a column is above what was the highest then.
///
/// Bounds are asked of the database and compared by it, as it writes them itself, so that no digit and no order is anybody
/// else's. Rows without a value are among those of the first time, and of no other.
package struct TableIncrement: Sendable, Hashable {
    /// What is true of the rows.
    package let condition: String
    /// The highest value that there is now, as it stands in a statement, or was then; nil where there was never any.
    package let high: String?

    /// Where a copy before had come to.
    package struct Mark: Sendable, Hashable {
        /// The highest value; nil where no row had any.
        package let high: String?

        package init(high: String?) { self.high = high }
    }

    /// Asks how far it goes; blocks.
    ///
    /// - Parameter mark: nil for the first time.
    /// - Throws: an `ODBCError`, of kind `.usage` for a column that can't be compared exactly, or is not there.
    package init(_ query: TableQuery, by name: String, since mark: Mark?, _ connection: Connection) throws {
        let column = try TableScan(query, connection).column(named: name)
        switch column.type {
        case .integer, .decimal, .date, .time, .timestamp, .instant, .text, .uuid: break
        case .real, .boolean, .binary:
            throw ODBCError(
                .usage,
                "column \"\(column.name)\" can't say which rows are new: \(column.type) has no order that its text keeps exactly",
                advice: "Name a column of integers, times or texts that only grows"
            )
        }
        let quoted = connection.traits.quoted(column.name)
        let relation = query.relation(connection.traits)
        let behind = mark?.high.map { " where \(quoted) > \($0)" } ?? ""
        let kind = TableDivider.kind(column.type)
        let literals = connection.profile.division.literals
        let top = "max(\(quoted))"
        let literal = (literals[kind] ?? literals["*"])?.filled(["column": top])
        // What makes a literal may make one of NULL, too.
        let asked = "case when \(top) is null then null else \(literal ?? top) end"
        let found = try connection.text("select \(asked) from \(relation)\(behind)")
        let high = literal != nil || kind == "number" ? found : found.map(TableQuery.text)
        condition = TableIncrement.condition(quoted, mark, high, mayBeNull: column.isNullable)
        self.high = high ?? mark?.high
    }

    /// - Parameter column: as it stands in a statement.
    static func condition(_ column: String, _ mark: Mark?, _ high: String?, mayBeNull: Bool) -> String {
        guard let mark else {
            guard let high else { return "\(column) is null" }
            return mayBeNull ? "(\(column) <= \(high) or \(column) is null)" : "\(column) <= \(high)"
        }
        // Nothing is above what was highest.
        guard let high else { return "1 = 0" }
        return (mark.high.map { "\(column) > \($0) and " } ?? "") + "\(column) <= \(high)"
    }
}
