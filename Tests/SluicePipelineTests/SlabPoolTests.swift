import Glibc
import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct SlabPoolTests {
    @Test(
        "slabs come in powers of two and halfway between",
        arguments: [
            (0, 4096), (1, 4096), (4096, 4096), (4097, 8192), (8192, 8192), (8193, 12288), (12288, 12288), (12289, 16384),
            (16385, 24576), (1 << 20, 1 << 20), ((1 << 20) + 1, 3 << 19), (5 << 20, 6 << 20), ((6 << 20) + 1, 8 << 20), (8 << 20, 8 << 20),
        ]
    )
    func sizes(count: Int, size: Int) {
        #expect(SlabPool.size(for: count) == size)
    }

    @Test("a slab holds what was asked for, and above two pages a third at most is waste")
    func waste() {
        for count in stride(from: 1, to: 3 << 20, by: 1777) {
            let size = SlabPool.size(for: count)
            #expect(size >= count)
            #expect(size.isMultiple(of: 4096))
            if count > 8192 { #expect((size - count) * 3 < size + 3 * 4096) }
        }
    }

    @Test("a slab that is dropped is back in the pool")
    func giveAndTake() {
        let pool = SlabPool(capacity: .kibibytes(16))
        do {
            guard let slab = pool.lease(5000) else { return missing("a slab") }
            let (capacity, count) = (slab.capacity, slab.count)
            #expect((capacity, count) == (8192, 0))
            #expect(pool.leased == .kibibytes(8))
            // Three pages are not left.
            if case .some = pool.tryLease(9000) { Issue.record("more was lent than there is") }
            guard let other = pool.tryLease(8192) else { return missing("the rest") }
            #expect(pool.leased == .kibibytes(16))
            _ = consume other
            _ = consume slab
        }
        #expect(pool.leased == ByteCount(0))
        #expect(pool.peak == .kibibytes(16))
        guard case .some = pool.lease(16384) else { return missing("all of it") }
    }

    @Test("memory that was of other sizes can be had as one large slab again")
    func reshaping() {
        let pool = SlabPool(capacity: .kibibytes(64))
        for round in 0..<50 {
            let size = [4096, 8192, 12288, 65536][round % 4]
            var slabs = Ring<Slab>()
            while let slab = pool.tryLease(size) { slabs.append(slab) }
            let count = slabs.count
            #expect(count == 65536 / size)
        }
        #expect(pool.leased == ByteCount(0))
    }

    @Test("a closed pool gives nothing")
    func closed() {
        let pool = SlabPool(capacity: .kibibytes(64))
        pool.close()
        if case .some = pool.lease(1) { Issue.record("a slab of a closed pool") }
        if case .some = pool.tryLease(1) { Issue.record("a slab of a closed pool") }
    }

    @Test("slabs of many threads never overlap, and all come back", arguments: seeds(20))
    func sharing(seed: UInt64) async {
        let pool = SlabPool(capacity: .kibibytes(64))
        let spoilt = Counter()
        let hasFinished = await finishes {
            inParallel(6) { index in
                var generator = SeededGenerator(seed: seed &+ UInt64(index) << 32)
                for _ in 0..<60 {
                    let count = Int.random(in: 1...[4096, 20000, 65536][index % 3], using: &generator)
                    guard var slab = pool.lease(count) else { return }
                    slab.fill(UInt8(index))
                    yieldSometimes(&generator)
                    if !slab.isFilled(UInt8(index)) { spoilt.add(1) }
                }
            }
        }
        #expect(hasFinished, "seed \(seed): it hangs")
        #expect(spoilt.value == 0, "seed \(seed)")
        #expect(pool.leased == ByteCount(0), "seed \(seed)")
        #expect(pool.peak <= pool.capacity, "seed \(seed)")
    }

    @Test("closed while threads wait for slabs, it ends their waits and keeps its accounts", arguments: seeds(60))
    func closing(seed: UInt64) async {
        let pool = SlabPool(capacity: .kibibytes(16))
        let leases = Counter()
        let moment = Int(seed % 40)
        let hasFinished = await finishes {
            inParallel(5) { index in
                var generator = SeededGenerator(seed: seed &+ UInt64(index) << 32)
                if index == 0 {
                    while leases.value < moment { sched_yield() }
                    return pool.close()
                }
                while let slab = pool.lease(.random(in: 1...16384, using: &generator)) {
                    leases.add(1)
                    yieldSometimes(&generator)
                    _ = consume slab
                }
            }
        }
        #expect(hasFinished, "seed \(seed): it hangs")
        #expect(pool.leased == ByteCount(0), "seed \(seed)")
    }
}

private func missing(_ what: Comment) { Issue.record(what) }

extension Slab {
    fileprivate mutating func fill(_ byte: UInt8) {
        storage.initializeMemory(as: UInt8.self, repeating: byte)
        count = capacity
    }

    fileprivate func isFilled(_ byte: UInt8) -> Bool { contents.allSatisfy { $0 == byte } }
}
