internal import SluiceCore

/// Figures as people read them.
enum Rate {
    /// `1.59 GiB/s`.
    static func text(_ bytesPerSecond: Double) -> String {
        guard bytesPerSecond.isFinite, bytesPerSecond < 0x1p62 else { return "-" }
        return "\(ByteCount(Int(max(0, bytesPerSecond))))/s"
    }

    /// `87 %`.
    static func percent(_ share: Double) -> String { "\(fixed(share * 100, 0)) %" }

    /// `1 Gbit/s`.
    static func line(_ bitsPerSecond: Double) -> String {
        bitsPerSecond >= 1e9 ? "\(fixed(bitsPerSecond / 1e9, 0)) Gbit/s" : "\(fixed(bitsPerSecond / 1e6, 0)) Mbit/s"
    }

    /// `3.1 : 1`.
    static func ratio(_ ratio: Double) -> String { "\(fixed(ratio, 2)) : 1" }

    /// A value of a measurement in its unit.
    static func text(_ value: Double, _ unit: Figure.Unit) -> String {
        switch unit {
        case .bytesPerSecond: text(value)
        case .objectsPerSecond: "\(grouped(value)) objects/s"
        case .secondsPerGibibyte: "\(fixed(value, 2)) s/GiB"
        }
    }

    /// `12,345`.
    static func grouped(_ value: Double) -> String {
        let digits = Array(fixed(value, 0))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3), digits[index - 1] != "-" { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
