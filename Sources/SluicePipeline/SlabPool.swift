internal import Glibc
package import SluiceCore

/// A fixed share of memory that is lent out in page-aligned slabs.
///
/// Slabs come in sizes of powers of two from one page, and halfway between two of them, so that a request wastes at
/// most a third. A slab that comes back is kept for the next lease of its size as long as the share allows.
package final class SlabPool: SlabOwner {
    private struct Shelf {
        var ledger: PoolLedger
        /// Free memory by size.
        var free: [Int: [Block]] = [:]
        var freeBytes = 0
        var granted: Set<PoolLedger.Ticket> = []
        var isClosed = false
    }

    /// An address that is on the shelf and in nobody's hands.
    @safe private struct Block: @unchecked Sendable {
        let address: UnsafeMutableRawPointer
        init(_ address: UnsafeMutableRawPointer) { unsafe self.address = address }
    }

    private let shelf: Monitor<Shelf>

    /// - Parameter capacity: bytes that may be lent at a time.
    package init(capacity: ByteCount) {
        shelf = Monitor(Shelf(ledger: PoolLedger(capacity: capacity.rawValue)))
    }

    deinit {
        shelf.withLock { shelf in
            for (size, blocks) in shelf.free {
                for block in blocks { unsafe SlabPool.unmap(block.address, size) }
            }
        }
    }

    /// The memory that a slab for `count` bytes takes.
    package static func size(for count: Int) -> Int {
        var size = 4096
        while size < count {
            if size >= 8192, size / 2 * 3 >= count { return size / 2 * 3 }
            size *= 2
        }
        return size
    }

    /// A slab of at least `count` bytes, waiting until the pool has it; nil when the pool was closed.
    package func lease(_ count: Int) -> Slab? {
        let size = SlabPool.size(for: count)
        switch shelf.withLock({ $0.isClosed ? nil : $0.ledger.request(size) }) {
        case .granted: break
        case .wait(let ticket):
            let isGranted: Bool = shelf.wait { shelf in
                if shelf.granted.remove(ticket) != nil { return true }
                guard shelf.isClosed else { return nil }
                // What is asked for no more would be granted to nobody.
                shelf.granted.formUnion(shelf.ledger.withdraw(ticket))
                return false
            }
            guard isGranted else {
                shelf.broadcast()
                return nil
            }
        case nil: return nil
        }
        return unsafe Slab(memory: memory(size), owner: self)
    }

    /// A slab of at least `count` bytes if the pool has it now and nobody waits for one.
    package func tryLease(_ count: Int) -> Slab? {
        let size = SlabPool.size(for: count)
        let isGranted = shelf.withLock { !$0.isClosed && $0.ledger.requestNow(size) }
        return isGranted ? unsafe Slab(memory: memory(size), owner: self) : nil
    }

    /// Ends the waits of all who wait for a slab.
    package func close() {
        shelf.withLock { $0.isClosed = true }
        shelf.broadcast()
    }

    /// The most bytes that were lent at a time.
    package var peak: ByteCount { shelf.withLock { ByteCount($0.ledger.peak) } }
    /// The bytes that are lent now.
    package var leased: ByteCount { shelf.withLock { ByteCount($0.ledger.leased) } }
    package var capacity: ByteCount { shelf.withLock { ByteCount($0.ledger.capacity) } }

    @unsafe package func reclaim(_ memory: UnsafeMutableRawBufferPointer) {
        let size = memory.count
        let block = unsafe Block(memory.baseAddress!)
        let mustWake = shelf.withLock { shelf in
            let granted = shelf.ledger.release(size)
            shelf.granted.formUnion(granted)
            shelf.free[size, default: []].append(block)
            shelf.freeBytes += size
            SlabPool.trim(&shelf)
            return !granted.isEmpty
        }
        if mustWake { shelf.broadcast() }
    }

    /// A kept piece of this size, or new memory.
    private func memory(_ size: Int) -> UnsafeMutableRawBufferPointer {
        let kept: Block? = shelf.withLock { shelf in
            guard let block = shelf.free[size]?.popLast() else {
                SlabPool.trim(&shelf)
                return nil
            }
            shelf.freeBytes -= size
            return block
        }
        if let kept { return unsafe UnsafeMutableRawBufferPointer(start: kept.address, count: size) }
        let address = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        // The share was promised: a machine that can't back it has no way to go on.
        unsafe precondition(address != MAP_FAILED, "no memory for a slab of \(size) bytes: give a smaller --memory")
        return unsafe UnsafeMutableRawBufferPointer(start: address, count: size)
    }

    /// Gives free memory back to the system until lent and free together fit the share.
    private static func trim(_ shelf: inout Shelf) {
        guard shelf.freeBytes + shelf.ledger.leased > shelf.ledger.capacity else { return }
        for size in shelf.free.keys.sorted(by: >) {
            while shelf.freeBytes + shelf.ledger.leased > shelf.ledger.capacity, let block = shelf.free[size]?.popLast() {
                unsafe unmap(block.address, size)
                shelf.freeBytes -= size
            }
        }
    }

    private static func unmap(_ address: UnsafeMutableRawPointer, _ size: Int) {
        let code = unsafe munmap(address, size)
        precondition(code == 0, "memory that came from mmap can be given back")
    }
}
