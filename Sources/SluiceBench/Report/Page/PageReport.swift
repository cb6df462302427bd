internal import SluiceCore

/// The report as one page of HTML that needs nothing else: no script, no font, no picture from anywhere.
package struct PageReport {
    private let report: BenchReport

    package init(_ report: BenchReport) { self.report = report }

    package var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(Markup.escaped(title)) – sluice bench</title>
        <style>
        \(PageStyle.css)
        </style>
        </head>
        <body>
        <main>
        \(head)
        \(findings)
        \(plots)
        \(PageReport.lines(report))
        \(PageReport.figures(report))
        </main>
        </body>
        </html>

        """
    }

    private var title: String {
        switch (report.source, report.sink) {
        case (let source?, let sink?): "\(source) → \(sink)"
        case (let source?, nil): source
        case (nil, let sink?): "→ \(sink)"
        case (nil, nil): "What this machine can do"
        }
    }

    private var head: String {
        let machine = report.machine
        let parts = [
            machine.processor, machine.cores == 1 ? "1 core" : "\(machine.cores) cores",
            "\(ByteCount(machine.memoryBytes)) of memory", machine.kernel,
        ]
        let time = "\(report.startedAt), \(fixed(report.secondsTaken, 0)) s, sluice \(report.version)"
        return """
            <header>
            \(Markup.element("h1", title))
            <p class="faint">\(Markup.escaped(parts.compactMap(\.self).joined(separator: " · ")))</p>
            <p class="faint">\(Markup.escaped(time)) · sample: \(Markup.escaped(report.sample.origin)), \
            \(ByteCount(report.sample.bytes))</p>
            </header>
            """
    }

    private var findings: String {
        guard !report.findings.isEmpty || report.commandLine != nil else { return "" }
        let items = report.findings.map { Markup.element("li", $0) }.joined(separator: "\n")
        let command = report.commandLine.map { "<pre>\(Markup.escaped($0))</pre>" } ?? ""
        return "<section>\n<h2>What follows</h2>\n<ul>\n\(items)\n</ul>\n\(command)\n</section>"
    }

    // MARK: Plots

    private var plots: String {
        var sections = [
            plot("The ends and the copy") { ends.contains($0.group) && !isBeside($0) },
            stages,
            plot(Figure.Group.connections.title) { $0.group == .connections },
            plot(Figure.Group.blockSize.title) { $0.group == .blockSize },
            allowances,
            codecs,
            plot("Memory, disk and CRCs", isFast),
            plot("Digests, encryption and HTTPS over loopback") { slowGroups.contains($0.group) && !isFast($0) },
        ]
        sections.removeAll { $0.isEmpty }
        return sections.joined(separator: "\n")
    }

    /// What runs at the speed of memory, or is compared with it: on one scale with the rest it would hide that.
    private func isFast(_ measurement: Measurement) -> Bool {
        [.memory, .disk].contains(measurement.group) || measurement.id.hasPrefix("digest.crc")
    }

    private let ends: [Figure.Group] = [.source, .sink, .copy]

    /// The page cache gives many times what anything else does: on their scale nothing else would be seen.
    private func isBeside(_ measurement: Measurement) -> Bool {
        measurement.id == SourceProbe.id(.cached) && report.measurement(SourceProbe.id(.uncached)) != nil
    }

    private let slowGroups: [Figure.Group] = [.digest, .tls, .loopback]

    /// The rates in bytes of the measurements that `isShown` picks; empty where there are none.
    private func plot(_ title: String, _ isShown: (Measurement) -> Bool) -> String {
        let members = report.measurements.filter { isShown($0) && $0.unit == .bytesPerSecond }
        guard !members.isEmpty else { return "" }
        let plot = BarPlot(title: title, bars: members.map { .init($0) }).svg
        return section(title, plot, notes: PageReport.notes(of: members))
    }

    /// Each note once, with the figure's name where it is one figure's alone.
    private static func notes(of members: [Measurement]) -> [String] {
        var notes: [(text: String, labels: [String])] = []
        for member in members {
            guard let note = member.note else { continue }
            if let index = notes.firstIndex(where: { $0.text == note }) {
                notes[index].labels.append(member.label)
            } else {
                notes.append((note, [member.label]))
            }
        }
        return notes.map { $0.labels.count == 1 ? "\($0.labels[0]): \($0.text)" : $0.text }
    }

    private var codecs: String {
        let members = report.measurements(of: .codec)
        guard !members.isEmpty else { return "" }
        let bars = members.map { BarPlot.Bar($0, isSecond: $0.workers == 1 && report.machine.cores > 1) }
        let key = "<p class=\"key\"><span>all cores</span><span class=\"k-second\">one core</span></p>\n"
        let plot = BarPlot(title: Figure.Group.codec.title, bars: bars).svg
        return section(Figure.Group.codec.title, (report.machine.cores > 1 ? key : "") + plot, notes: [])
    }

    private var allowances: String {
        guard !report.allowances.isEmpty else { return "" }
        let bars = report.allowances.flatMap { allowance -> [BarPlot.Bar] in
            let read = Rate.text(allowance.rate)
            let sent = Rate.text(allowance.wireRate)
            let codec = allowance.codec == "none" ? "no codec" : allowance.codec
            let first = BarPlot.Bar(
                label: codec,
                value: allowance.rate,
                low: allowance.rate,
                high: allowance.rate,
                text: read
            )
            guard allowance.codec != "none" else { return [first] }
            var second = BarPlot.Bar(
                label: "",
                value: allowance.wireRate,
                low: allowance.wireRate,
                high: allowance.wireRate,
                text: sent
            )
            second.isSecond = true
            return [first, second]
        }
        let title = "What this machine allows for a copy over HTTPS"
        let key = "<p class=\"key\"><span>bytes of the source</span><span class=\"k-second\">of that sent</span></p>\n"
        let note =
            "A ceiling by the processors and the source, worked out from the figures below; the line is not in it."
        return section(title, key + BarPlot(title: title, bars: bars).svg, notes: [note])
    }

    private var stages: String {
        guard !report.stages.isEmpty else { return "" }
        let key =
            "<p class=\"key\"><span>busy</span><span class=\"k-input\">waiting for input</span>"
            + "<span class=\"k-output\">waiting for output</span></p>\n"
        let notes = report.processorShare.map { ["Of the processors' time the copy had \(Rate.percent($0))."] } ?? []
        return section("Where the stages' time went", key + StagePlot(stages: report.stages).svg, notes: notes)
    }

    private func section(_ title: String, _ content: String, notes: [String]) -> String {
        let notes = notes.map { "<p class=\"note\">\(Markup.escaped($0))</p>\n" }.joined()
        return "<section>\n\(Markup.element("h2", title))\n\(content)\(notes)</section>"
    }
}
