internal import Glibc
internal import SluiceCore
internal import SluiceTables

/// What becomes of the values of a column on their way into another one: the text that the database reads as exactly the
/// same value, or bytes. A value that the database would take and change in silence is refused.
struct CellConversion: Sendable, Hashable {
    /// What a value is in the source.
    private enum Form: Sendable, Hashable {
        case text
        case bytes
        /// Of fixed width.
        case fixed(Column)
    }

    /// What it becomes.
    private enum Aim: Sendable, Hashable {
        case text
        /// With no more digits behind the point than these, other than zeros.
        case number(scale: Int)
        /// The same, and 0 and 1 for `false` and `true`.
        case integer
        case truth
        case time(digits: Int)
        case moment(Moments, digits: Int)
        case bytes(BinaryText)
        /// `\x` and hexadecimal digits.
        case bytesText(BinaryText)
        /// The bits of a number, in so many bytes.
        case bits(bytes: Int, BinaryText)
    }

    private enum Moments: Sendable, Hashable {
        case asTheyAre, inUTC
    }

    private let form: Form
    private let aim: Aim
    private let takesZero: Bool
    private let writesBC: Bool
    private let typeName: String
    private let truncation: Truncation?
    /// Whether the driver gets bytes rather than text.
    let isBinary: Bool

    /// - Parameter truncates: whether a value may lose what has no room; else it is refused.
    init(
        _ source: Column,
        _ target: TargetColumn,
        _ bytes: BinaryText,
        _ profile: WritingProfile,
        truncates: Bool = false
    ) {
        truncation = truncates && target.isTyped ? Truncation(from: source, to: target) : nil
        form =
            switch source.form {
            case .text: .text
            case .binary: .bytes
            default: .fixed(source)
            }
        let isBit = target.castType == "bit" && profile.way == .parameterArrays
        let aim: Aim =
            switch target.type {
            case .boolean where isBit: .bits(bytes: 1, bytes)
            case .binary(let length) where isBit: .bits(bytes: length ?? 8, bytes)
            case .binary where profile.way == .textArrays: .bytesText(bytes)
            case .binary: .bytes(bytes)
            case .boolean where profile.hasBooleanDigits: .truth
            case .integer where profile.hasBooleanDigits: .integer
            case _ where !target.isTyped: .text
            case .integer: .number(scale: 0)
            case .decimal(_, let scale?): .number(scale: scale)
            case .time(let digits): .time(digits: digits)
            case .timestamp(let digits): .moment(.inUTC, digits: digits)
            case .instant(let digits): .moment(profile.writesUTC ? .inUTC : .asTheyAre, digits: digits)
            case .date: .moment(.asTheyAre, digits: 0)
            default: .text
            }
        self.aim = aim
        isBinary =
            switch aim {
            case .bytes, .bits: true
            default: false
            }
        takesZero = profile.takesZero || isBinary
        writesBC = profile.writesBC
        typeName = target.typeName
    }

    /// What came of a value.
    enum Outcome {
        case bytes(Int)
        case refused(BadRow.Code, String)
    }

    /// Bytes that `write` may write for a value of `count`.
    func most(_ count: Int) -> Int { 2 * count + 96 }

