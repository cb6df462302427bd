internal import SluicePipeline

/// The rate over the last few seconds, and whether it is steady enough to tell the future by.
struct RateWindow: Sendable {
    private struct Sample: Sendable {
        let time: Duration
        let bytes: Int
    }

    /// Long enough that one large block does not show as a peak, short enough to follow a change.
    static let span = Duration.seconds(5)
    /// Below this a rate says little of what follows.
    private static let leastSpan = Duration.seconds(2)

    private var samples: [Sample] = []

    /// Adds what was done at a time since the start; times rise.
    mutating func add(_ bytes: Int, at time: Duration) {
        samples.append(Sample(time: time, bytes: bytes))
        // One sample from before the window is kept: the window starts at it.
        while samples.count > 2, time - samples[1].time >= RateWindow.span { samples.removeFirst() }
    }

    /// Bytes a second; nil before there are two moments to compare.
    var rate: Double? { rate(from: 0, to: samples.count - 1) }

    /// Whether both halves of the window have about the same rate.
    var isSteady: Bool {
        guard let first = samples.first, let last = samples.last, last.time - first.time >= RateWindow.leastSpan else {
            return false
        }
        let half = first.time + (last.time - first.time) / 2
        guard let middle = samples.firstIndex(where: { $0.time >= half }), let before = rate(from: 0, to: middle),
            let after = rate(from: middle, to: samples.count - 1)
        else { return false }
        return before > 0 && after > 0 && 0.5...2 ~= after / before
    }

    /// How long `bytes` more will take; nil when the rate is not steady.
    func time(for bytes: Int) -> Duration? {
        guard isSteady, let rate, rate > 0 else { return nil }
        return .seconds(Double(bytes) / rate)
    }

    private func rate(from first: Int, to last: Int) -> Double? {
        guard first >= 0, last > first else { return nil }
        let time = samples[last].time - samples[first].time
        guard time > .zero else { return nil }
        return Double(samples[last].bytes - samples[first].bytes) / time.seconds
    }
}
