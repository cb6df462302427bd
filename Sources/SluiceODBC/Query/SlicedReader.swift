internal import SluiceTables

/// The rows of a partition by slices of its key, so that the driver never holds more than one. Used by one thread at a time.
@safe final class SlicedReader: RowReader {
    let columns: [Column]
    private let slices: KeySlices
    private let base: String?
    private let connection: Connection
    private let read: (String?) throws -> any RowReader
    private let mostBytes: Int
    private var current: (any RowReader)?
    private var low: String?
    private var isLast = false
    private var rowsBefore = 0
    private var pace = SlicePace()

    /// - Parameters:
    ///   - base: what is true of the partition's rows; nil for all.
    ///   - mostBytes: of values that a slice is to have about.
    ///   - read: begins to read the rows of which a condition is true.
    init(
        _ slices: KeySlices,
        _ base: String?,
        _ connection: Connection,
        columns: [Column],
        mostBytes: Int,
        read: @escaping (String?) throws -> any RowReader
    ) {
        self.slices = slices
        self.base = base
        self.connection = connection
        self.columns = columns
        self.mostBytes = mostBytes
        self.read = read
    }

    func next(_ body: (borrowing RowBatch) throws -> Void) throws -> Bool {
        while true {
            if let current {
                if try current.next({ try body(moved($0)) }) { return true }
                self.current = nil
            }
            guard try begin() else { return false }
        }
    }

    /// Begins the next slice; false behind the last.
    private func begin() throws -> Bool {
        guard !isLast else { return false }
        let rows = pace.rows(mostBytes)
        let high = try connection.text(slices.boundStatement(base, behind: low, rows: rows))
        current = try read(slices.condition(base, behind: low, upTo: high))
        isLast = high == nil
        low = high
        return true
    }

    /// The same rows, numbered from the first slice's.
    private func moved(_ batch: borrowing RowBatch) -> RowBatch {
        defer { rowsBefore += batch.count }
        if let piece = batch.piece {
            pace.add(rows: batch.count, bytes: unsafe piece.bytes?.count ?? 0)
            return unsafe RowBatch(columns: columns, piece: piece, rowsBefore: rowsBefore)
        }
        pace.add(rows: batch.count, bytes: unsafe batch.values.reduce(0) { unsafe $0 + $1.bytes(in: 0..<batch.count) })
        return unsafe RowBatch(columns: columns, count: batch.count, values: batch.values, rowsBefore: rowsBefore)
    }
}

/// How many rows a slice is to have, by the length of those before it.
struct SlicePace {
    private var rows = 0
    private var bytes = 0

    /// Rows of the first slice, of which nothing is known.
    private static let first = 1000
    private static let bounds = 100...50_000

    mutating func add(rows: Int, bytes: Int) {
        // What is long ago says less.
        if self.rows > 100_000 { (self.rows, self.bytes) = (self.rows / 2, self.bytes / 2) }
        self.rows += rows
        self.bytes += bytes
    }

    func rows(_ mostBytes: Int) -> Int {
        guard rows > 0 else { return SlicePace.first }
        let each = max(1, bytes / rows)
        return min(max(mostBytes / each, SlicePace.bounds.lowerBound), SlicePace.bounds.upperBound)
    }
}
