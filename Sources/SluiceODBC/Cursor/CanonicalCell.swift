internal import SluiceTables

/// Makes the text that databases have for values the one that they have everywhere, in its place: see `CanonicalText`.
/// What is no such value stays as it is.
enum CanonicalCell {
    case boolean, date, time, timestamp, instant, uuid

    init?(_ type: ColumnType) {
        switch type {
        case .boolean: self = .boolean
        case .date: self = .date
        case .time: self = .time
        case .timestamp: self = .timestamp
        case .instant: self = .instant
        case .uuid: self = .uuid
        case .integer, .decimal, .real, .text, .binary: return nil
        }
    }

    /// - Parameters:
    ///   - cell: with room for 64 bytes.
    ///   - count: bytes of it that are the value.
    /// - Returns: bytes of it afterwards.
    @unsafe func rewrite(_ cell: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        switch self {
        case .boolean: unsafe boolean(cell, count)
        case .uuid: unsafe lowerCase(cell, count)
        case .time: unsafe withoutZeros(cell, count)
        case .date: unsafe day(cell, count, rest: 0)
        case .timestamp: unsafe timestamp(cell, count)
        case .instant: unsafe instant(cell, count)
        }
    }

    @unsafe private func boolean(_ cell: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        guard count == 1 else { return count }
        switch unsafe cell[0] {
        // A bit column's value is the bit, in some drivers.
        case UInt8(ascii: "1"), UInt8(ascii: "t"), 1: return unsafe put("true", cell)
        case UInt8(ascii: "0"), UInt8(ascii: "f"), 0: return unsafe put("false", cell)
        default: return count
        }
    }

    @unsafe private func put(_ text: StaticString, _ cell: UnsafeMutablePointer<UInt8>) -> Int {
        unsafe cell.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        return text.utf8CodeUnitCount
    }

    @unsafe private func lowerCase(_ cell: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        for index in 0..<count where unsafe (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(cell[index]) {
            unsafe cell[index] |= 0x20
        }
        return count
    }

    /// A fraction without zeros at its end.
    @unsafe private func withoutZeros(_ cell: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        guard unsafe UnsafeBufferPointer(start: cell, count: count).contains(UInt8(ascii: ".")) else { return count }
        var end = count
        while unsafe cell[end - 1] == UInt8(ascii: "0") { end -= 1 }
        return unsafe cell[end - 1] == UInt8(ascii: ".") ? end - 1 : end
    }

    @unsafe private func timestamp(_ cell: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        if count == 19, unsafe cell[4] == UInt8(ascii: "-") { return count }
        let isAncient = unsafe endsBeforeChrist(cell, count)
        let bare = unsafe withoutZeros(cell, isAncient ? count - 3 : count)
        guard let space = unsafe UnsafeBufferPointer(start: cell, count: bare).firstIndex(of: UInt8(ascii: " ")) else {
            return count
        }
        return unsafe day(cell, bare, rest: bare - space, isAncient: isAncient)
    }

    /// The session's zone is UTC, and so databases write `+00`, or nothing.
    @unsafe private func instant(_ cell: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        let isAncient = unsafe endsBeforeChrist(cell, count)
        let bare = isAncient ? count - 3 : count
        let text = unsafe UnsafeBufferPointer(start: cell, count: bare)
        guard let space = unsafe text.firstIndex(of: UInt8(ascii: " ")) else { return count }
        let zone = unsafe text[space...].lastIndex { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") } ?? bare
        guard
            unsafe text[zone...].allSatisfy({
                $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ":")
            })
        else { return count }
        let end = unsafe withoutZeros(cell, zone)
        unsafe cell[end] = UInt8(ascii: "Z")
        return unsafe day(cell, end + 1, rest: end + 1 - space, isAncient: isAncient)
    }

    @unsafe private func endsBeforeChrist(_ cell: UnsafeMutablePointer<UInt8>, _ count: Int) -> Bool {
        unsafe count > 3 && cell[count - 3] == UInt8(ascii: " ") && cell[count - 2] == UInt8(ascii: "B")
            && cell[count - 1] == UInt8(ascii: "C")
    }

    /// Years of more than four digits get a sign, and so do those before year 1, of which the first is 0.
    ///
    /// - Parameter rest: bytes behind the day.
    @unsafe private func day(_ cell: UnsafeMutablePointer<UInt8>, _ count: Int, rest: Int, isAncient: Bool? = nil)
        -> Int
    {
        if count - rest == 10, isAncient != true { return count }
        let ancient = unsafe isAncient ?? endsBeforeChrist(cell, count)
        let count = ancient && isAncient == nil ? count - 3 : count
        let text = unsafe UnsafeBufferPointer(start: cell, count: count)
        guard let hyphen = unsafe text.firstIndex(of: UInt8(ascii: "-")), hyphen >= 4, count + 2 <= 64 else {
            return count
        }
        var year = 0
        for index in 0..<hyphen {
            let digit = unsafe Int(cell[index]) - 48
            guard (0...9).contains(digit) else { return count }
            year = year &* 10 &+ digit
        }
        if ancient { year -= 1 }
        var digits = String(year)
        digits = String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
        // Year 0 has no sign.
        let prefix = Array(((ancient && year > 0 ? "-" : hyphen > 4 ? "+" : "") + digits).utf8)
        let tail = unsafe Array(text[hyphen...])
        for (index, byte) in (prefix + tail).enumerated() { unsafe cell[index] = byte }
        return prefix.count + tail.count
    }
}
