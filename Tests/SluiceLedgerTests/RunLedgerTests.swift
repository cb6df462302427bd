import SluiceCore
import SluiceLedger
import Testing

@Suite("The record of a run", .timeLimit(.minutes(30)))
struct RunLedgerTests {
    @Test("What was recorded is found when the run is gone on with")
    func roundTrip() throws {
        let site = try LedgerSite()
        let blocks = [sampleBlock(0), sampleBlock(1, tag: ""), sampleBlock(2, tag: "AAAB")]
        do {
            let run = try site.open().begin(sampleRun())
            let large = run.begin(sampleBegun("large"))
            for block in blocks { run.record(block, of: large) }
            run.end(sampleEnded("small"))
            run.finish(.interrupted, exitCode: 130)
            #expect(run.problem == nil)
        }
        let run = try site.open().resume("run-1")
        guard case .begun(let large, let begun) = run.lookup("large") else {
            Issue.record("the large item is not there")
            return
        }
        #expect(begun == sampleBegun("large"))
        #expect(run.blocks(of: large) == blocks)
        #expect(run.lookup("small") == .done(sampleEnded("small")))
        #expect(run.lookup("other") == nil)
    }

    @Test(
        "Names are bytes, whatever they are",
        arguments: [[], [0], [0xFF, 0xFE], Array("é/ü".utf8), [0x2F, 0xC0, 0x80]]
    )
    func names(bytes: [UInt8]) throws {
        let site = try LedgerSite()
        let name = ItemName(bytes: bytes)
        var item = sampleEnded(name)
        item.sinkName = ItemName(bytes: bytes + [0xFF])
        do {
            let run = try site.open().begin(sampleRun())
            run.end(item)
            run.finish(.interrupted, exitCode: 130)
        }
        #expect(try site.open().resume("run-1").lookup(name) == .done(item))
    }

    @Test("A new run has nothing to look up")
    func newRun() throws {
        let site = try LedgerSite()
        let run = try site.open().begin(sampleRun())
        run.end(sampleEnded("a"))
        run.flush()
        #expect(!run.hasEarlierItems)
        #expect(run.lookup("a") == nil)
    }

    @Test("The end of an item that had begun takes its blocks away")
    func ending() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        let run = try ledger.begin(sampleRun())
        let item = run.begin(sampleBegun("a"))
        run.record(sampleBlock(0), of: item)
        run.end(sampleEnded("a"), begun: item)
        run.finish(.interrupted, exitCode: 130)
        #expect(try count("blocks", site) == 0)
        #expect(try count("items", site) == 1)
        #expect(try ledger.resume("run-1").lookup("a") == .done(sampleEnded("a")))
    }

    @Test("An upload that can't be gone on with is replaced, and the newest record counts")
    func replacing() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        do {
            let run = try ledger.begin(sampleRun())
            run.record(sampleBlock(0), of: run.begin(sampleBegun("a")))
            run.finish(.interrupted, exitCode: 130)
        }
        do {
            let run = try ledger.resume("run-1")
            guard case .begun(let old, _) = run.lookup("a") else {
                Issue.record("the item is not there")
                return
            }
            var again = sampleBegun("a")
            again.session = [9]
            run.record(sampleBlock(5), of: run.begin(again, replacing: old))
            run.finish(.interrupted, exitCode: 130)
        }
        let run = try ledger.resume("run-1")
        guard case .begun(let item, let begun) = run.lookup("a") else {
            Issue.record("the item is not there")
            return
        }
        #expect(begun.session == [9])
        #expect(run.blocks(of: item) == [sampleBlock(5)])
        #expect(try count("items", site) == 1)
    }

    @Test("A block that is put again replaces its record")
    func sameBlockTwice() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        do {
            let run = try ledger.begin(sampleRun())
            let item = run.begin(sampleBegun("a"))
            run.record(sampleBlock(0, tag: "first"), of: item)
            run.record(sampleBlock(0, tag: "second"), of: item)
            run.finish(.failed, exitCode: 1)
        }
        let run = try ledger.resume("run-1")
        guard case .begun(let item, _) = run.lookup("a") else {
            Issue.record("the item is not there")
            return
        }
        #expect(run.blocks(of: item).map(\.receipt.tag) == ["second"])
    }

    @Test("Failures are told until the run is gone on with, and keep an upload that may be gone on with")
    func failures() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        let skipped = sampleEnded("b", .skipped("it vanished"))
        do {
            let run = try ledger.begin(sampleRun())
            _ = run.begin(sampleBegun("a"))
            run.end(sampleEnded("a", .failed("the line broke")))
            run.end(skipped)
            run.end(sampleEnded("c"))
            run.finish(.partial, exitCode: 3)
        }
        let ended = try #require(try ledger.run("run-1"))
        #expect(try ledger.failures(of: ended, limit: 10) == [sampleEnded("a", .failed("the line broke")), skipped])
        #expect(try ledger.failures(of: ended, limit: 1).count == 1)
        #expect(ended.totals.failed == 1 && ended.totals.skipped == 1 && ended.totals.done == 1)

        let run = try ledger.resume("run-1")
        guard case .begun = run.lookup("a") else {
            Issue.record("the item is not there")
            return
        }
        #expect(run.lookup("b") == nil)
        let again = try #require(try ledger.run("run-1"))
        #expect(again.totals.failed == 0 && again.totals.skipped == 0 && again.totals.done == 1)
        #expect(try ledger.failures(of: again, limit: 10) == [])
    }

    @Test("An item that failed in an attempt that came later is looked up no more, and new ones are")
    func severalAttempts() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        for attempt in 0..<4 {
            let run = attempt == 0 ? try ledger.begin(sampleRun()) : try ledger.resume("run-1")
            for earlier in 0..<attempt {
                #expect(run.lookup(ItemName("done \(earlier)")) == .done(sampleEnded(ItemName("done \(earlier)"))))
                #expect(run.lookup(ItemName("failed \(earlier)")) == nil)
            }
            run.end(sampleEnded(ItemName("done \(attempt)")))
            let begun = run.begin(sampleBegun(ItemName("failed \(attempt)")))
            run.end(sampleEnded(ItemName("failed \(attempt)"), .failed("no")), begun: begun)
            run.finish(.partial, exitCode: 3)
        }
        #expect(try ledger.run("run-1")?.attempts == 4)
    }
}
