internal import SluiceCore

/// What changed from one report to another, and what is only noise.
package struct Comparison: Sendable, Equatable {
    package enum Verdict: String, Sendable {
        case better, worse
        /// The difference is no larger than what the rounds of one report vary by.
        case noise
        /// Too few rounds to tell.
        case unclear
        case onlyBefore = "only in the first"
        case onlyAfter = "only in the second"
    }

    /// One figure in both reports.
    package struct Entry: Sendable, Equatable {
        package let group: Figure.Group
        package let label: String
        package let unit: Figure.Unit
        package let before: Double?
        package let after: Double?
        package let verdict: Verdict

        /// What the second median is of the first.
        package var ratio: Double? {
            guard let before, let after, before > 0 else { return nil }
            return after / before
        }
    }

    package let entries: [Entry]
    /// Why the reports may not be comparable, a sentence each.
    package let warnings: [String]

    package init(_ before: BenchReport, _ after: BenchReport) {
        warnings = Comparison.warnings(before, after)
        let known = Set(before.measurements.map(\.id))
        let disturbance = max(before.machine.takenByOthers ?? 0, after.machine.takenByOthers ?? 0)
        entries =
            before.measurements.map { Comparison.entry($0, after.measurement($0.id), disturbance) }
            + after.measurements.filter { !known.contains($0.id) }.map { Comparison.entry(nil, $0, disturbance) }
    }

    private static func entry(_ before: Measurement?, _ after: Measurement?, _ disturbance: Double) -> Entry {
        guard let any = before ?? after else { preconditionFailure("one of them is there") }
        let verdict: Verdict =
            switch (before, after) {
            case (let before?, let after?): Comparison.verdict(before, after, disturbance: disturbance)
            case (_, nil): .onlyBefore
            case (nil, _): .onlyAfter
            }
        return Entry(
            group: any.group,
            label: any.label,
            unit: any.unit,
            before: before?.median,
            after: after?.median,
            verdict: verdict
        )
    }

    /// Below this even a quiet machine differs from itself: clock speeds, where memory happens to lie.
    private static let floor = 0.03

    /// Whether the second of two measurements of one figure is another than the first.
    ///
    /// It is when no round of the one reached any round of the other, and the medians lie further apart than half of
    /// what the rounds of either vary by: three rounds each stand apart by mere chance once in ten times.
    ///
    /// - Parameter disturbance: the share of the processors that others had; by so much either may be off.
    static func verdict(_ before: Measurement, _ after: Measurement, disturbance: Double) -> Verdict {
        guard before.rounds >= Rounds.least, after.rounds >= Rounds.least, before.median > 0, after.median > 0 else {
            return .unclear
        }
        let isApart = after.min > before.max || after.max < before.min
        let change = max(after.median / before.median, before.median / after.median) - 1
        guard isApart, change > max(floor, disturbance, before.spread / 2, after.spread / 2) else { return .noise }
        return (after.median > before.median) == before.unit.isRate ? .better : .worse
    }

    private static func warnings(_ before: BenchReport, _ after: BenchReport) -> [String] {
        var warnings: [String] = []
        if (before.machine.processor, before.machine.cores) != (after.machine.processor, after.machine.cores) {
            warnings.append("They are from different machines.")
        }
        if before.sample != after.sample {
            warnings.append("Their samples differ: codecs and digests worked on other data.")
        }
        if before.source != after.source || before.sink != after.sink {
            warnings.append("They have different sources or sinks.")
        }
        for (name, report) in [("first", before), ("second", after)] {
            guard let share = report.machine.takenByOthers, share >= Findings.disturbing else { continue }
            warnings.append("Other programs took \(Rate.percent(share)) of the processors during the \(name).")
        }
        return warnings
    }
}

extension Comparison {
    /// The comparison as a table for people.
    package var text: String {
        var rows: [TextTable.Row] = [.cells(["", "first", "second", "change", ""])]
        for group in Figure.Group.allCases {
            let members = entries.filter { $0.group == group }
            guard !members.isEmpty else { continue }
            rows += [.line(""), .line(group.title)] + members.map { .cells(Comparison.cells($0)) }
        }
        let changed = entries.count { $0.verdict == .better || $0.verdict == .worse }
        let noise = entries.count { $0.verdict == .noise }
        let sum = "\(changed) of \(entries.count) figures changed; \(noise) differ by no more than noise."
        return (warnings + (warnings.isEmpty ? [] : [""]) + TextTable(rows).lines + ["", sum]).joined(separator: "\n")
            + "\n"
    }

    private static func cells(_ entry: Entry) -> [String] {
        [
            "  " + entry.label,
            entry.before.map { Rate.text($0, entry.unit) } ?? "",
            entry.after.map { Rate.text($0, entry.unit) } ?? "",
            entry.ratio.map { ($0 >= 1 ? "+" : "") + fixed(($0 - 1) * 100, 1) + " %" } ?? "",
            entry.verdict.rawValue,
        ]
    }
}
