internal import SluiceCore

/// What follows from the figures, in sentences.
enum Findings {
    /// What the machine allows with each codec, and which is the fastest on which line.
    ///
    /// - Parameter sourceName: what the bytes come from: `the disk`.
    static func ceilings(_ allowances: [CodecAllowance], sourceName: String) -> [String] {
        [allowed(allowances, sourceName), lines(allowances)].compactMap(\.self)
    }

    /// One sentence with the rate and its limit for each codec; nil where nothing is known.
    static func allowed(_ allowances: [CodecAllowance], _ sourceName: String) -> String? {
        guard !allowances.isEmpty else { return nil }
        let parts = allowances.map { allowance in
            let limit =
                switch allowance.limit {
                case .source: sourceName
                case .compression: "compression"
                case .processors: "the processors"
                case .line: "the line"
                }
            let codec = allowance.codec == "none" ? "without a codec" : "with \(allowance.codec)"
            return "\(Rate.text(allowance.rate)) \(codec) (\(limit))"
        }
        return "A copy over HTTPS may read, by the limit in brackets, " + parts.joined(separator: ", ") + "."
    }

    /// `On a line of 100 Mbit/s zstd:3 is the fastest …`; nil without codecs to choose from.
    static func lines(_ allowances: [CodecAllowance]) -> String? {
        guard allowances.count > 1, let first = allowances.first else { return nil }
        let parts: [String] = first.onLines.indices.compactMap { index in
            guard let best = best(allowances, onLine: index) else { return nil }
            let line = best.onLines[index]
            let name = best.codec == "none" ? "no codec" : best.codec
            return "\(Rate.line(line.bitsPerSecond)) \(index == 0 ? "is " : "")\(name) (\(Rate.text(line.rate)))"
        }
        return "The fastest on a line of " + parts.joined(separator: ", of ") + "."
    }

    /// A difference of rates that nobody would notice.
    private static let alike = 0.98

    /// The fastest; of those that are alike, the one that costs the least processor time.
    private static func best(_ allowances: [CodecAllowance], onLine index: Int) -> CodecAllowance? {
        let highest = allowances.map { $0.onLines[index].rate }.max() ?? 0
        let fast = allowances.filter { $0.onLines[index].rate >= highest * alike }
        return fast.min { $0.secondsPerGibibyte < $1.secondsPerGibibyte }
    }

    /// The share of the processors from which on others are told of.
    static let disturbing = 0.05

    /// Others that took the machine's processors meanwhile.
    static func disturbance(_ report: BenchReport) -> [String] {
        guard let share = report.machine.takenByOthers, share >= disturbing else { return [] }
        return [
            "Other programs took \(Rate.percent(share)) of the processors meanwhile: the figures are lower than on an idle machine, and vary more."
        ]
    }
}
