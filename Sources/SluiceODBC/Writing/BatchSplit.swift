/// Finds the rows of a batch that the database refuses, by halves: the others go in, and each part is asked about once.
///
/// A pure value: who asks it runs the statements.
struct BatchSplit: Sendable, Hashable {
    /// Parts that were not tried yet; the last is the next, and the rows before it have been decided on.
    private var waiting: [Range<Int>]

    init(_ rows: Range<Int>) { waiting = rows.isEmpty ? [] : [rows] }

    /// The rows to try next; nil once every row was taken or refused.
    mutating func next() -> Range<Int>? { waiting.popLast() }

    /// Says that the database refuses these rows together; the row, where it is one.
    ///
    /// What a message says of the row is not to be built on: MariaDB calls any of a batch "row 1".
    mutating func refused(_ rows: Range<Int>) -> Int? {
        guard rows.count > 1 else { return rows.lowerBound }
        let middle = rows.lowerBound + rows.count / 2
        waiting += [middle..<rows.upperBound, rows.lowerBound..<middle]
        return nil
    }
}
