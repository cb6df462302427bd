internal import Glibc

/// The different values of a column, in the order in which they came, found by their bytes.
struct ValueDictionary {
    /// Bytes of the values as they stand in a page.
    private(set) var bytes: [UInt8] = []
    /// Where each value ends in `bytes`.
    private var ends: [Int] = []
    private let hasLengths: Bool
    /// Places of values, from 1 on, by their hash; 0 where there is none.
    private var slots: [UInt32]

    /// Bytes beyond which a dictionary is not worth its while; the same as others take.
    static let mostBytes = 1 << 20

    /// - Parameter hasLengths: whether each value has its length in front, in four bytes.
    init(hasLengths: Bool) {
        self.hasLengths = hasLengths
        slots = Array(repeating: 0, count: 1 << 10)
    }

    var count: Int { ends.count }
    var isFull: Bool { bytes.count > ValueDictionary.mostBytes }

    /// The place of a value, which is added if it is new.
    @unsafe mutating func place(of value: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var slot = unsafe Int(truncatingIfNeeded: ValueDictionary.hash(value)) & (slots.count - 1)
        while slots[slot] != 0 {
            if unsafe isValue(Int(slots[slot]) - 1, value) { return slots[slot] - 1 }
            slot = (slot + 1) & (slots.count - 1)
        }
        if hasLengths { bytes.appendLength(value.count) }
        unsafe bytes.append(contentsOf: value)
        ends.append(bytes.count)
        slots[slot] = UInt32(ends.count)
        if ends.count * 2 > slots.count { rehash() }
        return UInt32(ends.count - 1)
    }

    private func range(_ place: Int) -> Range<Int> {
        (place == 0 ? 0 : ends[place - 1]) + (hasLengths ? 4 : 0)..<ends[place]
    }

    @unsafe private func isValue(_ place: Int, _ value: UnsafeBufferPointer<UInt8>) -> Bool {
        let range = range(place)
        guard range.count == value.count, let start = value.baseAddress else { return range.count == value.count }
        return unsafe bytes.withUnsafeBufferPointer { all in
            let own = unsafe all.baseAddress! + range.lowerBound
            // Of numbers, without a call.
            if range.count == 8 {
                return unsafe UnsafeRawPointer(own).loadUnaligned(as: UInt64.self)
                    == UnsafeRawPointer(start).loadUnaligned(as: UInt64.self)
            }
            if range.count == 4 {
                return unsafe UnsafeRawPointer(own).loadUnaligned(as: UInt32.self)
                    == UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
            }
            return unsafe memcmp(own, start, range.count) == 0
        }
    }

    private mutating func rehash() {
        var wider = [UInt32](repeating: 0, count: slots.count * 2)
        unsafe bytes.withUnsafeBufferPointer { all in
            for place in ends.indices {
                let value = unsafe UnsafeBufferPointer(rebasing: all[range(place)])
                var slot = unsafe Int(truncatingIfNeeded: ValueDictionary.hash(value)) & (wider.count - 1)
                while wider[slot] != 0 { slot = (slot + 1) & (wider.count - 1) }
                wider[slot] = UInt32(place + 1)
            }
        }
        slots = wider
    }

    /// Eight bytes at a time, mixed by multiplication (as in wyhash); the table is ours alone and bounded, so that
    /// values made to collide cost time within the bound and no more.
    private static func hash(_ value: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var state = UInt64(value.count) &* 0x9E37_79B9_7F4A_7C15
        var index = 0
        let raw = UnsafeRawBufferPointer(value)
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

    private static func mix(_ value: UInt64) -> UInt64 {
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
