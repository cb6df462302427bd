internal import SluiceCore

/// The report as a table for people.
package struct TextReport {
    private let report: BenchReport

    package init(_ report: BenchReport) { self.report = report }

    package var text: String {
        var lines = head
        lines += figures
        lines += allowances
        if !report.stages.isEmpty { lines += stages }
        if !report.findings.isEmpty {
            lines += ["", "What follows"]
            lines += report.findings.flatMap { TextReport.wrapped("- " + $0, indent: "  ") }
        }
        if let command = report.commandLine { lines += ["", "The copy with these settings", "  " + command] }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A terminal as wide as the tables breaks no line of these.
    private static let width = 100

    /// `text` broken at blanks; the lines after the first stand under its third letter.
    static func wrapped(_ text: String, indent: String) -> [String] {
        var lines: [String] = []
        var line = indent
        for word in text.split(separator: " ") {
            if line.count + word.count > width, line.contains(where: { $0 != " " }) {
                lines.append(String(line.dropLast()))
                line = indent + "  "
            }
            line += word + " "
        }
        return lines + [String(line.dropLast())]
    }

    private var head: [String] {
        let machine = report.machine
        let parts = [
            machine.processor, machine.cores == 1 ? "1 core" : "\(machine.cores) cores",
            "\(ByteCount(machine.memoryBytes)) of memory", machine.kernel,
        ]
        var lines = [parts.compactMap(\.self).joined(separator: ", ")]
        if let source = report.source { lines.append("Source: \(source)") }
        if let sink = report.sink { lines.append("Sink:   \(sink)") }
        lines.append("Sample: \(report.sample.origin), \(ByteCount(report.sample.bytes))")
        return lines
    }

    private var figures: [String] {
        var rows: [TextTable.Row] = [.cells(["", "median", "min", "max", "rounds", "ratio"])]
        for group in Figure.Group.allCases {
            let members = report.measurements(of: group)
            guard !members.isEmpty else { continue }
            rows += [.line(""), .line(group.title)]
            rows += members.map { measurement in
                .cells([
                    "  " + measurement.label,
                    Rate.text(measurement.median, measurement.unit),
                    Rate.text(measurement.min, measurement.unit),
                    Rate.text(measurement.max, measurement.unit),
                    "\(measurement.rounds)",
                    measurement.ratio.map(Rate.ratio) ?? "",
                ])
            }
            rows += Set(members.compactMap(\.note)).sorted().map { .line("    (\($0))") }
        }
        return [""] + TextTable(rows).lines
    }

    private var allowances: [String] {
        guard let first = report.allowances.first else { return [] }
        var rows: [TextTable.Row] = [
            .line("What this machine allows for a copy over HTTPS, in bytes of the source"),
            .cells(["", "any line", "of that sent"] + first.onLines.map { Rate.line($0.bitsPerSecond) }),
        ]
        rows += report.allowances.map { allowance in
            .cells(
                ["  " + allowance.codec, Rate.text(allowance.rate), Rate.text(allowance.wireRate)]
                    + allowance.onLines.map { Rate.text($0.rate) }
            )
        }
        return [""] + TextTable(rows).lines
    }

    private var stages: [String] {
        var rows: [TextTable.Row] = [
            .line("Where the stages' time went"), .cells(["", "busy", "waiting for input", "waiting for output"]),
        ]
        rows += report.stages.map { stage in
            .cells([
                "  " + stage.name, Rate.percent(stage.busy), Rate.percent(stage.waitingForInput),
                Rate.percent(stage.waitingForOutput),
            ])
        }
        if let share = report.processorShare {
            rows.append(.line("    (of the processors' time it had \(Rate.percent(share)))"))
        }
        return [""] + TextTable(rows).lines
    }
}

/// Columns as wide as their cells: the first to the left, the others to the right.
struct TextTable {
    enum Row {
        case cells([String])
        /// Across all columns.
        case line(String)
    }

    private let rows: [Row]

    init(_ rows: [Row]) { self.rows = rows }

    var lines: [String] {
        var widths: [Int] = []
        for case .cells(let cells) in rows {
            for (column, cell) in cells.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            switch row {
            case .line(let text): return text
            case .cells(let cells):
                let padded = cells.enumerated().map { column, cell in
                    let blanks = String(repeating: " ", count: widths[column] - cell.count)
                    return column == 0 ? cell + blanks : blanks + cell
                }
                var line = padded.joined(separator: "   ")
                while line.last == " " { line.removeLast() }
                return line
            }
        }
    }
}
