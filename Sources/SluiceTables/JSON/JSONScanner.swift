internal import CScan

/// Reads JSON from the front of a window's text.
@unsafe struct JSONScanner {
    /// Why it can't go on.
    enum Stop: Error {
        /// The rest is not here.
        case incomplete
        /// It is no JSON, for a reason.
        case malformed(String)
    }

    /// A value that was read.
    struct Value {
        enum Kind: Hashable {
            case string
            case number
            case boolean
            case null
            /// An array or an object, as it stands.
            case nested
        }

        let kind: Kind
        /// Its text, without quotes.
        let range: Range<Int>
        /// Whether escapes are to be taken out.
        let isEscaped: Bool
    }

    /// Arrays and objects within each other.
    private static let mostDepth = 64

    let bytes: UnsafeMutablePointer<UInt8>
    private let marks: UnsafePointer<UInt64>
    private let end: Int
    private(set) var position: Int
    /// Line feeds that were passed.
    private(set) var lines = 0

    /// What a window is to look for.
    static let sought = [JSONText.quote, JSONText.backslash]

    init(_ window: InputWindow, at position: Int) {
        unsafe bytes = window.text
        unsafe marks = window.marks
        unsafe end = window.end
        unsafe self.position = position
    }

    /// Whether nothing but white space is left; it is passed over.
    mutating func isAtEnd() -> Bool { unsafe (try? peek()) == nil }

    /// The next byte that is no white space, which is passed over.
    @inline(__always) mutating func peek() throws(Stop) -> UInt8 {
        while unsafe position < end {
            let byte = unsafe bytes[position]
            guard byte == 32 || byte == 10 || byte == 13 || byte == 9 else { return byte }
            if byte == 10 { unsafe lines += 1 }
            unsafe position += 1
        }
        throw .incomplete
    }

    /// Takes one byte.
    @inline(__always) mutating func take(_ byte: UInt8, _ what: StaticString) throws(Stop) {
        guard try unsafe peek() == byte else { throw .malformed("\(what) is missing") }
        unsafe position += 1
    }

    /// Takes the byte that was seen.
    mutating func skip() { unsafe position += 1 }

    /// Reads a string, whose quote is next.
    mutating func string() throws(Stop) -> Value {
        guard try unsafe peek() == JSONText.quote else { throw .malformed("a text in quotes is missing") }
        let start = unsafe position + 1
        var isEscaped = false
        var next = start
        while true {
            guard let found = unsafe mark(from: next) else { throw .incomplete }
            if unsafe bytes[found] == JSONText.quote {
                if unsafe cscan_has_control(bytes + start, found - start) {
                    throw .malformed("a text holds a control character")
                }
                unsafe position = found + 1
                return Value(kind: .string, range: start..<found, isEscaped: isEscaped)
            }
            isEscaped = true
            next = try unsafe checkEscape(found)
        }
    }

    /// The next quote or backslash.
    @inline(__always) private func mark(from start: Int) -> Int? {
        var block = start &>> 6
        guard unsafe start < end else { return nil }
        var bits = unsafe marks[block] & (~0 &<< UInt64(truncatingIfNeeded: start & 63))
        while bits == 0 {
            block &+= 1
            guard unsafe block &<< 6 < end else { return nil }
            bits = unsafe marks[block]
        }
        let found = block &<< 6 &+ bits.trailingZeroBitCount
        return unsafe found < end ? found : nil
    }

    /// Behind the escape at `place`, which must be one of JSON's.
    private func checkEscape(_ place: Int) throws(Stop) -> Int {
        guard unsafe place + 1 < end else { throw .incomplete }
        switch unsafe bytes[place + 1] {
        case UInt8(ascii: "u"): break
        case JSONText.quote, JSONText.backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return place + 2
        default: throw .malformed("a text holds an escape that there is not")
        }
        let unit = try unsafe codeUnit(place)
        guard 0xD800..<0xE000 ~= unit else { return place + 6 }
        // Two halves of a character beyond 16 bits.
        for (index, byte) in [JSONText.backslash, UInt8(ascii: "u")].enumerated() {
            guard unsafe place + 6 + index < end else { throw .incomplete }
            guard unit < 0xDC00, unsafe bytes[place + 6 + index] == byte else {
                throw .malformed("a text holds half a character")
            }
        }
        guard 0xDC00..<0xE000 ~= (try unsafe codeUnit(place + 6)) else {
            throw .malformed("a text holds half a character")
        }
        return place + 12
    }

