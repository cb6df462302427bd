internal import SluicePipeline

/// How many bytes fill a time, learned from what the last ones took.
struct Pace: Sendable {
    private var rate: Double?
    private let most: Int
    private let least: Int

    /// The first guess: quick anywhere, and enough to see more than the start of things.
    private static let first = 4 << 20

    init(least: Int = 1 << 20, most: Int) {
        self.least = min(least, most)
        self.most = most
    }

    /// Bytes to work on for about `time`.
    func bytes(for time: Duration) -> Int {
        guard let rate else { return min(most, max(least, Pace.first)) }
        return max(least, Int(min(Double(most), rate * time.seconds)))
    }

    /// Hears what came of it.
    mutating func record(bytes: Int, seconds: Double) {
        guard bytes > 0, seconds > 0 else { return }
        rate = Double(bytes) / seconds
    }

    /// Whether nothing is known yet.
    var isUnknown: Bool { rate == nil }
}
