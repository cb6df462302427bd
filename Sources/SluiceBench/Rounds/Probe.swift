internal import SluiceCore
internal import SluicePipeline

/// One thing that is measured in rounds. Used by one thread at a time.
protocol Probe: AnyObject {
    /// What it measures. Ratios and notes may become known with the rounds.
    var figures: [Figure] { get }

    /// How many turns of the common length its round takes.
    var turns: Int { get }

    /// Works for about `time`, or as long as the least that can be measured, and gives a value for each figure.
    func measure(for time: Duration) throws -> [Double]
}

extension Probe {
    var turns: Int { 1 }
}

/// What is measured now, for whoever waits.
package struct BenchStep: Sendable, Equatable {
    package var name: String
    /// Which round of how many; nil before the first.
    package var round: Int?
    package var rounds: Int?

    package init(_ name: String, round: Int? = nil, of rounds: Int? = nil) {
        self.name = name
        self.round = round
        self.rounds = rounds
    }
}

/// Measures probes in turns (A B C A B C …), so that a machine whose speed drifts treats all of them alike.
struct Rounds {
    /// The least that says something about noise.
    static let least = 3
    /// With more time than this the rounds are more, not only longer.
    private static let longEnough = Duration.seconds(15)
    private static let more = 5
    /// The part of a turn that goes into the warm-up: caches, clock speeds, connections, first guesses.
    private static let warmUpShare = 0.25

    let cancellation: Cancellation
    /// Hears what is measured next.
    let tell: @Sendable (BenchStep) -> Void

    /// Measures `probes` within `time` in all.
    /// - Throws: `Cancelled`, or what a probe throws.
    func run(_ probes: [any Probe], within time: Duration, called name: String) throws -> [Measurement] {
        guard !probes.isEmpty else { return [] }
        let count = time >= Rounds.longEnough ? Rounds.more : Rounds.least
        let turns = probes.reduce(0) { $0 + $1.turns }
        let turn = time / (Double(turns) * (Double(count) + Rounds.warmUpShare))
        tell(BenchStep(name))
        for probe in probes { _ = try measure(probe, for: turn * Double(probe.turns) * Rounds.warmUpShare) }
        var values: [[[Double]]] = probes.map { $0.figures.map { _ in [] } }
        for round in 1...count {
            tell(BenchStep(name, round: round, of: count))
            for (index, probe) in probes.enumerated() {
                for (figure, value) in try measure(probe, for: turn * Double(probe.turns)).enumerated() {
                    values[index][figure].append(value)
                }
            }
        }
        return zip(probes, values).flatMap { probe, values in
            zip(probe.figures, values).map { Measurement($0, values: $1) }
        }
    }

    private func measure(_ probe: any Probe, for time: Duration) throws -> [Double] {
        guard !cancellation.isCancelled else { throw Cancelled() }
        let values = try probe.measure(for: time)
        guard !cancellation.isCancelled else { throw Cancelled() }
        return values
    }
}
