/// Makes the cells of a column of its stored values.
final class CellMaker {
    private let rule: ParquetLeaf.Rule
    private let memory = PageMemory()
    private var decimal = DecimalText()

    init(_ rule: ParquetLeaf.Rule) { self.rule = rule }

    /// Makes cells of the first `count` values of a window, in memory that is used again for the next.
    ///
    /// - Parameter areCells: whether they were made already.
    func make(_ count: Int, _ window: CellWindow, areCells: Bool) throws(ParquetDamage) {
        guard !areCells else { return }
        switch rule {
        case .asIs: break
        case .text: try check(count, window)
        case .widened: convert(count, window, Int32.self) { Int64($0) }
        case .widenedUnsigned: convert(count, window, UInt32.self) { UInt64($0) }
        case .half: convert(count, window, UInt16.self) { Float(Float16(bitPattern: $0)) }
        case .time(units: 1000):
            try convert(count, window, Int32.self) { value throws(ParquetDamage) in
                try CellMaker.time(Int64(value), 1000)
            }
        case .time(let units):
            try convert(count, window, Int64.self) { value throws(ParquetDamage) in
                try CellMaker.time(value, units)
            }
        case .moment(let units): convert(count, window, Int64.self) { CellMaker.moment($0, units) }
        case .int96: convert(count, window, OldTimestamp.self) { $0.moment }
        case .decimal(let scale, let isLittle):
            try unsafe write(count, window) { bytes, place throws(ParquetDamage) in
                try unsafe decimal.write(bytes, scale: scale, isLittle: isLittle, to: &place)
            }
        case .interval: try unsafe write(count, window, CellMaker.interval)
        }
    }

    private func convert<Stored: BitwiseCopyable, Cell: BitwiseCopyable, Problem: Error>(
        _ count: Int,
        _ window: CellWindow,
        _ type: Stored.Type,
        _ body: (Stored) throws(Problem) -> Cell
    ) throws(Problem) {
        let width = MemoryLayout<Cell>.stride
        memory.reserve(count * width)
        let target = unsafe UnsafeMutableRawPointer(memory.base)
        for value in 0..<count {
            let stored = unsafe UnsafeRawBufferPointer(window.bytes(value))
            precondition(stored.count >= MemoryLayout<Stored>.size)
            unsafe target.storeBytes(
                of: try body(stored.loadUnaligned(as: type)),
                toByteOffset: value * width,
                as: Cell.self
            )
        }
        unsafe window.base = UnsafePointer(memory.base)
        window.describe(count, from: 0, width: width)
    }

    /// Writes texts one behind the other.
    private func write(
        _ count: Int,
        _ window: CellWindow,
        _ body: (UnsafeBufferPointer<UInt8>, inout [UInt8]) throws(ParquetDamage) -> Void
    ) throws(ParquetDamage) {
        var texts: [UInt8] = []
        var ends: [Int] = []
        ends.reserveCapacity(count)
        for value in 0..<count {
            try unsafe body(window.bytes(value), &texts)
            ends.append(texts.count)
        }
        memory.reserve(texts.count)
        unsafe texts.withUnsafeBufferPointer { texts in
            if let start = texts.baseAddress { unsafe memory.base.update(from: start, count: texts.count) }
        }
        unsafe window.base = UnsafePointer(memory.base)
        var start = 0
        for (value, end) in ends.enumerated() {
            window.describe(value, at: start, end - start)
            start = end
        }
    }

    private func check(_ count: Int, _ window: CellWindow) throws(ParquetDamage) {
        for value in 0..<count {
            let bytes = unsafe window.bytes(value)
            guard let start = bytes.baseAddress, unsafe !CellMaker.isASCII(start, bytes.count) else { continue }
            guard unsafe RowSyntax.isUTF8(start, 0..<bytes.count) else {
                throw unsafe .malformed("the text \(BadRow.shown(bytes)) is no UTF-8")
            }
        }
    }

    @unsafe @inline(__always) private static func isASCII(_ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let raw = unsafe UnsafeRawPointer(start)
        var found: UInt64 = 0
        var index = 0
        while index + 8 <= count {
            found |= unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            index += 8
        }
        if index < count {
            let last = unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            found |= last << UInt64(64 - 8 * (count - index))
        }
        return found & 0x8080_8080_8080_8080 == 0
    }

    private static func time(_ value: Int64, _ units: Int64) throws(ParquetDamage) -> Int64 {
        guard 0...86400 * units ~= value else { throw .malformed("\(value) is no time of day") }
        return value * (1_000_000_000 / units)
    }

