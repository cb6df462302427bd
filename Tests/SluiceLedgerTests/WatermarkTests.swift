import SluiceCore
import SluiceLedger
import Testing

@Suite("Watermarks", .timeLimit(.minutes(30)))
struct WatermarkTests {
    private func mark(_ value: String?, _ run: String = "run-1") -> Watermark {
        Watermark(value: value, run: run, moved: Timestamp(nanoseconds: 7))
    }

    @Test("What was kept is found by its key alone, also by another process, and with no value")
    func keeping() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        #expect(try ledger.watermark([1]) == nil)
        #expect(try ledger.move([1], of: "a", from: nil, to: mark("'x'")))
        #expect(try ledger.move([2], of: "b", from: nil, to: mark(nil)))
        #expect(try site.open().watermark([1]) == mark("'x'"))
        #expect(try site.open().watermark([2]) == mark(nil))
        #expect(try ledger.watermark([3]) == nil)
    }

    @Test("It moves from where it was seen only: of two runs that saw the same one moves it")
    func moving() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        #expect(try ledger.move([1], of: "a", from: nil, to: mark(nil)))
        #expect(try !ledger.move([1], of: "a", from: nil, to: mark("2", "run-2")))
        #expect(try ledger.move([1], of: "a", from: mark(nil), to: mark("2", "run-2")))
        #expect(try !ledger.move([1], of: "a", from: mark(nil), to: mark("3", "run-3")))
        // The same value, put there by another run.
        #expect(try !ledger.move([1], of: "a", from: mark("2", "run-1"), to: mark("3", "run-3")))
        #expect(try ledger.watermark([1]) == mark("2", "run-2"))
    }

    @Test("Runs that are forgotten take none with them")
    func pruning() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        try ledger.begin(sampleRun()).finish(.succeeded, exitCode: 0)
        #expect(try ledger.move([1], of: "a", from: nil, to: mark("1")))
        #expect(try ledger.prune(endedBefore: Timestamp(nanoseconds: .max)) == 1)
        #expect(try ledger.watermark([1]) == mark("1"))
    }
}