    /// Writes what a value becomes to `place`.
    @unsafe @inline(__always)
    func write(_ value: UnsafeBufferPointer<UInt8>, to place: UnsafeMutablePointer<UInt8>) -> Outcome {
        switch form {
        case .text:
            if case .text = aim, takesZero, truncation == nil {
                return unsafe .bytes(CellConversion.copy(value, place))
            }
            return unsafe convert(value, to: place)
        case .bytes: return unsafe raw(value, to: place)
        case .fixed(let column):
            return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: CellText.most) { text in
                let count = unsafe CellText.write(value, of: column, to: text.baseAddress!)
                return unsafe convert(UnsafeBufferPointer(rebasing: text[..<count]), to: place)
            }
        }
    }

    @unsafe private static func copy(_ value: UnsafeBufferPointer<UInt8>, _ place: UnsafeMutablePointer<UInt8>) -> Int {
        if let start = value.baseAddress { unsafe place.update(from: start, count: value.count) }
        return value.count
    }

    /// Bytes of the source as they are.
    @unsafe private func raw(_ value: UnsafeBufferPointer<UInt8>, to place: UnsafeMutablePointer<UInt8>) -> Outcome {
        switch aim {
        case .bytes, .bits: return unsafe .bytes(CellConversion.copy(value, place))
        case .bytesText: return unsafe .bytes(CellText.hexadecimal(value, prefix: true, to: place))
        default: return unsafe .bytes(CellText.hexadecimal(value, prefix: false, to: place))
        }
    }

    /// A text of the source, which is the canonical one or one that the database may know besides.
    @unsafe private func convert(_ text: UnsafeBufferPointer<UInt8>, to place: UnsafeMutablePointer<UInt8>) -> Outcome {
        guard let truncation else { return unsafe convertAll(text, to: place) }
        return unsafe truncation.withKept(text) { unsafe convertAll($0, to: place) }
    }

    @unsafe private func convertAll(_ text: UnsafeBufferPointer<UInt8>, to place: UnsafeMutablePointer<UInt8>)
        -> Outcome
    {
        if !takesZero, let start = text.baseAddress, unsafe memchr(start, 0, text.count) != nil {
            return .refused(.badValue, "which holds the character 0, and the database can't")
        }
        switch aim {
        case .text: return unsafe .bytes(CellConversion.copy(text, place))
        case .number(let scale): return unsafe number(text, scale, place)
        case .integer:
            if let truth = unsafe CellText.truth(text) { return unsafe put(truth ? 49 : 48, place) }
            return unsafe number(text, 0, place)
        case .truth:
            if let truth = unsafe CellText.truth(text) { return unsafe put(truth ? 49 : 48, place) }
            return unsafe .bytes(CellConversion.copy(text, place))
        case .time(let digits):
            guard unsafe CellText.digitsOfSecond(text) <= digits else { return tooExact }
            return unsafe .bytes(CellConversion.copy(text, place))
        case .moment(let moments, let digits):
            guard unsafe CellText.digitsOfSecond(text) <= digits else { return tooExact }
            return unsafe .bytes(CellText.moment(text, inUTC: moments == .inUTC, writesBC: writesBC, to: place))
        case .bytes(let kind):
            guard let count = unsafe CellText.bytes(text, isBase64: kind == .base64, to: place) else {
                return noBytes(kind)
            }
            return .bytes(count)
        case .bytesText(let kind):
            // The bytes stand behind the text that they become.
            let apart = unsafe place + text.count + 8
            guard let count = unsafe CellText.bytes(text, isBase64: kind == .base64, to: apart) else {
                return noBytes(kind)
            }
            let bytes = unsafe Array(UnsafeBufferPointer(start: apart, count: count))
            return unsafe bytes.withUnsafeBufferPointer {
                unsafe .bytes(CellText.hexadecimal($0, prefix: true, to: place))
            }
        case .bits(let bytes, let kind): return unsafe bits(text, bytes, kind, place)
        }
    }

    @unsafe private func put(_ byte: UInt8, _ place: UnsafeMutablePointer<UInt8>) -> Outcome {
        unsafe place[0] = byte
        return .bytes(1)
    }

    @unsafe private func number(
        _ text: UnsafeBufferPointer<UInt8>,
        _ scale: Int,
        _ place: UnsafeMutablePointer<UInt8>
    ) -> Outcome {
        guard unsafe CellText.digitsBehindPoint(text) <= scale else { return tooExact }
        return unsafe .bytes(CellConversion.copy(text, place))
    }

    /// A number as a string of bits, of which the last byte is the least; or what are those bytes already.
    @unsafe private func bits(
        _ text: UnsafeBufferPointer<UInt8>,
        _ bytes: Int,
        _ kind: BinaryText,
        _ place: UnsafeMutablePointer<UInt8>
    ) -> Outcome {
        var number: UInt64?
        if let truth = unsafe CellText.truth(text) { number = truth ? 1 : 0 }
        if bytes == 1, text.count == 1, case let digit = unsafe text[0], digit &- 48 < 2 { number = UInt64(digit - 48) }
        if let number {
            for index in 0..<bytes { unsafe place[index] = index == bytes - 1 ? UInt8(number) : 0 }
            return .bytes(bytes)
        }
        guard let count = unsafe CellText.bytes(text, isBase64: kind == .base64, to: place) else {
            return .refused(.badValue, "which is neither true nor false nor bits")
        }
        return .bytes(count)
    }

    private var tooExact: Outcome {
        .refused(.badValue, "which has more digits behind the point than its type \(typeName) holds")
    }

    private func noBytes(_ kind: BinaryText) -> Outcome {
        .refused(.badValue, "which is not bytes in \(kind == .base64 ? "base64" : "hexadecimal digits")")
    }
}
