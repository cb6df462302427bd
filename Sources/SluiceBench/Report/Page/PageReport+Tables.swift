internal import SluiceCore

extension PageReport {
    /// The rates with each codec on lines of several speeds.
    static func lines(_ report: BenchReport) -> String {
        guard let first = report.allowances.first else { return "" }
        let head = ["codec"] + first.onLines.map { Rate.line($0.bitsPerSecond) }
        let rows = report.allowances.map { allowance in
            [allowance.codec == "none" ? "no codec" : allowance.codec] + allowance.onLines.map { Rate.text($0.rate) }
        }
        let text = row("th", head) + rows.map { row("td", $0) }.joined()
        return "<section>\n<h2>Bytes of the source a second, by the line's speed</h2>\n"
            + "<div class=\"wide\"><table>\n\(text)</table></div>\n</section>"
    }

    /// All figures, exactly.
    static func figures(_ report: BenchReport) -> String {
        var text = row("th", ["", "median", "min", "max", "rounds", "workers", "ratio"])
        for group in Figure.Group.allCases {
            let members = report.measurements(of: group)
            guard !members.isEmpty else { continue }
            text += "<tr class=\"group\"><td colspan=\"7\">\(Markup.escaped(group.title))</td></tr>\n"
            for measurement in members {
                let values = [measurement.median, measurement.min, measurement.max].map {
                    Rate.text($0, measurement.unit)
                }
                let rest = [
                    "\(measurement.rounds)", measurement.workers.map { "\($0)" } ?? "",
                    measurement.ratio.map(Rate.ratio) ?? "",
                ]
                text += row("td", [measurement.label] + values + rest)
            }
        }
        return "<section>\n<details open><summary>All figures</summary>\n"
            + "<div class=\"wide\"><table>\n\(text)</table></div>\n</details>\n</section>"
    }

    private static func row(_ cell: String, _ texts: [String]) -> String {
        "<tr>" + texts.map { Markup.element(cell, $0) }.joined() + "</tr>\n"
    }
}
