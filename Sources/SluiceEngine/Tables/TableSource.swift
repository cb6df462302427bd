internal import SluiceCore
internal import SluiceODBC
internal import SluiceTables

/// A table of a database, as one object of unknown size that holds its rows, or as one for each partition of it.
struct TableSource: ObjectSource, TableColumns {
    let location: Location
    private let options: TableOptions
    private let query: TableQuery
    private let format: TableOptions.Format
    private let json: JSONFormat
    private let connect: @Sendable () throws -> Connection
    private let sessions: TableSessions
    private let memory: TableMemory
    private let mostReaders: Int
    /// What the list has found.
    private let listed = Locked<Listed?>(nil)
    private let meter = RowMeter()
    /// Whether the database makes texts of rows, as long as that goes well.
    private let packs: Locked<Bool>
    /// Whether the database is asked how many rows there were.
    private let counts: Bool
    /// Where the division is kept for later attempts.
    private let plan: KeptPlan?

    private struct Listed: Sendable {
        let scan: TableScan
        let partitions: [String: TablePartition]
        let division: TableDivision
        /// Whether it is that of an earlier attempt.
        let isKept: Bool
    }

    /// - Parameters:
    ///   - target: the sink's name, which may say what the format is.
    ///   - memory: the run's, of which rows get a part.
    ///   - connections: the most that the table is read with.
    ///   - counts: whether the database is to count the rows, too.
    ///   - plan: keeps the division for later attempts.
    init(
        _ location: Location,
        password: String?,
        options: TableOptions,
        target: String,
        memory: ByteCount,
        connections: Int?,
        counts: Bool,
        plan: KeptPlan?,
        profiles: DriverProfiles
    ) throws {
        guard case .odbc(let text) = location else { preconditionFailure("not a database") }
        guard let query = options.query else {
            throw CopyError.manyTables(advice: "Name one with --table, or write a query with --query")
        }
        format = options.format(forName: target)
        packs = Locked(options.pushesDown)
        guard format != .binary else {
            throw CopyError(.usage, "rows are no bytes as they are", advice: "Give --format csv, jsonl or parquet")
        }
        json = options.json(forName: target)
        try options.checkShape(of: format)
        _ = try options.parquetCodec()
        // What the options contradict each other in is found before the database is asked.
        _ = try options.delimited.makeEncoder([])
        self.location = location
        self.options = options
        self.query = query
        self.counts = counts
        self.plan = plan
        let string = try ConnectionString(parsing: text)
        let connect: @Sendable () throws -> Connection = {
            try Connection(string, password: password, profiles: profiles)
        }
        self.connect = connect
        sessions = TableSessions(connect)
        mostReaders = TableSource.readers(options, connections)
        self.memory = TableMemory(memory, readers: mostReaders)
    }

    var isRereadable: Bool { true }
    var isSingleObject: Bool { !options.isDivided }
    var allowsReadThrough: Bool { false }
    var mostOpen: Int? { mostReaders }

    /// Connections that a database gives without asking what they are for.
    private static let mostConnections = 16
    /// A reader waits for the database most of the time, and so more of them than cores pay.
    private static let readersEachCore = 2

    /// Partitions that are read at a time.
    private static func readers(_ options: TableOptions, _ connections: Int?) -> Int {
        guard options.isDivided else { return 1 }
        let most = min(connections ?? mostConnections, mostConnections)
        return switch options.partitions {
        case .fixed(let count): min(count, most)
        case .automatic, .sized: min(most, readersEachCore * ProcessorCount.available)
        case nil: options.partitionColumn == nil ? 1 : min(most, readersEachCore * ProcessorCount.available)
        }
    }

    func list(_ body: (ListEntry) throws -> Void) throws {
        let partitions = try prepare()
        for ordinal in 1...partitions.count {
            try body(.item(SourceItem(name: name(ordinal), size: nil, entityTag: version)))
        }
    }

    /// Finds how the table is divided and begins to read; its partitions by their names. Blocks.
    func prepare() throws -> [String] {
        // A database that isn't there or has no such table is the location's failure, and not an object's.
        let first = try connect()
        let scan = try TableScan(query, first)
        let (division, isKept) = try division(of: scan, first)
        // One statement sees one state; but what counts its rows is another one.
        if division.partitions.count == 1, !counts {
            sessions.begin(with: first)
        } else {
            try sessions.begin(
                with: first,
                count: min(mostReaders, division.partitions.count),
                rowsMove: division.manner == .blocks
            )
        }
        let names = division.partitions.indices.map { name($0 + 1) }
        let partitions = Dictionary(uniqueKeysWithValues: zip(names, division.partitions))
        listed.withLock { $0 = Listed(scan: scan, partitions: partitions, division: division, isKept: isKept) }
        return names
    }

    /// The table's columns, once it was looked at.
    var columns: [Column]? { listed.withLock { $0?.scan.columns } }

    /// Tells this division of the table from any other, once it is known.
    var version: String? { listed.withLock { $0?.division.identifier } }

