internal import Synchronization

/// Counts the rows that all readers of a table have read.
final class RowMeter: Sendable {
    private let sum = Atomic<Int>(0)

    var count: Int { sum.load(ordering: .relaxed) }

    func add(_ rows: Int) { sum.wrappingAdd(rows, ordering: .relaxed) }
}
