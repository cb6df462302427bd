/// Which value of a setting to try next, and which was the best: values go up until there is no gain.
struct SettingSearch: Sendable {
    private let candidates: [Int]
    private var tried: [(value: Int, rate: Double)] = []

    /// Less than this is what a shared machine varies by, not a gain.
    static let worthwhileGain = 1.05
    /// Values without a gain, one after another, that end the search: one alone may be noise.
    private static let patience = 2

    /// - Parameter candidates: in the order in which they are tried.
    init(_ candidates: [Int]) { self.candidates = candidates }

    /// What to try next; nil when the search has ended.
    var next: Int? {
        guard tried.count < candidates.count, triesWithoutGain < SettingSearch.patience else { return nil }
        return candidates[tried.count]
    }

    /// Takes the rate that `next` had.
    mutating func record(_ rate: Double) { tried.append((candidates[tried.count], rate)) }

    /// The least value that is as fast as the fastest, noise aside; nil before the first was tried.
    var best: Int? {
        guard let highest = tried.map(\.rate).max() else { return nil }
        return tried.first { $0.rate * SettingSearch.worthwhileGain >= highest }?.value
    }

    /// What came of a search for connections, in a sentence; nil before the first was tried.
    var finding: String? {
        guard let best, let rate = tried.first(where: { $0.value == best })?.rate else { return nil }
        let name = best == 1 ? "1 connection" : "\(best) connections"
        guard best != tried.last?.value else {
            return "\(name) \(best == 1 ? "was" : "were") the fastest (\(Rate.text(rate))), and more were not tried."
        }
        return "\(name) \(best == 1 ? "is" : "are") enough (\(Rate.text(rate))): more gained less than 5 %."
    }

    private var triesWithoutGain: Int {
        var highest = 0.0
        var count = 0
        for (_, rate) in tried {
            if rate > highest * SettingSearch.worthwhileGain {
                count = 0
            } else {
                count += 1
            }
            highest = max(highest, rate)
        }
        return count
    }
}

/// Which of the sizes of blocks that were tried serves best.
struct BlockChoice: Sendable, Equatable {
    let best: Int
    /// In a sentence.
    let finding: String

    /// The size that a copy takes by itself: it costs less memory than larger ones, and less to send again.
    private static let usual = 8 << 20

    /// Nil where none was tried.
    init?(_ tried: [(size: Int, rate: Double)]) {
        guard let fastest = tried.max(by: { $0.rate < $1.rate }) else { return nil }
        let usual = tried.first { $0.size == BlockChoice.usual }
        let isUsual = usual.map { $0.rate * SettingSearch.worthwhileGain >= fastest.rate } ?? false
        let chosen = isUsual ? usual ?? fastest : fastest
        best = chosen.size
        let rates = "Blocks of \(chosen.size >> 20) MiB serve best (\(Rate.text(chosen.rate)))"
        finding = rates + (chosen.size == fastest.size ? "." : ": others gained less than 5 %.")
    }
}
