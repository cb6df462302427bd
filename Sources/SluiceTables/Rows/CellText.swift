internal import SluiceCore

/// Texts of single values, for who writes them into databases.
///
/// Each function that writes does so at `place`, and returns how many bytes that are.
package enum CellText {
    /// What the text of a value of fixed width takes at most.
    package static let most = CanonicalText.most

    /// The canonical text of a value of fixed width.
    @unsafe package static func write(
        _ value: UnsafeBufferPointer<UInt8>,
        of column: Column,
        to place: UnsafeMutablePointer<UInt8>
    ) -> Int {
        guard let start = value.baseAddress else { return 0 }
        var length = value.count
        return unsafe withUnsafePointer(to: &length) { length in
            let cell = unsafe ColumnValues(base: start, stride: 0, lengths: length)
            return unsafe CellKind(column).write(cell, 0, at: place)
        }
    }

    /// Whether it is `true` or `false`, in any case; nil for other texts.
    @unsafe package static func truth(_ text: UnsafeBufferPointer<UInt8>) -> Bool? {
        guard let first = unsafe text.first, text.count == 4 || text.count == 5 else { return nil }
        switch first | 0x20 {
        case UInt8(ascii: "t"): return unsafe ValueText.matches(text.span, "true") ? true : nil
        case UInt8(ascii: "f"): return unsafe ValueText.matches(text.span, "false") ? false : nil
        default: return nil
        }
    }

    /// Digits of a number behind its point, without zeros at the end; 0 for what is no number.
    @unsafe package static func digitsBehindPoint(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        // Most numbers have neither point nor exponent.
        guard unsafe text.contains(where: { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }),
            let number = unsafe NumberText(text.span)
        else { return 0 }
        var last = number.whole.count + number.fraction.count - 1
        while last >= 0, unsafe number.digit(last, text.span) == UInt8(ascii: "0") { last -= 1 }
        return max(0, last + 1 - number.whole.count - number.exponent)
    }

    /// Digits of a second's fraction, without zeros at the end; 0 where there is none.
    @unsafe package static func digitsOfSecond(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        guard let point = unsafe text.lastIndex(of: UInt8(ascii: ".")) else { return 0 }
        var count = 0
        for index in point + 1..<text.count {
            let digit = unsafe text[index] &- 48
            guard digit < 10 else { break }
            if digit != 0 { count = index - point }
        }
        return count
    }

    /// A date or a moment as databases know it.
    ///
    /// - Parameters:
    ///   - inUTC: whether an offset is to be gone, and the time that of UTC.
    ///   - writesBC: whether years have no sign, but BC behind those before 1.
    @unsafe package static func moment(
        _ text: UnsafeBufferPointer<UInt8>,
        inUTC: Bool,
        writesBC: Bool,
        to place: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var count = text.count
        guard count >= 10, let start = text.baseAddress else {
            if let start = text.baseAddress { unsafe place.update(from: start, count: count) }
            return count
        }
        unsafe place.update(from: start, count: count)
        if inUTC, count > 10 {
            if unsafe text[count - 1] == UInt8(ascii: "Z") {
                count -= 1
            } else if unsafe hasOffset(text), let moment = unsafe ValueText.moment(text.span, isInstant: true) {
                let utc = Moment(seconds: moment.seconds, nanoseconds: moment.nanoseconds)
                count = unsafe CanonicalText.write(utc, isInstant: false, at: place)
            }
        }
        return writesBC ? unsafe era(place, count) : count
    }

    /// Whether a sign stands behind the date.
    @unsafe private static func hasOffset(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        unsafe text.dropFirst(10).contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
    }

    /// `-0043-03-15` as `0044-03-15 BC`, in its place.
    @unsafe private static func era(_ place: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        let isNegative = unsafe place[0] == UInt8(ascii: "-")
        let isSigned = unsafe isNegative || place[0] == UInt8(ascii: "+")
        let isZero = unsafe !isSigned && place[0] == 48 && place[1] == 48 && place[2] == 48 && place[3] == 48
        guard isSigned || isZero else { return count }
        let text = unsafe Array(UnsafeBufferPointer(start: place, count: count))
        let first = isSigned ? 1 : 0
        guard let hyphen = text[first...].firstIndex(of: UInt8(ascii: "-")), hyphen - first <= 12,
            let year = Int(String(decoding: text[first..<hyphen], as: UTF8.self))
        else { return count }
        var result = Array(String(isNegative || isZero ? year + 1 : year).utf8)
        if result.count < 4 { result = [UInt8](repeating: 48, count: 4 - result.count) + result }
        result += text[hyphen...]
        if isNegative || isZero { result += Array(" BC".utf8) }
        for (index, byte) in result.enumerated() { unsafe place[index] = byte }
        return result.count
    }

    /// The bytes that a text stands for; nil where it stands for none. It needs room for as many bytes as the text has.
    @unsafe package static func bytes(
        _ text: UnsafeBufferPointer<UInt8>,
        isBase64: Bool,
        to place: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        guard isBase64 else { return unsafe ValueText.hexadecimal(text.span, to: place) }
        guard let decoded = unsafe Base64.decode(String(decoding: text, as: UTF8.self)) else { return nil }
        for (index, byte) in decoded.enumerated() { unsafe place[index] = byte }
        return decoded.count
    }

    /// Two digits a byte, `\x` in front of them or not.
    @unsafe package static func hexadecimal(
        _ bytes: UnsafeBufferPointer<UInt8>,
        prefix: Bool,
        to place: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var next = unsafe place
        if prefix {
            unsafe next[0] = UInt8(ascii: "\\")
            unsafe next[1] = UInt8(ascii: "x")
            unsafe next += 2
        }
        for index in 0..<bytes.count {
            unsafe CanonicalText.writeHexadecimal(bytes[index], at: next)
            unsafe next += 2
        }
        return unsafe next - place
    }
}
