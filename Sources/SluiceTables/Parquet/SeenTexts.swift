/// Short texts of a column that came lately, and where the dictionary has their values: most values of most columns come
/// again, and need not be parsed then, nor looked for.
@safe final class SeenTexts {
    /// A text of up to 16 bytes, with zeros behind it.
    struct Key {
        fileprivate let low: UInt64
        fileprivate let high: UInt64
        fileprivate let count: Int

        /// The longest text that is kept.
        static let longest = 16

        /// - Parameter start: of a text of up to `longest` bytes, behind which as many may be read.
        @unsafe @inline(__always) init(_ start: UnsafePointer<UInt8>, _ count: Int) {
            let raw = unsafe UnsafeRawPointer(start)
            self.count = count
            low = unsafe raw.loadUnaligned(as: UInt64.self) & Key.mask(min(count, 8))
            high = unsafe raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self) & Key.mask(max(count - 8, 0))
        }

        /// The lowest bytes.
        @inline(__always) private static func mask(_ count: Int) -> UInt64 {
            count == 8 ? ~0 : (1 &<< UInt64(8 &* count)) &- 1
        }

        @inline(__always) fileprivate var slot: Int {
            let mixed = (low ^ high &* 0x9E37_79B9_7F4A_7C15) &* 0xA076_1D64_78BD_642F
            return Int(truncatingIfNeeded: mixed >> (64 - SeenTexts.bits))
        }
    }

    private struct Entry {
        var low: UInt64 = 0
        var high: UInt64 = 0
        /// Of the text, and 1; 0 where there is none.
        var count: UInt32 = 0
        var place: UInt32 = 0
    }

    private static let bits = 12
    private let entries: UnsafeMutablePointer<Entry>

    init() {
        unsafe entries = .allocate(capacity: 1 << SeenTexts.bits)
        removeAll()
    }

    deinit { unsafe entries.deallocate() }

    func removeAll() { unsafe entries.initialize(repeating: Entry(), count: 1 << SeenTexts.bits) }

    /// The place of a text's value; nil where it was not seen, or another has taken its room since.
    @inline(__always) func place(of key: Key) -> UInt32? {
        let entry = unsafe entries + key.slot
        guard unsafe entry.pointee.low == key.low, unsafe entry.pointee.high == key.high,
            unsafe entry.pointee.count == UInt32(truncatingIfNeeded: key.count + 1)
        else { return nil }
        return unsafe entry.pointee.place
    }

    @inline(__always) func keep(_ key: Key, _ place: UInt32) {
        unsafe entries[key.slot] = Entry(
            low: key.low,
            high: key.high,
            count: UInt32(truncatingIfNeeded: key.count + 1),
            place: place
        )
    }
}
