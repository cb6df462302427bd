import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

@Suite struct WatchdogTests {
    @Test("what stands still is told, and what goes on slowly is not", .timeLimit(.minutes(30)))
    func standstill() async {
        let hasEnded = Monitor(false)
        let standing = await finishes(unlessStuckFor: .seconds(1), progress: { 7 }) {
            hasEnded.wait { $0 ? () : nil }
        }
        #expect(!standing)
        hasEnded.withLock { $0 = true }
        hasEnded.broadcast()

        // Ends only after the watchdog has looked three times.
        let looks = Monitor(0)
        let going = await finishes(
            unlessStuckFor: .seconds(1),
            progress: {
                defer { looks.broadcast() }
                return looks.withLock { count in
                    count += 1
                    return count
                }
            },
            { looks.wait { $0 > 3 ? () : nil } }
        )
        #expect(going)
    }
}