    /// How the table is divided: as an earlier attempt has done it, so that what it has copied is passed over, unless
    /// other rows would be in the partitions now.
    private func division(of scan: TableScan, _ connection: Connection) throws -> (TableDivision, isKept: Bool) {
        let columns = "\(scan.columns)"
        if let kept = plan?.load().flatMap({ KeptDivision($0) }) {
            if kept.columns == columns, try TableDivider(scan, connection).holds(kept.division) {
                return (kept.division, true)
            }
            guard !options.holdsPartitions else { throw TableSource.moved(query) }
        }
        var division = try divide(scan, connection)
        if let condition = options.condition { division = division.within(condition) }
        plan?.keep(KeptDivision(columns: columns, division: division).encoded)
        return (division, false)
    }

    private static func moved(_ query: TableQuery) -> CopyError {
        CopyError(
            .precondition,
            "rows of \(query.fileName) have been written since an earlier attempt, which has loaded some of them",
            cause: "its partitions would hold other rows now",
            advice: "Remove what is at the sink and copy the table anew, or give --upsert with the columns of a unique key"
        )
    }

    private func divide(_ scan: TableScan, _ connection: Connection) throws -> TableDivision {
        let count: TableDivider.Count =
            switch options.partitions {
            case .fixed(let count): .exactly(count)
            case .automatic: .upTo(mostReaders)
            case .sized(let bytes): .sized(bytes)
            case nil: options.partitionColumn == nil ? .exactly(1) : .upTo(mostReaders)
            }
        return try TableDivider(scan, connection)
            .divide(by: options.partitionColumn, options.partitionMethod, count)
    }

    /// The name of a partition's object.
    ///
    /// - Parameter file: which of its files, where it is cut into such; from 1 on.
    func name(_ ordinal: Int, file: Int? = nil) -> String {
        let ending = options.ending(of: format, json)
        guard options.isDivided else { return "\(query.fileName).\(ending)" }
        let ordinals = [options.isPartitioned || file == nil ? ordinal : nil, file].compactMap { $0 }
        let numbers = ordinals.map { ordinal in
            let digits = String(ordinal)
            return String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits
        }
        return "\(options.filePrefix ?? "part")-\(numbers.joined(separator: "-")).\(ending)"
    }

    func open(_ item: SourceItem) throws -> any ReadableObject { try TableObject(rows(of: item.name)) }

    /// The rows of a partition. The database is asked by whoever reads first: that takes its time.
    func rows(of partition: String) throws -> PartitionRows {
        guard let listed = listed.withLock({ $0 }), let partition = listed.partitions[partition] else {
            preconditionFailure("only what was listed is opened")
        }
        let scan = listed.scan
        let longValues = try encoder(scan.columns).takesPieces ? LongValues.pieces : .whole(memory.value)
        return PartitionRows(
            sessions: sessions,
            meter: meter,
            encoder: { try encoder(scan.columns) },
            query: { [memory, options, packs] connection in
                guard packs.withLock({ $0 }) else {
                    return try scan.rows(
                        of: connection,
                        partition,
                        bytes: memory.rows,
                        mostRows: options.batchRows,
                        longValues: longValues
                    )
                }
                return try scan.packedRows(
                    of: connection,
                    partition,
                    bytes: memory.rows,
                    mostRows: options.batchRows,
                    longValues: longValues,
                    onFailure: { packs.withLock { $0 = false } }
                )
            },
            count: counts ? { connection in try listed.scan.count(of: connection, partition) } : nil
        )
    }

    var rowFacts: RowFacts? {
        let (listed, snapshot) = (listed.withLock { $0 }, sessions.snapshot)
        let isLater = listed?.isKept == true && (listed?.partitions.count ?? 0) > 1
        return RowFacts(
            read: meter.count,
            expected: listed?.division.estimate,
            snapshot: isLater && snapshot == .shared ? TableSnapshot.separate.rawValue : snapshot.rawValue,
            notes: sessions.notes + (isLater ? [TableSource.laterState] : [])
        )
    }

    private static let laterState =
        "partitions that were copied by an earlier attempt show the table as it was then, and the others as it is now"

    func mayStartOver(after failure: any Failure) -> Bool { failure is ODBCError }

    func finish() { sessions.end() }

    private func encoder(_ columns: [Column]) throws -> any RowEncoder {
        switch format {
        case .jsonl: JSONRowEncoder(json, columns: columns)
        case .parquet:
            try ParquetEncoder(columns: columns, codec: options.parquetCodec(), groupBytes: memory.group)
        case .auto, .csv, .binary: try options.delimited.makeEncoder(columns)
        }
    }
}

/// What each reader of a table may take beside the slabs.
struct TableMemory: Sendable {
    /// Bytes for rows that come from the driver.
    let rows: Int
    /// Bytes for a row group of a Parquet file.
    let group: Int
    /// Bytes of a value that has to be whole. It is there several times until it is compressed.
    let value: Int

    /// Longer values than these are rare, and shorter ones are to go through whatever the memory.
    private static let leastValue = 64 << 20

    /// - Parameter memory: the run's.
    init(_ memory: ByteCount, readers: Int) {
        rows = min(4 << 20, memory.rawValue / (readers == 1 ? 16 : 8 * readers))
        group = min(64 << 20, memory.rawValue / 4) / readers
        value = max(TableMemory.leastValue, memory.rawValue / (4 * readers))
    }
}

/// A source of rows that knows what its columns are, once it was listed.
protocol TableColumns {
    var columns: [Column]? { get }
}
