/// A number of bytes.
///
/// Written on the command line as `8388608`, `8M`, `8MiB` (both 1024 × 1024 × 8) or `8MB` (1000 × 1000 × 8).
package struct ByteCount: RawRepresentable, Hashable, Comparable, Sendable {
    package var rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }
    package init(_ rawValue: Int) { self.rawValue = rawValue }

    package static func kibibytes(_ count: Int) -> ByteCount { ByteCount(count << 10) }
    package static func mebibytes(_ count: Int) -> ByteCount { ByteCount(count << 20) }
    package static func gibibytes(_ count: Int) -> ByteCount { ByteCount(count << 30) }

    package static func < (left: ByteCount, right: ByteCount) -> Bool { left.rawValue < right.rawValue }
}

extension ByteCount {
    /// Reads a size as the command line writes it; nil when it is malformed, negative or above `Int.max`.
    package init?(parsing text: String) {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(number.count).uppercased()
        guard let scale = ByteCount.scales[unit], !number.isEmpty else { return nil }
        if let whole = Int(number) {
            let (bytes, overflow) = whole.multipliedReportingOverflow(by: scale)
            guard !overflow else { return nil }
            self.init(bytes)
        } else {
            guard let fraction = Double(number), fraction * Double(scale) < 0x1p62 else { return nil }
            self.init(Int(fraction * Double(scale)))
        }
    }

    private static let scales: [String: Int] = [
        "": 1, "B": 1,
        "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40,
        "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40,
        "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000,
    ]
}

extension ByteCount: CustomStringConvertible {
    /// Three significant figures in binary units: `1.59 GiB`.
    package var description: String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        var value = Double(rawValue)
        var unit = 0
        // Bounds at which rounding would carry into another figure.
        while value >= (unit == 0 ? 1024 : 1023.5), unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        guard unit > 0 else { return "\(rawValue) B" }
        return "\(fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0)) \(units[unit])"
    }
}

/// `value` with `places` digits behind the point, without a locale.
package func fixed(_ value: Double, _ places: Int) -> String {
    guard value.isFinite else { return "-" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 0x1p62 else { return "\(value)" }
    let digits = String(Int(scaled))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return sign + padded.dropLast(places) + "." + padded.suffix(places)
}
