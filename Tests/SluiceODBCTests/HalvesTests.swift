import Dispatch
import Glibc
import Testing

@testable import SluiceODBC

/// What is taken and filled in turns.
@Suite(.timeLimit(.minutes(30))) struct HalvesTests {
    private final class Half { var number = 0 }

    /// What the thread that fills has done. `@unchecked`: each waits for the other before it looks.
    private final class Work: @unchecked Sendable {
        var filled = 0
        var threads: [pthread_t] = []
        let done = DispatchSemaphore(value: 0)

        /// Numbers the half; by which thread is noted.
        func fill(_ half: Half) {
            filled += 1
            half.number = filled
            threads.append(pthread_self())
            done.signal()
        }

        func wait() { #expect(done.wait(timeout: .now() + 60) == .success) }
    }

    private struct Broken: Error {}

    @Test("while a half is taken the other is filled, and what was filled comes in order")
    func ahead() throws {
        let work = Work()
        let halves = Halves(Half(), Half()) { half in
            guard work.filled < 100 else { return .ended }
            work.fill(half)
            return .filled
        }
        for number in 1...100 {
            let half = try #require(try halves.next())
            if number == 1 { work.wait() }
            // The one behind it was filled, too, and in the other half.
            if number < 100 { work.wait() }
            #expect(half.number == number)
        }
        #expect(try halves.next() == nil)
        #expect(try halves.next() == nil)
    }

    @Test("a half that is bound to what fills it has been taken before the next is filled", arguments: [true, false])
    func alone(_ hasTwo: Bool) throws {
        let work = Work()
        let first = Half()
        let halves = Halves(first, hasTwo ? Half() : first) { half in
            guard work.filled < 10 else { return .ended }
            work.fill(half)
            // One half is never filled while it is taken, whatever is said of it.
            return hasTwo ? .filledAlone : .filled
        }
        while let half = try halves.next() { #expect(half.number == work.filled) }
        #expect(work.filled == 10)
        #expect(work.threads.allSatisfy { pthread_equal($0, pthread_self()) != 0 })
    }

    @Test("what fails is told behind all that was filled before, and again whenever one asks")
    func failure() throws {
        let work = Work()
        let halves = Halves(Half(), Half()) { half in
            guard work.filled < 3 else { throw Broken() }
            work.fill(half)
            return .filled
        }
        for number in 1...3 { #expect(try halves.next()?.number == number) }
        for _ in 1...2 { #expect(throws: Broken.self) { try halves.next() } }
        #expect(work.filled == 3)
    }

    @Test("dropping both waits for what is under way, and lets go of what fills")
    func drop() throws {
        for _ in 1...20 {
            let work = Work()
            let go = DispatchSemaphore(value: 0)
            weak var seen: Half?
            do {
                let kept = Half()
                seen = kept
                let halves = Halves(Half(), Half()) { [kept] half in
                    if work.filled == 1 {
                        go.wait()
                        for _ in 1...1000 { sched_yield() }
                    }
                    kept.number += 1
                    work.fill(half)
                    return .filled
                }
                _ = try halves.next()
                go.signal()
            }
            #expect(work.filled == 2)
            #expect(seen == nil)
        }
    }
}
