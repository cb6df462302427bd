package import SluiceCore

/// A rate that all of a run's threads keep to together, and that may change by the clock.
package final class ScheduledPace: Pace {
    /// Where the time comes from: the machine, or a test.
    package struct Clock: Sendable {
        package var now: @Sendable () -> ContinuousClock.Instant
        package var local: @Sendable () -> LocalTime

        package init(now: @escaping @Sendable () -> ContinuousClock.Instant, local: @escaping @Sendable () -> LocalTime) {
            self.now = now
            self.local = local
        }

        package static let machine = Clock(now: { .now }, local: { .now })
    }

    private struct State: Sendable {
        var budget: PacedBudget
        /// When the schedule is looked at again; nil for never.
        var recheck: ContinuousClock.Instant?
        var isClosed = false
    }

    private let monitor: Monitor<State>
    private let schedule: BandwidthSchedule?
    private let clock: Clock

    /// The machine's clock may be set, and summer time begins: the schedule is looked at again after so long at the latest.
    private static let patience = 60
    /// Bytes that go at a time even on the slowest line: a TLS record of less is mostly overhead.
    private static let leastBytes = 1024

    /// Bytes by a schedule.
    package init(bytes schedule: BandwidthSchedule, clock: Clock = .machine) {
        self.schedule = schedule
        self.clock = clock
        let now = clock.now()
        let local = clock.local()
        let rate = schedule.rate(at: local).map { Double($0.rawValue) }
        let budget = PacedBudget(rate: rate, leastShare: ScheduledPace.leastBytes, now: now)
        monitor = Monitor(State(budget: budget, recheck: ScheduledPace.recheck(schedule, local, now)))
    }

    /// Requests at so many a second.
    package init(requestsPerSecond count: Int, clock: Clock = .machine) {
        schedule = nil
        self.clock = clock
        monitor = Monitor(State(budget: PacedBudget(rate: Double(count), leastShare: 1, now: clock.now()), recheck: nil))
    }

    package func reserve(upTo wanted: Int) -> PaceShare {
        monitor.withLock { state in
            let now = current(&state)
            return state.budget.reserve(upTo: wanted, now: now)
        }
    }

    package func due(_ share: PaceShare) -> ContinuousClock.Instant? { monitor.withLock { due(share, &$0) } }

    package func giveBack(_ count: Int) { monitor.withLock { $0.budget.giveBack(count) } }

    package func take(upTo wanted: Int) -> Int {
        let share = reserve(upTo: wanted)
        while let due = due(share) {
            monitor.wait(deadline: due) { $0.isClosed ? () : nil }
        }
        return share.count
    }

    /// From now on nothing is held back: the run is being broken off.
    package func close() {
        monitor.withLock { $0.isClosed = true }
        monitor.broadcast()
    }

    private func due(_ share: PaceShare, _ state: inout State) -> ContinuousClock.Instant? {
        let now = current(&state)
        guard !state.isClosed, let due = state.budget.due(share, now: now) else { return nil }
        return state.recheck.map { min($0, due) } ?? due
    }

    /// The time, after the rate has been set that holds now.
    private func current(_ state: inout State) -> ContinuousClock.Instant {
        let now = clock.now()
        guard let schedule, let recheck = state.recheck, now >= recheck else { return now }
        let local = clock.local()
        let rate = schedule.rate(at: local).map { Double($0.rawValue) }
        if rate != state.budget.rate { state.budget.change(rate: rate, now: now) }
        state.recheck = ScheduledPace.recheck(schedule, local, now)
        return now
    }

    private static func recheck(
        _ schedule: BandwidthSchedule,
        _ local: LocalTime,
        _ now: ContinuousClock.Instant
    ) -> ContinuousClock.Instant? {
        schedule.secondsToNextEntry(after: local).map { now + .seconds(min($0, patience)) }
    }
}
