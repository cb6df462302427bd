/// The parts of a number in base ten: `-12.50e3`.
struct NumberText {
    typealias Bytes = Span<UInt8>

    let isNegative: Bool
    /// Where the digits before and behind the point stand.
    let whole: Range<Int>
    let fraction: Range<Int>
    let exponent: Int

    /// Nil for what is no number, and where the exponent has more than eight digits.
    init?(_ text: Bytes) {
        var index = 0
        let count = text.count
        isNegative = count > 0 && text[0] == UInt8(ascii: "-")
        if count > 0, isNegative || text[0] == UInt8(ascii: "+") { index = 1 }
        whole = NumberText.digits(text, from: index)
        index = whole.upperBound
        if index < count, text[index] == UInt8(ascii: ".") {
            fraction = NumberText.digits(text, from: index + 1)
            index = fraction.upperBound
        } else {
            fraction = index..<index
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        guard index < count else {
            exponent = 0
            return
        }
        guard text[index] | 32 == UInt8(ascii: "e") else { return nil }
        index += 1
        let isSmall = index < count && text[index] == UInt8(ascii: "-")
        if index < count, isSmall || text[index] == UInt8(ascii: "+") { index += 1 }
        let digits = NumberText.digits(text, from: index)
        guard !digits.isEmpty, digits.upperBound == count, digits.count <= 8 else { return nil }
        var value = 0
        for place in digits { value = value * 10 + Int(text[place] - 48) }
        exponent = isSmall ? -value : value
    }

    /// One of all digits; zeros stand before and behind them.
    func digit(_ index: Int, _ text: Bytes) -> UInt8 {
        if index < 0 || index >= whole.count + fraction.count { return 48 }
        return index < whole.count
            ? text[whole.lowerBound + index] : text[fraction.lowerBound + index - whole.count]
    }

    private static func digits(_ text: Bytes, from start: Int) -> Range<Int> {
        var end = start
        while end < text.count, text[end] &- 48 < 10 { end += 1 }
        return start..<end
    }
}

extension ValueText {
    /// The nearest number; `NaN`, `Infinity`, `inf` and their like in any case. Nil beyond the range.
    static func double(_ text: Bytes) -> Double? {
        guard let number = NumberText(text) else { return beyond(text) }
        // Exact in both factors, so that one rounding makes the nearest (Clinger 1990).
        if let (digits, power) = small(text, number), digits < 1 << 53, let scale = tens(power.magnitude, 22) {
            let magnitude = power < 0 ? Double(digits) / scale : Double(digits) * scale
            return number.isNegative ? -magnitude : magnitude
        }
        let value = Double(string(text))
        return value.flatMap { $0.isFinite ? $0 : nil }
    }

    /// The same in 32 bits, rounded once.
    static func float(_ text: Bytes) -> Float? {
        guard let number = NumberText(text) else { return beyond(text).map { Float($0) } }
        if let (digits, power) = small(text, number), digits < 1 << 24, let scale = tens(power.magnitude, 10) {
            let magnitude = power < 0 ? Float(digits) / Float(scale) : Float(digits) * Float(scale)
            return number.isNegative ? -magnitude : magnitude
        }
        let value = Float(string(text))
        return value.flatMap { $0.isFinite ? $0 : nil }
    }

    private static func beyond(_ text: Bytes) -> Double? {
        if matches(text, "nan") { return .nan }
        for word in ["infinity", "inf"] as [StaticString] {
            if matches(text, word) { return .infinity }
            guard text.count > 1, matches(text.extracting(1...), word) else { continue }
            if text[0] == UInt8(ascii: "-") { return -.infinity }
            if text[0] == UInt8(ascii: "+") { return .infinity }
        }
        return nil
    }

    private static func string(_ text: Bytes) -> String {
        String(decoding: text.indices.map { text[$0] }, as: UTF8.self)
    }

    /// All digits as one number, and the power of ten that it is to be multiplied by; nil for more than 19 digits.
    private static func small(_ text: Bytes, _ number: NumberText) -> (UInt64, Int)? {
        guard number.whole.count + number.fraction.count <= 19 else { return nil }
        var value: UInt64 = 0
        for place in number.whole { value = value * 10 + UInt64(text[place] - 48) }
        for place in number.fraction { value = value * 10 + UInt64(text[place] - 48) }
        return (value, number.exponent - number.fraction.count)
    }

    /// 10 to the `power`, up to the highest that is exact.
    private static func tens(_ power: UInt, _ highest: UInt) -> Double? {
        guard power <= highest else { return nil }
        var value = 1.0
        for _ in 0..<power { value *= 10 }
        return value
    }
}

extension ValueText {
    /// Zeros that an exponent may add to a decimal.
    static let mostZeros = 1000

    /// Writes a number in base ten as its canonical text to `place`, which has room for `mostZeros` and three more
    /// bytes than it has; how many they are.
    @unsafe static func decimal(_ text: Bytes, to place: UnsafeMutablePointer<UInt8>) -> Int? {
        guard let number = NumberText(text), number.exponent.magnitude <= mostZeros else { return nil }
        // The digits without the point, which stands behind `point` of them.
        let count = number.whole.count + number.fraction.count
        let point = number.whole.count + number.exponent
        var first = 0
        while first < max(count, point), number.digit(first, text) == 48 { first += 1 }
        var next = unsafe place
        if number.isNegative, first < count {
            unsafe next[0] = UInt8(ascii: "-")
            unsafe next += 1
        }
        // One digit at least before the point.
        for index in min(first, point - 1)..<max(count, point) {
            if index == point {
                unsafe next[0] = UInt8(ascii: ".")
                unsafe next += 1
            }
            unsafe next[0] = number.digit(index, text)
            unsafe next += 1
        }
        return unsafe next - place
    }
}
