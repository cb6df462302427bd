internal import SluiceCore
package import SluiceTables

/// Which column of a source goes into which column of a table.
package enum ColumnMapping: Sendable, Hashable {
    /// Each goes into the one of its name; where case makes the only difference, too.
    case byName
    /// The first goes into the first.
    case byPosition
    /// As it is written, and the others nowhere.
    case explicit([Pair])

    package struct Pair: Sendable, Hashable {
        /// A name, or `#2` for the second column.
        package let source: String
        package let target: String

        package init(source: String, target: String) {
            self.source = source
            self.target = target
        }
    }

    /// - Parameter others: names of the table's columns that get a value from elsewhere.
    /// - Throws: an `ODBCError` of kind `.usage` that names the column that has nowhere to go, or is not there.
    func pairs(_ source: [Column], _ table: TargetTable, besides others: [String]) throws(ODBCError)
        -> [(source: Int, target: TargetColumn)]
    {
        var pairs: [(source: Int, target: TargetColumn)] = []
        switch self {
        case .byName:
            for (index, column) in source.enumerated() {
                pairs.append((index, try ColumnMapping.target(column.name, table)))
            }
        case .byPosition:
            var left = table.columns[...]
            for name in others {
                let target = try ColumnMapping.target(name, table)
                left = left.filter { $0 != target }[...]
            }
            guard left.count >= source.count else {
                throw ODBCError(
                    .usage,
                    "the source has \(source.count) columns, and table \(table.name) \(left.count) for them",
                    advice: "Name those to copy with --mapping FROM=TO"
                )
            }
            for (index, target) in zip(source.indices, left) { pairs.append((index, target)) }
        case .explicit(let wanted):
            for pair in wanted {
                pairs.append(
                    (try ColumnMapping.place(pair.source, source), try ColumnMapping.target(pair.target, table))
                )
            }
        }
        return pairs
    }

    /// The table's column of this name.
    static func target(_ name: String, _ table: TargetTable) throws(ODBCError) -> TargetColumn {
        guard let index = find(name, table.columns.map(\.name)) else {
            throw ODBCError(
                .usage,
                "table \(table.name) has no column \"\(name)\"",
                cause: "its columns are \(list(table.columns.map(\.name)))",
                advice: "Say with --mapping FROM=TO what goes where, or --mapping position"
            )
        }
        return table.columns[index]
    }

    /// A column of a source by its name or its place; nil where there is none.
    package static func column(_ name: String, of source: [Column]) -> Column? {
        (try? place(name, source)).map { source[$0] }
    }

    private static func place(_ name: String, _ source: [Column]) throws(ODBCError) -> Int {
        if name.hasPrefix("#"), let number = Int(name.dropFirst()), source.indices.contains(number - 1) {
            return number - 1
        }
        guard let index = find(name, source.map(\.name)) else {
            throw ODBCError(
                .usage,
                "the source has no column \"\(name)\"",
                cause: "its columns are \(list(source.map(\.name)))",
                advice: "Check --mapping"
            )
        }
        return index
    }

    /// The one of this name; else the only one that differs by case alone.
    private static func find(_ name: String, _ names: [String]) -> Int? {
        if let exact = names.firstIndex(of: name) { return exact }
        let lower = name.lowercased()
        let alike = names.indices.filter { names[$0].lowercased() == lower }
        return alike.count == 1 ? alike[0] : nil
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(20).map { "\"\($0)\"" }.joined(separator: ", ")
        return names.count > 20 ? shown + ", …" : shown
    }
}