    fileprivate static func moment(_ value: Int64, _ units: Int64) -> Moment {
        // Never multiplied back: what is nearest to the least number would be beyond it.
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: units)
        let fraction = remainder < 0 ? remainder + units : remainder
        return Moment(
            seconds: remainder < 0 ? quotient - 1 : quotient,
            nanoseconds: Int32(fraction * (1_000_000_000 / units))
        )
    }

    private static func interval(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ text: inout [UInt8]
    ) throws(ParquetDamage) {
        let raw = UnsafeRawBufferPointer(bytes)
        precondition(raw.count >= 12)
        let part = { (index: Int) in
            unsafe UInt64(raw.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
        }
        let milliseconds = part(2) % 1000
        var fraction = ""
        if milliseconds > 0 {
            let digits = "\(1000 + milliseconds)".dropFirst()
            fraction = "." + digits.prefix { _ in true }
            while fraction.last == "0" { fraction.removeLast() }
        }
        text += "P\(part(0))M\(part(1))DT\(part(2) / 1000)\(fraction)S".utf8
    }
}

/// INT96: nanoseconds of a day, and the day's Julian number, without alignment.
private struct OldTimestamp: BitwiseCopyable {
    private let low: UInt32
    private let high: UInt32
    private let day: UInt32

    /// The Julian number of 1970-01-01.
    private static let epoch: Int64 = 2_440_588

    var moment: Moment {
        let nanoseconds = Int64(bitPattern: UInt64(high) << 32 | UInt64(low))
        var moment = CellMaker.moment(nanoseconds, 1_000_000_000)
        moment.seconds += (Int64(Int32(bitPattern: day)) - OldTimestamp.epoch) * 86400
        return moment
    }
}

/// Writes whole numbers of any length as decimals.
private struct DecimalText {
    /// The magnitude, the lowest 64 bits first.
    private var limbs: [UInt64] = []
    /// The digits by nineteen, the lowest first.
    private var groups: [UInt64] = []

    /// Bytes of a number; 2,400 digits take them.
    private static let longest = 1000
    /// Ten to the power of nineteen: the highest below 2 to the power of 64.
    private static let group: UInt64 = 10_000_000_000_000_000_000

    /// Appends a number of two's complement with `scale` digits behind the point.
    mutating func write(
        _ bytes: UnsafeBufferPointer<UInt8>,
        scale: Int,
        isLittle: Bool,
        to text: inout [UInt8]
    ) throws(ParquetDamage) {
        guard 1...DecimalText.longest ~= bytes.count else { throw .malformed("a decimal has \(bytes.count) bytes") }
        let isNegative = unsafe (isLittle ? bytes[bytes.count - 1] : bytes[0]) >= 128
        unsafe load(bytes, isLittle, isNegative)
        divide()
        if isNegative { text.append(UInt8(ascii: "-")) }
        let digits = DecimalText.digits(groups)
        let point = digits.count - scale
        if point > 0 {
            text += digits[..<point]
        } else {
            text.append(UInt8(ascii: "0"))
        }
        guard scale > 0 else { return }
        text.append(UInt8(ascii: "."))
        if point < 0 { text += repeatElement(UInt8(ascii: "0"), count: -point) }
        text += digits[max(point, 0)...]
    }

    private mutating func load(_ bytes: UnsafeBufferPointer<UInt8>, _ isLittle: Bool, _ isNegative: Bool) {
        limbs.removeAll(keepingCapacity: true)
        let fill: UInt64 = isNegative ? .max : 0
        for place in 0..<bytes.count {
            let byte = unsafe bytes[isLittle ? place : bytes.count - 1 - place]
            if place % 8 == 0 { limbs.append(fill) }
            let shift = UInt64(place % 8 * 8)
            limbs[place / 8] = limbs[place / 8] & ~(0xFF << shift) | UInt64(byte) << shift
        }
        guard isNegative else { return }
        var carry = true
        for index in limbs.indices {
            let (sum, overflow) = (~limbs[index]).addingReportingOverflow(carry ? 1 : 0)
            limbs[index] = sum
            carry = overflow
        }
    }

    private mutating func divide() {
        groups.removeAll(keepingCapacity: true)
        while let highest = limbs.last {
            if highest == 0 {
                limbs.removeLast()
                continue
            }
            if limbs.count == 1, highest < DecimalText.group {
                groups.append(highest)
                return
            }
            var rest: UInt64 = 0
            for index in limbs.indices.reversed() {
                (limbs[index], rest) = DecimalText.group.dividingFullWidth((rest, limbs[index]))
            }
            groups.append(rest)
        }
    }

    private static func digits(_ groups: [UInt64]) -> [UInt8] {
        var digits: [UInt8] = []
        for (index, group) in groups.reversed().enumerated() {
            let text = String(group).utf8
            if index > 0 { digits += repeatElement(UInt8(ascii: "0"), count: 19 - text.count) }
            digits += text
        }
        return digits.isEmpty ? [UInt8(ascii: "0")] : digits
    }
}
