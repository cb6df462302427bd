import SluiceTestSupport

/// Bytes to compress, always the same.
enum Sample: String, CaseIterable, Sendable {
    /// Words and numbers in lines: about half of the size is left.
    case text
    /// One value: hardly anything is left.
    case zeros
    /// Nothing that a codec could gain.
    case noise

    /// No bytes, one, and one less and one more than the blocks of the formats: 65,535 bytes are a stored block of
    /// deflate, 64 KiB and 4 MiB an LZ4 block, 128 KiB a zstd block.
    static let lengths = [
        0, 1, 100, 65_535, 65_536, 65_537, (1 << 17) + 1, (1 << 20) - 1, 1 << 20, (4 << 20) + 1,
    ]

    func bytes(_ count: Int) -> [UInt8] { Array(whole.prefix(count)) }

    private var whole: [UInt8] {
        switch self {
        case .text: Sample.wholeText
        case .zeros: Sample.wholeZeros
        case .noise: Sample.wholeNoise
        }
    }

    private static let wholeZeros = [UInt8](repeating: 0, count: (4 << 20) + 1)
    private static let wholeNoise: [UInt8] = {
        var generator = SeededGenerator(seed: 11)
        return generator.bytes((4 << 20) + 1)
    }()
    private static let wholeText: [UInt8] = {
        var generator = SeededGenerator(seed: 12)
        let words = ["carefully", "final", "deposits", "detect", "slyly", "against", "AIR", "TRUCK", "1996-03-13"]
            .map { Array($0.utf8) }
        var text: [UInt8] = []
        while text.count < (4 << 20) + 1 {
            let number = generator.next()
            text += words[Int(number % UInt64(words.count))]
            text += String(number >> 40).utf8
            text.append(number >> 4 & 7 == 0 ? UInt8(ascii: "\n") : UInt8(ascii: "|"))
        }
        return text
    }()
}
