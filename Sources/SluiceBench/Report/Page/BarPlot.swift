internal import SluiceCore

/// Horizontal bars from zero with whiskers from the least to the largest value, as inline SVG.
struct BarPlot {
    struct Bar {
        var label: String
        var value: Double
        var low: Double
        var high: Double
        /// What stands behind the bar.
        var text: String
        /// Behind it in a fainter colour: a ratio.
        var remark: String?
        /// Which of two colours it has.
        var isSecond = false
    }

    /// What the plot shows, for those who can't see it.
    var title: String
    var bars: [Bar]
    var unit: Figure.Unit = .bytesPerSecond

    private static let width = 860.0
    private static let left = 250.0
    /// Room behind the longest bar for its text.
    private static let right = 190.0
    private static let rowHeight = 26.0
    private static let barHeight = 14.0
    private static let axisHeight = 24.0

    /// The largest value, or just above zero.
    private var most: Double { max(bars.map(\.high).max() ?? 0, 1e-12) }

    var svg: String {
        let height = BarPlot.rowHeight * Double(bars.count) + BarPlot.axisHeight
        var text =
            "<div class=\"plot\"><svg viewBox=\"0 0 \(number(BarPlot.width)) \(number(height))\" role=\"img\" aria-label=\"\(Markup.escaped(title))\">\n"
        let scale = (BarPlot.width - BarPlot.left - BarPlot.right) / most
        text += axis(scale, height)
        for (index, bar) in bars.enumerated() {
            text += row(bar, middle: BarPlot.rowHeight * (Double(index) + 0.5), scale)
        }
        return text + "</svg></div>\n"
    }

    private func axis(_ scale: Double, _ height: Double) -> String {
        let bottom = height - BarPlot.axisHeight
        return AxisTicks.values(upTo: most, isBinary: unit == .bytesPerSecond).map { value in
            let x = number(BarPlot.left + value * scale)
            return "<line class=\"grid\" x1=\"\(x)\" x2=\"\(x)\" y1=\"0\" y2=\"\(number(bottom))\"/>"
                + "<text class=\"tick\" x=\"\(x)\" y=\"\(number(bottom + 16))\">\(Markup.escaped(AxisTicks.text(value, unit)))</text>\n"
        }.joined()
    }

    private func row(_ bar: Bar, middle: Double, _ scale: Double) -> String {
        let left = BarPlot.left
        let low = left + bar.low * scale
        let high = left + bar.high * scale
        let cap = BarPlot.barHeight / 3
        let hint = "\(bar.label): \(bar.text), from \(Rate.text(bar.low, unit)) to \(Rate.text(bar.high, unit))"
        var text = "<g><title>\(Markup.escaped(hint))</title>"
        text +=
            "<text class=\"label\" x=\"\(number(left - 10))\" y=\"\(number(middle + 4))\">\(Markup.escaped(bar.label))</text>"
        text += "<rect class=\"\(bar.isSecond ? "second" : "first")\" x=\"\(number(left))\" "
        text += "y=\"\(number(middle - BarPlot.barHeight / 2))\" width=\"\(number(max(1, bar.value * scale)))\" "
        text += "height=\"\(number(BarPlot.barHeight))\" rx=\"2\"/>"
        if bar.high > bar.low {
            text += "<path class=\"whisker\" d=\"M\(number(low)) \(number(middle - cap))V\(number(middle + cap))"
            text += "M\(number(high)) \(number(middle - cap))V\(number(middle + cap))"
            text += "M\(number(low)) \(number(middle))H\(number(high))\"/>"
        }
        let x = number(max(high, left + bar.value * scale) + 8)
        text += "<text class=\"value\" x=\"\(x)\" y=\"\(number(middle + 4))\">\(Markup.escaped(bar.text))"
        if let remark = bar.remark { text += "<tspan class=\"remark\" dx=\"8\">\(Markup.escaped(remark))</tspan>" }
        return text + "</text></g>\n"
    }

    private func number(_ value: Double) -> String { fixed(value, 1) }
}

extension BarPlot.Bar {
    init(_ measurement: Measurement, isSecond: Bool = false) {
        self.init(
            label: measurement.label,
            value: measurement.median,
            low: measurement.min,
            high: measurement.max,
            text: Rate.text(measurement.median, measurement.unit),
            remark: measurement.ratio.map(Rate.ratio),
            isSecond: isSecond
        )
    }
}

/// Round values along an axis that starts at zero.
enum AxisTicks {
    /// Three to six steps of 1, 2 or 5 times a power of ten; of bytes, in the unit that they are written in.
    static func values(upTo most: Double, isBinary: Bool) -> [Double] {
        guard most > 0, most.isFinite else { return [0] }
        var unit = 1.0
        if isBinary { while most / unit >= 1024 { unit *= 1024 } }
        var step = unit
        while most / step > 10 { step *= 10 }
        while most / step <= 1 { step /= 10 }
        // Between one and ten of these: halves or fifths of them where they are few, twos and fives where many.
        let count = most / step
        if count > 6 { step *= 2 } else if count <= 2.5 { step /= count <= 1.25 ? 4 : 2 }
        return Array(stride(from: 0, through: most, by: step))
    }

    static func text(_ value: Double, _ unit: Figure.Unit) -> String {
        guard value > 0 else { return "0" }
        guard unit == .bytesPerSecond else { return value < 10 ? trimmed(value) : Rate.grouped(value) }
        let names = ["B/s", "KiB/s", "MiB/s", "GiB/s", "TiB/s"]
        var scaled = value
        var name = 0
        while scaled >= 1024, name < names.count - 1 {
            scaled /= 1024
            name += 1
        }
        return "\(trimmed(scaled)) \(names[name])"
    }

    /// Up to two places, without zeros at the end.
    private static func trimmed(_ value: Double) -> String {
        var text = fixed(value, 2)
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
