internal import SluiceCore
internal import SluiceODBC
internal import SluiceTables

/// A table of a database, as an object of unknown size that holds its rows.
struct TableSource: ObjectSource {
    let location: Location
    private let string: ConnectionString
    private let password: String?
    private let options: TableOptions
    private let query: TableQuery
    private let format: TableOptions.Format
    private let profiles: DriverProfiles
    /// For rows that come from the driver.
    private let rowMemory: Int
    /// For a row group of a Parquet file.
    private let groupMemory: Int
    /// The session that the list has made, for the object that it named.
    private let listed = Locked<Session?>(nil)

    private struct Session: Sendable {
        let connection: Connection
        let scan: TableScan
    }

    /// - Parameters:
    ///   - target: the sink's name, which may say what the format is.
    ///   - memory: the run's, of which rows get a part.
    init(_ location: Location, password: String?, options: TableOptions, target: String, memory: ByteCount) throws {
        guard case .odbc(let text) = location else { preconditionFailure("not a database") }
        guard let query = options.query else {
            throw CopyError(
                .usage,
                "a database holds many tables",
                advice: "Name one with --table, or write a query with --query"
            )
        }
        format = options.format(forName: target)
        guard format != .binary else {
            throw CopyError(.usage, "rows are no bytes as they are", advice: "Give --format csv, jsonl or parquet")
        }
        _ = try options.parquetCodec()
        // What the options contradict each other in is found before the database is asked.
        _ = try options.delimited.makeEncoder([])
        self.location = location
        string = try ConnectionString(parsing: text)
        self.password = password
        self.options = options
        self.query = query
        profiles = try DriverProfiles()
        rowMemory = min(4 << 20, memory.rawValue / 16)
        groupMemory = min(64 << 20, memory.rawValue / 4)
    }

    var isRereadable: Bool { false }
    var isSingleObject: Bool { true }
    var allowsReadThrough: Bool { false }

    func list(_ body: (ListEntry) throws -> Void) throws {
        // A database that isn't there or has no such table is the location's failure, and not an object's.
        let session = try connect()
        listed.withLock { $0 = session }
        try body(.item(SourceItem(name: "\(query.fileName).\(format.rawValue)", size: nil)))
    }

    func open(_ item: SourceItem) throws -> any ReadableObject {
        let session = try listed.withLock { $0.take() } ?? connect()
        let rows = try session.scan.rows(of: session.connection, bytes: rowMemory)
        return TableObject(rows, try encoder(session.scan.columns))
    }

    private func encoder(_ columns: [Column]) throws -> any RowEncoder {
        switch format {
        case .jsonl: JSONRowEncoder(JSONFormat(.lines), columns: columns)
        case .parquet:
            try ParquetEncoder(columns: columns, codec: options.parquetCodec(), groupBytes: groupMemory)
        case .auto, .csv, .binary: try options.delimited.makeEncoder(columns)
        }
    }

    private func connect() throws -> Session {
        let connection = try Connection(string, password: password, profiles: profiles)
        return Session(connection: connection, scan: try TableScan(query, connection))
    }
}

/// Rows as the bytes that an encoder makes of them, read once from front to back.
final class TableObject: ReadableObject, @unchecked Sendable {
    // What has no size is read by one thread at a time, each of which sees what the one before has done.
    private let reader: any RowReader
    private let encoder: any RowEncoder
    private let output = ByteOutput()
    private var position = 0
    private var hasBegun = false
    private var hasEnded = false

    init(_ reader: any RowReader, _ encoder: any RowEncoder) {
        self.reader = reader
        self.encoder = encoder
    }

    var size: Int? { nil }
    var modified: Timestamp? { nil }
    var metadata: ObjectMetadata { ObjectMetadata() }
    func checkUnchanged() throws {}

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        precondition(offset == position, "rows can't be read out of order")
        if !hasBegun {
            try encoder.begin(output)
            hasBegun = true
        }
        var filled = output.take(into: buffer)
        while filled < buffer.count, !hasEnded {
            hasEnded = try !reader.next { batch in try encoder.encode(batch, to: output) }
            if hasEnded { try encoder.finish(output) }
            filled += output.take(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
        }
        position += filled
        return filled
    }
}
