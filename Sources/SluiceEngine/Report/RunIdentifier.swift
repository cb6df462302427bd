package import SluiceCore

/// A run's name: a UUID of version 7 (RFC 9562, 5.7), so that names sort by their start.
package struct RunIdentifier: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// - Parameters:
    ///   - start: when the run began; its milliseconds are the first 48 bits.
    ///   - random: 10 bytes; all but the version's and the variant's bits are used.
    package init(start: Timestamp, random: some RandomNumberGenerator) {
        var random = random
        let milliseconds = UInt64(bitPattern: start.nanoseconds / 1_000_000)
        let high = milliseconds << 16 | 0x7000 | random.next() & 0x0FFF
        let low = 0x8000_0000_0000_0000 | random.next() & 0x3FFF_FFFF_FFFF_FFFF
        let text = Hex.encode(
            [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
        )
        var parts: [Substring] = []
        var rest = Substring(text)
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        description = parts.joined(separator: "-")
    }

    /// The name of a run that has one.
    package init(_ text: String) { description = text }

    package init(start: Timestamp) { self.init(start: start, random: SystemRandomNumberGenerator()) }
}