    private func codeUnit(_ place: Int) throws(Stop) -> UInt32 {
        var unit: UInt32 = 0
        for index in place + 2..<place + 6 {
            guard unsafe index < end else { throw .incomplete }
            guard let digit = unsafe ValueText.nibble(bytes[index]) else {
                throw .malformed("a text holds an escape that there is not")
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    /// Reads any value.
    mutating func value() throws(Stop) -> Value {
        switch try unsafe peek() {
        case JSONText.quote: return try unsafe string()
        case UInt8(ascii: "{"), UInt8(ascii: "["): return try unsafe nested()
        case UInt8(ascii: "t"): return try unsafe word("true", .boolean)
        case UInt8(ascii: "f"): return try unsafe word("false", .boolean)
        case UInt8(ascii: "n"): return try unsafe word("null", .null)
        default: return try unsafe number()
        }
    }

    private mutating func word(_ word: StaticString, _ kind: Value.Kind) throws(Stop) -> Value {
        let start = unsafe position
        for index in 0..<word.utf8CodeUnitCount {
            guard unsafe start + index < end else { throw .incomplete }
            guard unsafe bytes[start + index] == word.utf8Start[index] else { throw .malformed("a value is missing") }
        }
        unsafe position += word.utf8CodeUnitCount
        return Value(kind: kind, range: start..<start + word.utf8CodeUnitCount, isEscaped: false)
    }

    private mutating func number() throws(Stop) -> Value {
        let start = unsafe position
        var stop = start
        while unsafe stop < end, unsafe JSONScanner.isOfNumber(bytes[stop]) { stop += 1 }
        guard unsafe stop < end else { throw .incomplete }
        let text = unsafe Span(_unsafeStart: UnsafePointer(bytes) + start, count: stop - start)
        guard stop > start else { throw .malformed("a value is missing") }
        guard JSONText.numberLength(text, from: 0) == stop - start else {
            throw .malformed("a number is none of JSON's")
        }
        unsafe position = stop
        return Value(kind: .number, range: start..<stop, isEscaped: false)
    }

    @inline(__always) private static func isOfNumber(_ byte: UInt8) -> Bool {
        byte &- 48 < 10 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte | 32 == UInt8(ascii: "e")
            || byte == UInt8(ascii: "+")
    }

    /// Reads an array or an object to its end.
    private mutating func nested() throws(Stop) -> Value {
        let start = unsafe position
        // A bit for each level, from the highest on: whether it is an object.
        var levels: UInt64 = 0
        var depth = 0
        repeat {
            switch try unsafe peek() {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let isObject = unsafe bytes[position] == UInt8(ascii: "{")
                guard unsafe depth < JSONScanner.mostDepth else {
                    throw .malformed(
                        unsafe "more than \(JSONScanner.mostDepth) arrays and objects stand within each other"
                    )
                }
                levels = levels << 1 | (isObject ? 1 : 0)
                depth += 1
                unsafe skip()
                if try unsafe peek() == UInt8(ascii: isObject ? "}" : "]") { break }
                if isObject { try unsafe key() }
                continue
            default: _ = try unsafe scalar()
            }
            // Behind a value: what it is in ends, or goes on.
            while depth > 0 {
                let isObject = levels & 1 == 1
                let byte = try unsafe peek()
                if byte == UInt8(ascii: ",") {
                    unsafe skip()
                    if isObject { try unsafe key() }
                    break
                }
                guard byte == UInt8(ascii: isObject ? "}" : "]") else {
                    throw .malformed("a comma or a bracket is missing")
                }
                unsafe skip()
                levels >>= 1
                depth -= 1
            }
        } while depth > 0
        return unsafe Value(kind: .nested, range: start..<position, isEscaped: false)
    }

    private mutating func key() throws(Stop) {
        _ = try unsafe string()
        try unsafe take(UInt8(ascii: ":"), "a colon")
    }

    private mutating func scalar() throws(Stop) -> Value {
        switch try unsafe peek() {
        case JSONText.quote: try unsafe string()
        case UInt8(ascii: "t"): try unsafe word("true", .boolean)
        case UInt8(ascii: "f"): try unsafe word("false", .boolean)
        case UInt8(ascii: "n"): try unsafe word("null", .null)
        default: try unsafe number()
        }
    }
}
