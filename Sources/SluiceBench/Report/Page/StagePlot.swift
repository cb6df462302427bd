internal import SluiceCore

/// How the time of each stage's workers was spent: one bar a stage, in three parts, as inline SVG.
struct StagePlot {
    var stages: [StageShare]

    private static let width = 860.0
    private static let left = 250.0
    private static let right = 60.0
    private static let rowHeight = 30.0
    private static let barHeight = 18.0
    /// A part narrower than this has no room for its figure.
    private static let leastLabelled = 0.07

    var svg: String {
        let height = StagePlot.rowHeight * Double(stages.count)
        var text = "<div class=\"plot\"><svg viewBox=\"0 0 \(number(StagePlot.width)) \(number(height))\" role=\"img\" "
        text += "aria-label=\"Where the stages' time went\">\n"
        for (index, stage) in stages.enumerated() { text += row(stage, top: StagePlot.rowHeight * Double(index)) }
        return text + "</svg></div>\n"
    }

    private func row(_ stage: StageShare, top: Double) -> String {
        let middle = top + StagePlot.rowHeight / 2
        let parts = [
            ("busy", "busy", stage.busy), ("input", "waiting for input", stage.waitingForInput),
            ("output", "waiting for output", stage.waitingForOutput),
        ]
        var text = "<text class=\"label\" x=\"\(number(StagePlot.left - 10))\" y=\"\(number(middle + 4))\">"
        text += "\(Markup.escaped(stage.name))</text>"
        var x = StagePlot.left
        for (style, name, share) in parts where share > 0.001 {
            let width = share * (StagePlot.width - StagePlot.left - StagePlot.right)
            text += "<g><title>\(Markup.escaped("\(stage.name), \(name): \(Rate.percent(share))"))</title>"
            text += "<rect class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(middle - StagePlot.barHeight / 2))\" "
            text += "width=\"\(number(width))\" height=\"\(number(StagePlot.barHeight))\"/>"
            if share >= StagePlot.leastLabelled {
                text +=
                    "<text class=\"share \(style)-text\" x=\"\(number(x + width / 2))\" y=\"\(number(middle + 4))\">"
                text += "\(Markup.escaped(Rate.percent(share)))</text>"
            }
            text += "</g>"
            x += width
        }
        return text + "\n"
    }

    private func number(_ value: Double) -> String { fixed(value, 1) }
}
