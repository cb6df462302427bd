internal import SluiceCore
internal import SluiceTables

/// Asks a database how a table is best divided.
package struct TableDivider {
    private let scan: TableScan
    private let connection: Connection
    private var profile: DivisionProfile { connection.profile.division }

    package init(_ scan: TableScan, _ connection: Connection) {
        self.scan = scan
        self.connection = connection
    }

    /// How many partitions there are to be.
    package enum Count: Sendable, Hashable {
        /// As many as are worth it, up to a number.
        case upTo(Int)
        case exactly(Int)
        /// As many as there are times so many bytes in the table, where the database knows how large it is.
        case sized(Int)
    }

    /// Fewer rows than these are read before another connection is made.
    private static let leastRows = 100_000

    /// About how many rows there are; nil where the database doesn't say.
    package func estimate() -> Int? {
        guard let statement = profile.estimate else { return nil }
        // An estimate that fails is none: nothing depends on it.
        return try? connection.estimate(filled(statement))
    }

    /// What of a column's values decides on the partition.
    package enum Method: String, Sendable, CaseIterable {
        /// Their order.
        case range
        /// A number that the database makes of each.
        case hash
    }

    /// Divides by a column, or, without one, in the database's own way; blocks.
    ///
    /// - Parameter column: its name.
    package func divide(by column: String?, _ method: Method, _ count: Count) throws -> TableDivision {
        let estimate = estimate()
        let wanted =
            switch count {
            case .exactly(let number): number
            case .upTo(let most): min(most, max(1, (estimate ?? .max) / TableDivider.leastRows))
            case .sized(let bytes): try partitions(of: bytes, estimate)
            }
        guard wanted > 1 else { return TableDivision(.whole, [nil], estimate: estimate) }
        if let column {
            return try method == .hash ? hashes(of: column, wanted, estimate) : ranges(of: column, wanted, estimate)
        }
        guard let blocks = try blocks(wanted) else { return TableDivision(.whole, [nil], estimate: estimate) }
        let mark = try profile.blockMark.flatMap { try connection.text(filled($0)) }
        return TableDivision(.blocks, blocks, estimate: estimate, mark: mark)
    }

    /// More of them would cost more statements than they are worth.
    private static let mostPartitions = 10_000
    /// Bytes of a database's block where its profile divides by blocks.
    private static let blockBytes = 8192

    /// Partitions of about so many bytes each; one where the database has no blocks to count.
    private func partitions(of bytes: Int, _ estimate: Int?) throws -> Int {
        guard let blocks = try blockCount() else { return 1 }
        return min(TableDivider.mostPartitions, max(1, blocks / max(1, bytes / TableDivider.blockBytes)))
    }

    /// Whether a division that was made before still has every row where it was, or nowhere; blocks.
    package func holds(_ division: TableDivision) throws -> Bool {
        guard division.manner == .blocks else { return true }
        guard let question = profile.blocksMoved, let mark = division.mark else { return false }
        return try connection.text(filled(question, ["mark": mark])) == nil
    }

    // MARK: By a column

    private func ranges(of name: String, _ count: Int, _ estimate: Int?) throws -> TableDivision {
        let column = try scan.column(named: name)
        let quoted = connection.traits.quoted(column.name)
        let kind = TableDivider.kind(column.type)
        let sample = try sample(quoted, kind, count, estimate)
        // What ORDER BY says of texts is not always what < says: it may look at their beginnings only.
        let isOrdered = kind != "text" || profile.ordersAsItCompares
        let bounds = RangeCuts.bounds(of: sample, count: count)
        let hasNulls =
            try column.isNullable && connection.text("select 1 from \(scan.relation) where \(quoted) is null") != nil
        let conditions = RangeCuts.conditions(quoted, bounds, isOrdered: isOrdered, hasNulls: hasNulls)
        return TableDivision(.range, conditions, estimate: estimate)
    }

    private func hashes(of name: String, _ count: Int, _ estimate: Int?) throws -> TableDivision {
        let column = try scan.column(named: name)
        let kind = if case .integer = column.type { "integer" } else { "*" }
        guard let template = profile.hashes[kind] ?? profile.hashes["*"] else {
            throw ODBCError(
                .usage,
                "column \"\(column.name)\" can't be divided by hash: for \(column.type) the driver profile \(connection.profile.name) has no way",
                advice: "Divide it by ranges, or name a column of integers"
            )
        }
        let quoted = connection.traits.quoted(column.name)
        let parts = (0..<count).map { part in
            template.filled(["column": quoted, "part": String(part), "parts": String(count)])
        }
        // NULL has no hash.
        return TableDivision(.hash, ["(\(parts[0]) or \(quoted) is null)"] + parts.dropFirst(), estimate: estimate)
    }

    static func kind(_ type: ColumnType) -> String {
        switch type {
        case .integer, .decimal, .real: "number"
        case .date, .time, .timestamp, .instant: "time"
        case .boolean, .text, .binary, .uuid: "text"
        }
    }

    /// Values for each partition: their bounds are then some per cent off at most.
    private static let valuesEach = 2000
    /// Longer bounds would make longer statements, and nothing better.
    private static let longestBound = 1000

    /// Values of the column as they stand in statements, in their order.
    private func sample(_ column: String, _ kind: String, _ count: Int, _ estimate: Int?) throws -> [String] {
        let wanted = TableDivider.valuesEach * count
        let fraction = estimate.map { min(1, Double(wanted) / Double(max(1, $0))) } ?? 1
        let literal = profile.literals[kind] ?? profile.literals["*"]
        let names = [
            "column": column, "literal": literal?.filled(["column": column]) ?? column,
            "fraction": TableDivider.decimal(fraction, places: 9),
            "percent": TableDivider.decimal(fraction * 100, places: 7),
        ]
        if fraction < 1, let way = profile.tableSample, try blockCount() != nil {
            let found = try connection.sample(filled(way, names), wanted: wanted)
            // A sample by blocks may miss most rows.
            if found.count >= wanted / 4 { return bounds(found, kind, literal) }
        }
        let way = profile.sample ?? TableDivider.plainSample
        return bounds(try connection.sample(filled(way, names), wanted: wanted), kind, literal)
    }

    /// All rows are looked at, and some of them kept, where there is no way to look at some only.
    private static let plainSample = Template(
        text: "select {literal} from {relation} where {column} is not null order by {column}"
    )

    private func bounds(_ values: [String], _ kind: String, _ literal: Template?) -> [String] {
        values.filter { $0.utf8.count <= TableDivider.longestBound }.map { value in
            literal != nil || kind == "number" ? value : "'" + value.replacing("'", with: "''") + "'"
        }
    }

    // MARK: By blocks

    /// Ranges of a table's blocks; nil where it has none, or too few.
    private func blocks(_ count: Int) throws -> [String]? {
        guard let from = profile.fromBlock, let to = profile.toBlock, let total = try blockCount(), total >= count
        else { return nil }
        func bound(_ index: Int) -> [String: String] {
            ["block": String(total / count * index + total % count * index / count)]
        }
        // The first and the last have no end: there may be more blocks by now.
        return (0..<count).map { index in
            let parts = [
                index > 0 ? from.filled(bound(index)) : nil, index < count - 1 ? to.filled(bound(index + 1)) : nil,
            ]
            return parts.compactMap { $0 }.joined(separator: " and ")
        }
    }

    /// Blocks of a real table; nil for all else.
    private func blockCount() throws -> Int? {
        guard case .table = scan.query, let question = profile.blocks else { return nil }
        return try connection.text(filled(question)).flatMap { Int($0) }
    }

    // MARK: Statements

    private func filled(_ template: Template, _ names: [String: String] = [:]) -> String {
        let own = [
            "statement": scan.sql(), "relation": scan.relation,
            "relation-text": TableQuery.text(scan.relation),
        ]
        return template.filled(names.merging(own) { $1 })
    }

    /// A number from 0 to 100 with digits behind its point and without an exponent.
    private static func decimal(_ value: Double, places: Int) -> String {
        let scale = (0..<places).reduce(1) { product, _ in product * 10 }
        let whole = max(1, Int((value * Double(scale)).rounded(.up)))
        let rest = String(whole % scale)
        return "\(whole / scale)." + String(repeating: "0", count: places - rest.utf8.count) + rest
    }
}
