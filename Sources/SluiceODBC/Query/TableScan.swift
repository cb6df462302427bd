internal import SluiceCore
package import SluiceTables

/// How a table is read: its columns, and the statement that gives each value in a form that loses nothing.
package struct TableScan: Sendable {
    package let query: TableQuery
    package var columns: [Column] { bindings.map(\.column) }
    private(set) var bindings: [CellBinding]
    /// What is selected; nil for the query as it was written.
    private var projection: String?
    /// As it stands behind FROM.
    let relation: String

    /// The key by which it is read piece by piece; nil where the driver doesn't need that.
    private let slices: KeySlices?
    /// How the database makes texts of rows; nil where it can't for these.
    private let packing: RowPacking?
    /// Whether the database can make texts of rows.
    package var isPackable: Bool { packing != nil }

    /// Asks the database for the columns; blocks.
    package init(_ query: TableQuery, _ connection: Connection) throws {
        self.query = query
        relation = query.relation(connection.traits)
        let found = try TableScan.describe("select * from \(relation) where 1 = 0", connection)
        let profile = connection.profile
        let names = found.map { connection.traits.quoted($0.name) }
        let expressions = found.map { profile.expressions[$0.typeName] ?? profile.expressions["*"] }
        bindings = zip(found, expressions).map { CellBinding($0, profile, isText: $1 != nil && $1 != "{column}") }
        slices = try KeySlices(query, relation, bindings.map(\.column), connection)
        packing =
            query.isPacked(connection)
            ? RowPacking(
                profile.packing,
                relation,
                names: names,
                types: found.map(\.typeName),
                bindings,
                isByBlocks: query.isReadByBlocks(connection)
            ) : nil
        guard expressions.contains(where: { $0 != nil }) else {
            projection = if case .query = query { nil } else { "*" }
            return
        }
        guard Set(names).count == names.count else {
            throw ODBCError(
                .usage,
                "the query gives two columns of one name",
                advice: "Give each column a name of its own, with AS"
            )
        }
        projection = zip(names, expressions).map { name, expression in
            expression.map { $0.replacing("{column}", with: name) + " as " + name } ?? name
        }.joined(separator: ", ")
    }

    /// A column by its name, whose case counts only where it must.
    func column(named name: String) throws -> Column {
        if let column = columns.first(where: { $0.name == name }) { return column }
        let alike = columns.filter { $0.name.lowercased() == name.lowercased() }
        guard alike.count == 1 else {
            let there = columns.map(\.name).joined(separator: ", ")
            throw ODBCError(.usage, "there is no column \"\(name)\"", advice: "These are there: \(there)")
        }
        return alike[0]
    }

    private static func describe(_ sql: String, _ connection: Connection) throws -> [ResultColumn] {
        let statement = try Statement(connection)
        try statement.execute(sql)
        let found = try statement.columns()
        guard !found.isEmpty else {
            throw ODBCError(
                .usage,
                "the statement gives no rows",
                advice: "Write a SELECT, or name a table with --table"
            )
        }
        return found
    }

    /// The statement that reads the rows of which `condition` is true; all of them without one.
    func sql(where condition: String? = nil) -> String {
        if let condition { return "select \(projection ?? "*") from \(relation) where \(condition)" }
        if let projection { return "select \(projection) from \(relation)" }
        guard case .query(let sql) = query else { preconditionFailure("a table has a projection") }
        return TableQuery.bare(sql)
    }

    /// How many rows the database counts; blocks.
    package func count(of connection: Connection, _ partition: TablePartition) throws -> Int {
        let condition = partition.condition.map { " where \($0)" } ?? ""
        let text = try connection.text("select count(*) from \(relation)\(condition)")
        guard let count = text.flatMap({ Int($0) }) else {
            throw ODBCError(.unexpectedAnswer, "the database counts \(text ?? "no") rows")
        }
        return count
    }

    /// Begins to read; blocks until the database has the first rows.
    ///
    /// - Parameters:
    ///   - bytes: memory for rows.
    ///   - mostRows: rows that are asked for at a time; nil for as many as the memory holds, within reason.
    ///   - longValues: what becomes of values too long to be held.
    package func rows(
        of connection: Connection,
        _ partition: TablePartition = TablePartition(condition: nil),
        bytes: Int,
        mostRows: Int? = nil,
        longValues: LongValues
    ) throws -> any RowReader {
        guard let slices else {
            return try rows(of: connection, where: partition.condition, bytes, mostRows, longValues)
        }
        return SlicedReader(slices, partition.condition, connection, columns: columns, mostBytes: bytes) { condition in
            try rows(of: connection, where: condition, bytes, mostRows, longValues)
        }
    }

    private func rows(
        of connection: Connection,
        where condition: String?,
        _ bytes: Int,
        _ mostRows: Int?,
        _ longValues: LongValues
    ) throws -> any RowReader {
        // The driver asks for the first rows when the statement begins.
        let pace = pace(of: connection, bytes: 2 * bytes)
        connection.fetch(rows: pace?.rows ?? TableScan.mostHeld)
        let statement = try Statement(connection)
        try statement.execute(sql(where: condition))
        return try BlockCursor(
            statement,
            bindings,
            bytes: bytes,
            mostRows: mostRows,
            longValues: longValues,
            pace: pace
        )
    }

    /// Rows of a bounded length that a driver holds: some MB of most tables.
    private static let mostHeld = 10_000

    private func pace(of connection: Connection, bytes: Int) -> RowPace? {
        guard connection.profile.fetchAttribute != nil, bindings.contains(where: \.mayBeLong) else { return nil }
        return RowPace(bytes: bytes, most: TableScan.mostHeld)
    }

    /// The same rows, made texts by the database where it can do that.
    ///
    /// - Parameter onFailure: told when they can't be had in this way, though perhaps in the other.
    package func packedRows(
        of connection: Connection,
        _ partition: TablePartition = TablePartition(condition: nil),
        bytes: Int,
        mostRows: Int? = nil,
        longValues: LongValues,
        onFailure: @escaping () -> Void
    ) throws -> any RowReader {
        guard let packing else {
            return try rows(of: connection, partition, bytes: bytes, mostRows: mostRows, longValues: longValues)
        }
        let pace = packing.isByBlocks ? nil : pace(of: connection, bytes: 2 * bytes)
        let atATime = packing.isByBlocks ? PackingProfile.textsAtATime : TableScan.mostHeld
        connection.fetch(rows: pace?.rows ?? atATime)
        let statement = try Statement(connection)
        try statement.execute(packing.sql(where: partition.condition))
        let binding = packing.isByBlocks ? CellBinding.blockOfRows : CellBinding(rowsOf: bindings)
        let cursor = try BlockCursor(
            statement,
            [binding],
            bytes: bytes,
            mostRows: packing.isByBlocks ? PackingProfile.textsAtATime : mostRows,
            longValues: .pieces,
            pace: pace
        )
        return try PackedReader(cursor, packing, onFailure: onFailure)
    }
}

extension TableQuery {
    /// Whether texts of its rows come faster than their cells; blocks.
    fileprivate func isPacked(_ connection: Connection) -> Bool {
        holds(connection.profile.packing.condition, connection) ?? true
    }

    /// Whether many rows of it can come as one text; blocks.
    fileprivate func isReadByBlocks(_ connection: Connection) -> Bool {
        holds(connection.profile.packing.blocksCondition, connection) ?? false
    }

    /// Whether a question about a table gives a row; nil where there is no table or no question, or where the database, which
    /// may be another one behind the same driver, does not understand it.
    private func holds(_ question: Template?, _ connection: Connection) -> Bool? {
        guard case .table = self, let question else { return nil }
        let relation = TableQuery.text(relation(connection.traits))
        do {
            return try connection.text(question.filled(["relation-text": relation])) != nil
        } catch {
            return nil
        }
    }

    /// A text in quotes.
    static func text(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}
