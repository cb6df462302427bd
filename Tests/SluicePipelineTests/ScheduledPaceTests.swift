import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct ScheduledPaceTests {
    /// A clock that the test turns, at 07:59 on a Monday.
    private final class Hands: Sendable {
        private let start = ContinuousClock.now
        private let passed = Monitor(Duration.zero)
        func turn(_ time: Duration) { passed.withLock { $0 += time } }
        var now: ContinuousClock.Instant { start + passed.withLock { $0 } }
        var clock: ScheduledPace.Clock {
            ScheduledPace.Clock(now: { self.now }, local: {
                let seconds = Int(self.start.duration(to: self.now).components.seconds)
                return LocalTime(weekday: 0, hour: 7, minute: 59, second: seconds)
            })
        }
    }

    @Test("the rate changes at its time, for those who wait too")
    func change() throws {
        let hands = Hands()
        let pace = ScheduledPace(bytes: try BandwidthSchedule(parsing: "00:00,1MB 08:00,10KB"), clock: hands.clock)
        let first = pace.reserve(upTo: 1 << 20)
        #expect(first.count == 20_000)
        hands.turn(.milliseconds(30))
        #expect(pace.due(first) == nil)
        hands.turn(.milliseconds(59_960))
        var last = pace.reserve(upTo: 1 << 20)
        while pace.due(last) == nil { last = pace.reserve(upTo: 1 << 20) }
        // Nobody sleeps past the change.
        let due = try #require(pace.due(last))
        #expect(due.duration(to: hands.now) > .milliseconds(-11))
        hands.turn(.milliseconds(10))
        let later = try #require(pace.due(last))
        #expect(hands.now.duration(to: later) > .milliseconds(500))
        #expect(pace.reserve(upTo: 1 << 20).count == 1024)
    }

    @Test("a rate that ends lets all go")
    func end() throws {
        let hands = Hands()
        let pace = ScheduledPace(bytes: try BandwidthSchedule(parsing: "00:00,1KiB 08:00,off"), clock: hands.clock)
        let shares = (0..<1000).map { _ in pace.reserve(upTo: 1024) }
        #expect(pace.due(shares[999]) != nil)
        hands.turn(.seconds(61))
        #expect(pace.due(shares[999]) == nil)
        #expect(pace.take(upTo: 1 << 20) == 1 << 20)
    }

    @Test("closing it wakes all who wait, and holds nobody back any more", arguments: [1, 4])
    func closing(threads: Int) async {
        let pace = ScheduledPace(requestsPerSecond: 1)
        pace.wait(for: 1)
        let hasFinished = await finishes {
            inParallel(threads + 1) { index in
                if index < threads { pace.wait(for: 10_000) } else { pace.close() }
            }
        }
        #expect(hasFinished)
    }
}
