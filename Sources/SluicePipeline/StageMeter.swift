internal import Synchronization

/// What one stage did, added up over its workers.
package final class StageMeter: Sendable {
    private let busy = Atomic<Int>(0)
    private let waitingForInput = Atomic<Int>(0)
    private let waitingForOutput = Atomic<Int>(0)
    private let bytesIn = Atomic<Int>(0)
    private let bytesOut = Atomic<Int>(0)

    package init() {}

    /// Adds time spent working.
    package func addBusy(_ time: Duration) { busy.wrappingAdd(time.wholeNanoseconds, ordering: .relaxed) }
    /// Adds time spent waiting for the stage before.
    package func addWaitingForInput(_ time: Duration) {
        waitingForInput.wrappingAdd(time.wholeNanoseconds, ordering: .relaxed)
    }
    /// Adds time spent waiting for memory or for the stage behind.
    package func addWaitingForOutput(_ time: Duration) {
        waitingForOutput.wrappingAdd(time.wholeNanoseconds, ordering: .relaxed)
    }
    /// Adds bytes that came in and went out.
    package func addBytes(in incoming: Int = 0, out outgoing: Int = 0) {
        if incoming > 0 { bytesIn.wrappingAdd(incoming, ordering: .relaxed) }
        if outgoing > 0 { bytesOut.wrappingAdd(outgoing, ordering: .relaxed) }
    }

    /// The sums so far.
    package var reading: StageReading {
        StageReading(
            busy: .nanoseconds(busy.load(ordering: .relaxed)),
            waitingForInput: .nanoseconds(waitingForInput.load(ordering: .relaxed)),
            waitingForOutput: .nanoseconds(waitingForOutput.load(ordering: .relaxed)),
            bytesIn: bytesIn.load(ordering: .relaxed),
            bytesOut: bytesOut.load(ordering: .relaxed)
        )
    }
}

/// A stage's sums at one moment: worker-seconds and bytes.
package struct StageReading: Sendable, Equatable {
    package var busy: Duration = .zero
    package var waitingForInput: Duration = .zero
    package var waitingForOutput: Duration = .zero
    package var bytesIn = 0
    package var bytesOut = 0

    package init(
        busy: Duration = .zero,
        waitingForInput: Duration = .zero,
        waitingForOutput: Duration = .zero,
        bytesIn: Int = 0,
        bytesOut: Int = 0
    ) {
        self.busy = busy
        self.waitingForInput = waitingForInput
        self.waitingForOutput = waitingForOutput
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
    }

    /// The share of its workers' time that the stage was busy, from 0 to 1; nil before it did anything.
    package var utilisation: Double? {
        let total = busy + waitingForInput + waitingForOutput
        return total > .zero ? busy / total : nil
    }
}

extension Duration {
    /// The duration in nanoseconds, cut.
    package var wholeNanoseconds: Int {
        Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000)
    }

    /// The duration in seconds.
    package var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
