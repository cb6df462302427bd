internal import Glibc

/// The different values of a column, in the order in which they came, found by their bytes.
@safe final class ValueDictionary {
    /// Bytes of the values as they stand in a page.
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0
    private let hasLengths: Bool
    /// Where each value begins in `bytes`, without its length.
    private var starts: [Int] = []
    /// Places of values, from 1 on, in the lower half, below that of their hash; 0 where there is none.
    private var slots: UnsafeMutablePointer<UInt64>
    private var mask: Int
    /// Values that were looked for.
    private var asked = 0

    /// Bytes beyond which a dictionary is not worth its while; the same as others take.
    static let mostBytes = 1 << 20
    /// Bytes from which on it has to have found three quarters of what it was asked for.
    private static let triedBytes = mostBytes / 4

    /// - Parameter hasLengths: whether each value has its length in front, in four bytes.
    init(hasLengths: Bool) {
        self.hasLengths = hasLengths
        mask = (1 << 10) - 1
        unsafe slots = .allocate(capacity: mask + 1)
        unsafe slots.initialize(repeating: 0, count: mask + 1)
    }

    deinit { unsafe slots.deallocate() }

    /// Whether more values are not to be added: there are too many, or hardly one comes twice.
    var isFull: Bool {
        bytes.count > ValueDictionary.mostBytes || bytes.count > ValueDictionary.triedBytes && count * 4 > asked * 3
    }

    /// Counts a value that was found without being looked for.
    @inline(__always) func noteFound() { asked += 1 }

    /// The place of a value, which is added if it is new.
    @unsafe func place(of value: UnsafeBufferPointer<UInt8>) -> (place: UInt32, isNew: Bool) {
        asked += 1
        let hash = unsafe ValueDictionary.hash(value)
        let tag = hash & 0xFFFF_FFFF_0000_0000
        var slot = Int(truncatingIfNeeded: hash) & mask
        while unsafe slots[slot] != 0 {
            let held = unsafe slots[slot]
            if held & 0xFFFF_FFFF_0000_0000 == tag {
                let place = UInt32(truncatingIfNeeded: held) - 1
                if unsafe isValue(Int(place), value) { return (place, false) }
            }
            slot = (slot + 1) & mask
        }
        if hasLengths { bytes.appendLength(value.count) }
        starts.append(bytes.count)
        unsafe bytes.append(contentsOf: value)
        count += 1
        unsafe slots[slot] = tag | UInt64(count)
        if count * 2 > mask { widen() }
        return (UInt32(count - 1), true)
    }

    @unsafe private func isValue(_ place: Int, _ value: UnsafeBufferPointer<UInt8>) -> Bool {
        let next = place + 1 < starts.count ? starts[place + 1] - (hasLengths ? 4 : 0) : bytes.count
        let length = next - starts[place]
        guard length == value.count, let start = value.baseAddress else { return length == value.count }
        return unsafe bytes.withUnsafeBufferPointer { all in
            let own = unsafe all.baseAddress! + starts[place]
            // Of numbers, without a call.
            if length == 8 {
                return unsafe UnsafeRawPointer(own).loadUnaligned(as: UInt64.self)
                    == UnsafeRawPointer(start).loadUnaligned(as: UInt64.self)
            }
            if length == 4 {
                return unsafe UnsafeRawPointer(own).loadUnaligned(as: UInt32.self)
                    == UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
            }
            return unsafe memcmp(own, start, length) == 0
        }
    }

    /// Doubles the table. The lower half of a hash is not kept, and so values are hashed again.
    private func widen() {
        let wider = 2 * (mask + 1)
        let fresh = UnsafeMutablePointer<UInt64>.allocate(capacity: wider)
        unsafe fresh.initialize(repeating: 0, count: wider)
        unsafe bytes.withUnsafeBufferPointer { all in
            for place in 0..<count {
                let next = place + 1 < count ? starts[place + 1] - (hasLengths ? 4 : 0) : all.count
                let hash = unsafe ValueDictionary.hash(UnsafeBufferPointer(rebasing: all[starts[place]..<next]))
                var slot = Int(truncatingIfNeeded: hash) & (wider - 1)
                while unsafe fresh[slot] != 0 { slot = (slot + 1) & (wider - 1) }
                unsafe fresh[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(place + 1)
            }
        }
        unsafe slots.deallocate()
        unsafe slots = unsafe fresh
        mask = wider - 1
    }

    /// Eight bytes at a time, mixed by multiplication (as in wyhash); the table is ours alone and bounded, so that
    /// values made to collide cost time within the bound and no more.
    @inline(__always) private static func hash(_ value: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var state = UInt64(value.count) &* 0x9E37_79B9_7F4A_7C15
        let raw = UnsafeRawBufferPointer(value)
        if value.count == 8 { return unsafe mix(state ^ raw.loadUnaligned(as: UInt64.self)) }
        if value.count == 4 { return unsafe mix(state ^ UInt64(raw.loadUnaligned(as: UInt32.self))) }
        var index = 0
        while index + 8 <= value.count {
            state = unsafe mix(state ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        var rest: UInt64 = 0
        while index < value.count {
            rest = unsafe rest << 8 | UInt64(value[index])
            index += 1
        }
        return mix(state ^ rest)
    }

    @inline(__always) private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        return product.high ^ product.low
    }
}

extension [UInt8] {
    /// Four bytes, the lowest first.
    mutating func appendLength(_ count: Int) {
        for index in 0..<4 { append(UInt8(truncatingIfNeeded: count >> (8 * index))) }
    }
}
