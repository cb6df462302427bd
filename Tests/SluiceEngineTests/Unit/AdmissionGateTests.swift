import Glibc
import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

@testable import SluiceEngine

@Suite(.timeLimit(.minutes(30))) struct AdmissionGateTests {
    private func again(_ name: String, after: Duration = .zero) -> StartOver {
        StartOver(item: SourceItem(name: name, size: 1), restarts: 1, after: after)
    }

    @Test("what changed before the wait ends it at once")
    func missedNews() async {
        let gate = AdmissionGate()
        let seen = gate.generation
        gate.notify()
        let hasFinished = await finishes { #expect(gate.wait(for: .anything, since: seen)) }
        #expect(hasFinished)
    }

    @Test("an alarm reaches one who waits for room, and one who is about to", arguments: [false, true])
    func alarm(isBefore: Bool) async {
        let gate = AdmissionGate()
        // Nothing has room: a notification alone would not end the wait.
        for _ in 0..<1000 { gate.itemStarted() }
        let seen = gate.generation
        let hasFinished = await finishes {
            inParallel(2) { index in
                if index == 0 {
                    if !isBefore { for _ in 0..<50 { sched_yield() } }
                    gate.alarm()
                } else {
                    #expect(gate.wait(for: .room, since: seen))
                }
            }
        }
        #expect(hasFinished)
    }

    @Test("room is there again when a quarter of the objects has gone")
    func room() async {
        let gate = AdmissionGate()
        while gate.hasRoom { gate.itemStarted() }
        let seen = gate.generation
        let hasFinished = await finishes {
            inParallel(2) { index in
                if index == 0 {
                    for _ in 0..<100 { gate.itemEnded(nil) }
                } else {
                    #expect(gate.wait(for: .room, since: seen))
                }
            }
        }
        #expect(hasFinished)
        #expect(gate.hasRoom)
    }

    @Test("an item that is to start over keeps the run alive, and comes when it is due")
    func startOver() {
        let gate = AdmissionGate()
        gate.itemStarted()
        gate.itemStarted()
        gate.itemEnded(again("later", after: .seconds(3600)))
        gate.itemEnded(again("now"))
        #expect(!gate.isIdle)
        #expect(gate.takeDue()?.item.name == "now")
        #expect(gate.takeDue() == nil)
        #expect(gate.takeAll().map(\.item.name) == ["later"])
        #expect(gate.isIdle)
    }

    @Test("memory is kept for objects under way, and one alone is never refused")
    func reservations() {
        let gate = AdmissionGate()
        let part = Reservation(bytes: 10, spare: 10, capacity: 35)
        let huge = Reservation(bytes: 35, spare: 35, capacity: 35)
        #expect(gate.reserve(part))
        #expect(gate.reserve(part))
        #expect(!gate.reserve(part))
        #expect(!gate.reserve(huge))
        gate.release(part)
        gate.release(part)
        #expect(gate.reserve(huge))
        #expect(!gate.reserve(part))
        gate.release(huge)
        #expect(gate.reserve(part))
    }
}
