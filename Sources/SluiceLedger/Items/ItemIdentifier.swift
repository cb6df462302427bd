/// An item of a run: the run's number in the high half, the item's ordinal in the run in the low half.
///
/// So items of a run lie side by side, in the order in which they were recorded, and a new one goes behind the last:
/// the cheapest place that a B-tree has.
package struct ItemIdentifier: Sendable, Hashable {
    let number: Int64

    /// Items that one run can record over all its attempts.
    static let mostItems = 1 << 32

    init(number: Int64) { self.number = number }

    init(run: Int, ordinal: Int) {
        precondition(ordinal < ItemIdentifier.mostItems && run < 1 << 31)
        number = Int64(run) << 32 | Int64(ordinal)
    }

    var ordinal: Int { Int(number & 0xFFFF_FFFF) }

    /// The numbers of all items of a run.
    static func numbers(ofRun run: Int) -> ClosedRange<Int64> {
        Int64(run) << 32...Int64(run) << 32 | 0xFFFF_FFFF
    }
}
