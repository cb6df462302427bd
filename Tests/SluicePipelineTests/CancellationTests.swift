import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct CancellationTests {
    @Test("all who asked hear of it, once, and those who ask later too")
    func handlers() {
        let cancellation = Cancellation()
        let heard = Counter()
        cancellation.onCancel { heard.add(1) }
        cancellation.onCancel { heard.add(10) }
        #expect(!cancellation.isCancelled)
        cancellation.cancel()
        cancellation.cancel()
        #expect(cancellation.isCancelled)
        #expect(heard.value == 11)
        cancellation.onCancel { heard.add(100) }
        #expect(heard.value == 111)
    }

    @Test("whoever asks while it is cancelled hears of it", arguments: seeds(50))
    func race(seed: UInt64) async {
        let cancellation = Cancellation()
        let heard = Counter()
        let hasFinished = await finishes {
            inParallel(4) { index in
                var generator = SeededGenerator(seed: seed &+ UInt64(index) << 32)
                yieldSometimes(&generator)
                if index == 0 { cancellation.cancel() } else { cancellation.onCancel { heard.add(1) } }
            }
        }
        #expect(hasFinished)
        // Twice is harmless: handlers close and wake.
        #expect(heard.value >= 3, "seed \(seed)")
    }
}

@Suite(.timeLimit(.minutes(30))) struct MonitorTests {
    @Test("a wait that is not answered ends at its deadline")
    func deadline() async {
        let monitor = Monitor(0)
        let answers = Counter()
        let hasFinished = await finishes {
            let answer: Int? = monitor.wait(deadline: .now + .milliseconds(20)) { $0 == 1 ? 1 : nil }
            let past: Int? = monitor.wait(deadline: .now - .seconds(1)) { $0 == 0 ? 5 : nil }
            answers.add((answer ?? 100) + (past ?? 0))
        }
        #expect(hasFinished)
        #expect(answers.value == 105)
    }

    @Test("values go from thread to thread without a loss", arguments: [1, 3])
    func handOver(consumers: Int) async {
        let monitor = Monitor([Int]())
        let sum = Counter()
        let hasFinished = await finishes {
            inParallel(consumers + 1) { index in
                if index == 0 {
                    for number in 1...300 {
                        monitor.withLock { $0.append(number) }
                        monitor.signal()
                    }
                    monitor.withLock { $0.append(-1) }
                    monitor.broadcast()
                } else {
                    while let number = monitor.wait(until: { values -> Int?? in
                        guard let first = values.first else { return nil }
                        if first > 0 { return .some(values.removeFirst()) }
                        return .some(nil)
                    }) { sum.add(number) }
                }
            }
        }
        #expect(hasFinished)
        #expect(sum.value == 300 * 301 / 2)
    }
}

@Suite struct StageMeterTests {
    @Test("a stage's time and bytes are added up")
    func sums() {
        let meter = StageMeter()
        meter.addBusy(.milliseconds(30))
        meter.addBusy(.milliseconds(30))
        meter.addWaitingForInput(.milliseconds(30))
        meter.addWaitingForOutput(.milliseconds(10))
        meter.addBytes(in: 7, out: 3)
        meter.addBytes(out: 1)
        let expected = StageReading(
            busy: .milliseconds(60), waitingForInput: .milliseconds(30), waitingForOutput: .milliseconds(10), bytesIn: 7, bytesOut: 4
        )
        #expect(meter.reading == expected)
        #expect(meter.reading.utilisation == 0.6)
        #expect(StageReading().utilisation == nil)
    }

    @Test("a duration is counted in whole nanoseconds and in seconds")
    func durations() {
        #expect(Duration.milliseconds(1500).wholeNanoseconds == 1_500_000_000)
        #expect(Duration.milliseconds(-1500).wholeNanoseconds == -1_500_000_000)
        #expect(Duration.milliseconds(1500).seconds == 1.5)
    }
}
