internal import SluiceCore
internal import SluiceODBC
internal import SluiceTables

/// The database that rows go into, and the session in which its table is made ready.
final class SinkDatabase: Sendable {
    let tableName: String
    private let options: TableSinkOptions
    private let string: ConnectionString
    private let password: String?
    private let profiles: DriverProfiles
    private let session = Locked<Connection?>(nil)

    init(_ specification: CopySpecification, password: String?) throws {
        guard case .odbc(let text) = specification.sink else { preconditionFailure("not a database") }
        options = specification.tableSink
        guard let table = options.table else {
            throw CopyError.manyTables(advice: "Name the one that rows go into with --table")
        }
        tableName = table
        string = try ConnectionString(parsing: text)
        self.password = password
        profiles = try specification.driverProfiles()
    }

    /// A session of its own; blocks.
    func connect() throws -> Connection { try Connection(string, password: password, profiles: profiles) }

    /// The session in which the table is made ready.
    var connection: Connection {
        get throws(ODBCError) {
            if let made = session.withLock({ $0 }) { return made }
            do {
                let made = try connect()
                session.withLock { $0 = made }
                return made
            } catch {
                throw error as? ODBCError ?? ODBCError(.inputOutput, String(describing: error))
            }
        }
    }

    /// Runs what is to be run before the first row; each statement is committed by itself.
    func runBefore() throws { for sql in options.before { try connection.run(sql) } }

    /// The table as it is, or made for these columns where it is to be.
    func table(for columns: [Column]) throws -> TargetTable {
        do {
            return try TargetTable(tableName, connection)
        } catch let failure as ODBCError where failure.kind != .transient {
            // What failed may have left a transaction that takes nothing more.
            session.withLock { $0 = nil }
            guard options.createsTable else {
                // SQLite's driver has no SQLSTATE for it.
                guard failure.kind == .notFound || failure.cause?.contains("no such table") == true else {
                    throw failure
                }
                throw CopyError(
                    .notFound,
                    "there is no table \(tableName) in \(string.placeName)",
                    cause: failure.cause,
                    advice: "Make it, or have it made with --create-table"
                )
            }
            try TargetTable.create(tableName, for: columns, connection)
            return try TargetTable(tableName, connection)
        }
    }

    /// The columns that a table which is made gets: those that are mapped, by their new names.
    func columns(of source: [Column]) throws -> [Column] {
        guard case .explicit(let pairs) = options.mapping else { return source }
        return try pairs.map { pair in
            guard var column = ColumnMapping.column(pair.source, of: source) else {
                throw CopyError(.usage, "the source has no column \"\(pair.source)\"", advice: "Check --mapping")
            }
            column.name = pair.target
            return column
        }
    }

    /// How many sessions write at a time.
    ///
    /// - Parameter isOrdered: whether rows that come later replace those before.
    func connections(_ wanted: CopySpecification.Connections, isOrdered: Bool) -> Int {
        let most = isOrdered ? 1 : (try? connection.mostWriters) ?? .max
        switch wanted {
        case .fixed(let count): return min(count, most)
        case .automatic: return min(SinkDatabase.standardConnections, most)
        }
    }

    /// A server's core parses and stores what a client's thread sends: two keep both busy, and more take turns at the table.
    private static let standardConnections = 2
}

/// The table that rows come from.
final class SourceTable {
    let name: String
    private let connection: Connection
    private let scan: TableScan
    private let partition: TablePartition

    /// Connects, and asks for the columns; blocks.
    init(_ specification: CopySpecification, password: String?) throws {
        guard case .odbc(let text) = specification.source else { preconditionFailure("not a database") }
        guard let query = specification.table.query else {
            throw CopyError.manyTables(advice: "Name one with --table, or write a query with --query")
        }
        name = query.fileName
        partition = TablePartition(condition: specification.table.condition)
        let profiles = try specification.driverProfiles()
        connection = try Connection(ConnectionString(parsing: text), password: password, profiles: profiles)
        scan = try TableScan(query, connection)
    }

    /// No database takes longer ones.
    private static let longestValue = 1 << 30

    func rows(bytes: Int) throws -> DecodedRows {
        let reader = try scan.rows(of: connection, partition, bytes: bytes, longValues: .whole(SourceTable.longestValue))
        return DecodedRows(reader: reader, binary: .hexadecimal, made: reader.columns)
    }
}
