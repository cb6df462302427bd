internal import SluiceCore
package import SluiceTables

/// Which values of a source's rows go into which columns of a table, and what becomes of them on the way.
@safe package final class InsertPlan: Sendable {
    /// One of the table's columns that is written.
    struct Part: Sendable {
        let target: TargetColumn
        /// The place of the source's column; -1 for a constant.
        let source: Int
        let constant: ConstantColumn?
        let conversion: CellConversion
    }

    let columns: [Part]
    let statement: InsertStatement
    package let table: TargetTable
    /// Whether a row replaces the one that has its keys, so that writing it twice does no harm.
    package let isIdempotent: Bool

    /// - Parameters:
    ///   - bytes: how texts stand for bytes in the source.
    ///   - truncates: whether values may lose what has no room in their columns.
    ///   - keys: names of the columns by which rows replace those that are there; none to add rows only.
    /// - Throws: an `ODBCError` of kind `.usage` for what does not go together.
    package init(
        _ mapping: ColumnMapping,
        from source: [Column],
        constants: [ConstantColumn] = [],
        to table: TargetTable,
        bytes: BinaryText,
        keys: [String] = [],
        truncates: Bool = false,
        _ connection: Connection
    ) throws(ODBCError) {
        let profile = connection.profile
        var parts: [Part] = []
        for pair in try mapping.pairs(source, table, besides: constants.map(\.name)) {
            let conversion = CellConversion(
                source[pair.source],
                pair.target,
                bytes,
                profile.writing,
                truncates: truncates
            )
            parts.append(Part(target: pair.target, source: pair.source, constant: nil, conversion: conversion))
        }
        for constant in constants {
            let target = try ColumnMapping.target(constant.name, table)
            let column = Column(constant.name, .text(length: nil))
            let conversion = CellConversion(column, target, bytes, profile.writing, truncates: truncates)
            parts.append(Part(target: target, source: -1, constant: constant, conversion: conversion))
        }
        var seen: Set<String> = []
        for part in parts where !seen.insert(part.target.name).inserted {
            throw ODBCError(
                .usage,
                "column \"\(part.target.name)\" of table \(table.name) would get two values",
                advice: "Name each column once, in --mapping and --add-column"
            )
        }
        guard !parts.isEmpty else {
            throw ODBCError(.usage, "no column of table \(table.name) would get a value", advice: "Check --mapping")
        }
        var keyColumns: [TargetColumn] = []
        for key in keys {
            let target = try ColumnMapping.target(key, table)
            guard seen.contains(target.name) else {
                throw ODBCError(
                    .usage,
                    "the key \"\(key)\" gets no value from the source",
                    advice: "Name other columns with --upsert, or map one to it"
                )
            }
            keyColumns.append(target)
        }
        columns = parts
        self.table = table
        isIdempotent = !keys.isEmpty
        statement = try InsertStatement(
            into: table.relation,
            parts.map(\.target),
            keys: keyColumns,
            profile,
            connection.traits
        )
    }

    /// Names of the columns that are written, in their order.
    package var names: [String] { columns.map(\.target.name) }

    /// A clause that says why a value was not taken.
    package func clause(_ refusal: CellRefusal) -> String {
        "column \"\(names[refusal.column])\" would get \(BadRow.shown(refusal.value)), \(refusal.clause)"
    }
}

/// A value that all rows get.
package struct ConstantColumn: Sendable {
    package let name: String
    private let cells: ConstantCells

    package init(_ name: String, _ text: String) {
        self.name = name
        cells = ConstantCells(text)
    }

    /// The same for every row.
    @unsafe var values: ColumnValues { unsafe cells.values }
}
