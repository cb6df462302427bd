/// A queue of values that need not be copyable, first in, first out; it grows by doubling.
@safe package struct Ring<Element: ~Copyable>: ~Copyable {
    // Nothing is allocated before the first element comes: many rings stay empty.
    private var storage: UnsafeMutablePointer<Element>?
    private var capacity = 0
    private var head = 0
    package private(set) var count = 0

    package init() { unsafe storage = nil }

    deinit {
        guard let storage = unsafe storage else { return }
        for index in 0..<count { unsafe (storage + (head + index) % capacity).deinitialize(count: 1) }
        unsafe storage.deallocate()
    }

    package var isEmpty: Bool { count == 0 }

    /// Puts `element` behind all others.
    package mutating func append(_ element: consuming Element) {
        if count == capacity { grow() }
        unsafe (storage! + (head + count) % capacity).initialize(to: element)
        count += 1
    }

    /// Takes the element that waited longest.
    package mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = unsafe (storage! + head).move()
        head = (head + 1) % capacity
        count -= 1
        return element
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: max(8, capacity * 2))
        for index in 0..<count {
            unsafe (larger + index).initialize(to: (storage! + (head + index) % capacity).move())
        }
        unsafe storage?.deallocate()
        unsafe storage = larger
        capacity = max(8, capacity * 2)
        head = 0
    }
}

// A ring is reached by one thread at a time, because it is not copyable and lives behind a lock.
extension Ring: @unchecked Sendable where Element: Sendable & ~Copyable {}
