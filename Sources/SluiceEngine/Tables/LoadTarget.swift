internal import SluiceCore
internal import SluiceODBC
internal import SluiceTables

/// The table that rows go into, made ready with the first of them. From any thread.
final class LoadTarget: Sendable {
    let database: SinkDatabase
    private let specification: CopySpecification
    // The database is asked under its lock.
    private let table = Monitor<TargetTable?>(nil)

    init(_ specification: CopySpecification, password: String?) throws {
        self.specification = specification
        database = try SinkDatabase(specification, password: password)
    }

    private var options: TableSinkOptions { specification.tableSink }
    var name: String { database.tableName }

    /// Rows of a batch at most.
    var mostRows: Int { options.batchRows ?? TableSinkOptions.standardBatch }

    /// How many sessions write at a time.
    var connections: Int {
        database.connections(specification.connections, isOrdered: !options.keys.isEmpty)
    }

    /// What becomes of the rows; the first time, the database is made ready for them. Blocks.
    ///
    /// - Parameters:
    ///   - name: of the file or table that they come from.
    ///   - runsBefore: whether the statements are run that come before the first row.
    ///   - ready: told of the table each time.
    func plan(
        for rows: DecodedRows,
        of name: String,
        runsBefore: Bool,
        ready: (TargetTable) throws -> Void = { _ in }
    ) throws -> InsertPlan {
        let constants = options.additions.map { ConstantColumn($0.name, $0.value.replacing("$$FILEPATH", with: name)) }
        return try table.withLock { found in
            let table = try prepare(&found, columns: rows.made ?? rows.reader.columns, runsBefore, ready)
            return try InsertPlan(
                options.mapping,
                from: rows.reader.columns,
                constants: constants,
                to: table,
                bytes: rows.binary,
                keys: options.keys,
                truncates: options.allowsTruncation,
                database.connection
            )
        }
    }

    /// Makes the database ready for rows of these columns that it fetches by itself; blocks.
    func prepare(columns: [Column], runsBefore: Bool, ready: (TargetTable) throws -> Void) throws {
        try table.withLock { _ = try prepare(&$0, columns: columns, runsBefore, ready) }
    }

    private func prepare(
        _ found: inout TargetTable?,
        columns: [Column],
        _ runsBefore: Bool,
        _ ready: (TargetTable) throws -> Void
    ) throws -> TargetTable {
        let table: TargetTable
        if let known = found {
            table = known
        } else {
            if runsBefore { try database.runBefore() }
            let additions = options.additions.map { Column($0.name, .text(length: nil)) }
            table = try database.table(for: database.columns(of: columns) + additions)
            found = table
        }
        try ready(table)
        return table
    }

    /// Makes what writes with a session of its own.
    func makeWriter(_ limits: RunLimits) throws -> @Sendable () -> RowWriter {
        let limit = try options.batchTimeout.map { try database.connection.limit(to: $0) }
        return { [database, mostRows] in
            RowWriter(retries: limits.retries, mostRows: mostRows) {
                let connection = try database.connect()
                if let limit { try connection.run(limit) }
                return connection
            }
        }
    }
}

extension SkippedRow {
    /// A row with a value that can't be written.
    init(_ batch: borrowing RowBatch, _ row: Int, _ refusal: CellRefusal, _ plan: InsertPlan, of name: String) {
        self.init(
            source: name,
            place: batch.place(of: row),
            column: plan.names[refusal.column],
            code: refusal.code.rawValue,
            message: plan.clause(refusal),
            text: RowText.delimited(batch, row)
        )
    }

    /// A row that the database refuses.
    init(_ refusal: RowWriter.Refusal, in store: RowStore, of name: String) {
        self.init(
            source: name,
            place: store.places[refusal.row],
            column: refusal.column,
            code: refusal.state,
            message: refusal.message,
            text: RowText.delimited(store.values(of: refusal.row))
        )
    }
}
