internal import SluiceTables

/// What a value may lose, where one says so: what its new column has no room for.
enum Truncation: Sendable, Hashable {
    /// Characters behind so many.
    case text(length: Int)
    /// Digits of a number behind so many behind the point.
    case number(scale: Int)
    /// The same of a second.
    case seconds(digits: Int)

    /// Nil where nothing is lost: bytes, and the digits in front of a point, are never cut.
    init?(from source: Column, to target: TargetColumn) {
        switch (source.type, target.type) {
        case (.text, .text):
            guard let length = target.textLength else { return nil }
            self = .text(length: length)
        case (_, .integer): self = .number(scale: 0)
        case (_, .decimal(_, let scale?)): self = .number(scale: scale)
        case (_, .date): return nil
        case (_, .time(let digits)), (_, .timestamp(let digits)), (_, .instant(let digits)):
            self = .seconds(digits: digits)
        default: return nil
        }
    }

    /// Lends what is left of a text.
    @unsafe func withKept<Result>(
        _ text: UnsafeBufferPointer<UInt8>,
        _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        switch self {
        case .text(let length): return unsafe body(Truncation.prefix(of: text, characters: length))
        case .number(let scale): return unsafe body(Truncation.prefix(of: text, scale: scale))
        case .seconds(let digits):
            guard let cut = unsafe Truncation.digitsToLose(text, digits) else { return unsafe body(text) }
            return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count) { kept in
                let end = unsafe kept.initialize(fromContentsOf: text[..<cut.lowerBound])
                let all = unsafe kept[end...].initialize(fromContentsOf: text[cut.upperBound...])
                return unsafe body(UnsafeBufferPointer(rebasing: kept[..<all]))
            }
        }
    }

    @unsafe private static func prefix(
        of text: UnsafeBufferPointer<UInt8>,
        characters: Int
    ) -> UnsafeBufferPointer<UInt8> {
        guard text.count > characters else { return unsafe text }
        var left = characters
        for index in text.indices where unsafe text[index] & 0xC0 != 0x80 {
            if left == 0 { return unsafe UnsafeBufferPointer(rebasing: text[..<index]) }
            left -= 1
        }
        return unsafe text
    }

    /// A number with an exponent stays as it is.
    @unsafe private static func prefix(of text: UnsafeBufferPointer<UInt8>, scale: Int) -> UnsafeBufferPointer<UInt8> {
        guard let point = unsafe text.firstIndex(of: UInt8(ascii: ".")),
            unsafe text[(point + 1)...].allSatisfy({ $0 &- 48 < 10 })
        else { return unsafe text }
        let end = min(text.count, scale > 0 ? point + 1 + scale : point)
        return unsafe UnsafeBufferPointer(rebasing: text[..<end])
    }

    /// Where the digits of a second stand that have no room; the point too where none has.
    @unsafe private static func digitsToLose(_ text: UnsafeBufferPointer<UInt8>, _ digits: Int) -> Range<Int>? {
        guard let point = unsafe text.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let end = unsafe text[(point + 1)...].firstIndex { $0 &- 48 >= 10 } ?? text.count
        let start = digits > 0 ? point + 1 + digits : point
        return start < end ? start..<end : nil
    }
}
