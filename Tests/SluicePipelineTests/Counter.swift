import Synchronization

/// A number that threads add to.
final class Counter: Sendable {
    private let sum = Atomic<Int>(0)
    var value: Int { sum.load(ordering: .sequentiallyConsistent) }
    @discardableResult func add(_ number: Int) -> Int {
        sum.wrappingAdd(number, ordering: .sequentiallyConsistent).newValue
    }
}
