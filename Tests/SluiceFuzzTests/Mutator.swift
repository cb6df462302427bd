import SluiceTestSupport

/// Makes inputs from samples: bits flipped, bytes and words put in, pieces cut, repeated, moved and nested. The same
/// seed gives the same inputs.
struct Mutator {
    private var random: SeededGenerator
    private let samples: [[UInt8]]
    private let words: [[UInt8]]
    private var limit = Mutator.usual

    /// Bytes of most inputs, and of one in 64, which is out of every bound that a parser has but the one on a whole answer.
    private static let usual = 1 << 11
    private static let longest = 1 << 16

    init(samples: [[UInt8]], words: [String], seed: UInt64) {
        random = SeededGenerator(seed: seed)
        self.samples = samples.isEmpty ? [[]] : samples
        self.words = words.map { Array($0.utf8) } + Mutator.anywhere
    }

    /// What breaks parsers of many kinds: the ends of number ranges, combining and zero-width characters, bytes that
    /// are not UTF-8, ends of lines and of C strings.
    private static let anywhere: [[UInt8]] =
        [
            "-1", "0", "+1", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
            "18446744073709551616", "1e400",
            "nan", "99999999999999999999999999", "\u{301}", "\u{200D}", "\u{FEFF}", "\u{10FFFF}", "\r\n", "\n", "\r",
            "\t", " ", "\0", "%", "%2",
            "%00", "%FF", "../", "\u{2028}", "\u{85}",
        ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]]

    /// The next input. Few are far from their sample: what is refused at its first byte shows little.
    mutating func next() -> [UInt8] {
        var bytes = pick(samples)
        var rounds = 1
        while rounds < 12, Bool.random(using: &random) { rounds += 1 }
        limit = Int.random(in: 0..<64, using: &random) == 0 ? Mutator.longest : Mutator.usual
        for _ in 0..<rounds { change(&bytes) }
        if bytes.count > limit { bytes.removeLast(bytes.count - limit) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let range = range(of: bytes)
        switch UInt8.random(in: 0..<11, using: &random) {
        case 0: if !range.isEmpty { bytes[range.lowerBound] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
        case 1: if !range.isEmpty { bytes[range.lowerBound] = UInt8.random(in: 0...255, using: &random) }
        case 2, 3: bytes.insert(contentsOf: pick(words), at: range.lowerBound)
        case 4: bytes.replaceSubrange(range, with: pick(words))
        case 5: bytes.removeSubrange(range)
        case 6: bytes.removeLast(bytes.count - range.lowerBound)
        case 7: bytes.insert(contentsOf: repeated(Array(bytes[range])), at: range.upperBound)
        case 8: bytes.insert(contentsOf: repeated(pick(words)), at: range.lowerBound)
        case 9:
            let other = pick(samples)
            let piece = self.range(of: other)
            bytes.replaceSubrange(range, with: other[piece])
        default:
            let piece = Array(bytes[range])
            bytes.removeSubrange(range)
            bytes.insert(contentsOf: piece, at: Int.random(in: 0...bytes.count, using: &random))
        }
    }

    /// Twice to some thousand times, as long as that stays within the bound.
    private mutating func repeated(_ piece: [UInt8]) -> [UInt8] {
        let times = 1 << Int.random(in: 1...12, using: &random)
        let count = min(times, limit / max(1, piece.count))
        return Array(repeatElement(piece, count: count).joined())
    }

    /// A piece, mostly short; empty at the end, too.
    private mutating func range(of bytes: [UInt8]) -> Range<Int> {
        let start = Int.random(in: 0...bytes.count, using: &random)
        let length = 1 << Int.random(in: 0...6, using: &random)
        return start..<min(bytes.count, start + length)
    }

    private mutating func pick(_ choices: [[UInt8]]) -> [UInt8] {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }
}
