import SluiceCore
import SluicePipeline
import Testing

@Suite struct TailCutterTests {
    private static let start = ContinuousClock.now
    private static let block = 8 << 20

    /// A cutter that has seen `count` requests of one block, each taking `took` and ending after `end`.
    private static func cutter(_ count: Int, took: Duration = .milliseconds(500), end: Duration = .seconds(1)) -> TailCutter {
        var cutter = TailCutter()
        for _ in 0..<count { cutter.confirmed(bytes: block, took: took, at: start + end) }
        return cutter
    }

    private static func request(
        bytes: Int = block,
        sent: Int = block / 10,
        heldBack: Duration = .zero,
        cuts: Int = 0
    ) -> TailCutter.Request {
        TailCutter.Request(bytes: bytes, sent: sent, started: start, heldBack: heldBack, cuts: cuts)
    }

    @Test("how late a request must be depends on whether others wait", arguments: [
        (900, false, false), (1001, false, true), (4900, true, false), (5001, true, true),
    ])
    func age(milliseconds: Int, othersWait: Bool, isCut: Bool) {
        let now = TailCutterTests.start + .milliseconds(milliseconds)
        #expect(TailCutterTests.cutter(20).shouldCut(TailCutterTests.request(), at: now, othersWait: othersWait) == isCut)
    }

    @Test("and on what others took", arguments: [(500, 1001), (2000, 4001), (10_000, 20_001)])
    func multiple(took: Int, late: Int) {
        let cutter = TailCutterTests.cutter(20, took: .milliseconds(took), end: .milliseconds(took))
        for (milliseconds, isCut) in [(late - 2, false), (late, true)] {
            let now = TailCutterTests.start + .milliseconds(milliseconds)
            #expect(cutter.shouldCut(TailCutterTests.request(), at: now, othersWait: false) == isCut)
        }
    }

    private static let reasons: [(String, TailCutter, TailCutter.Request)] = [
        ("too few others are known", cutter(7), request()),
        ("it was cut twice", cutter(20), request(cuts: 2)),
        ("it waited for us", cutter(20), request(heldBack: .seconds(9))),
        ("no others of its size are known", cutter(20), request(bytes: 1 << 20, sent: 1)),
        ("all others were started before it", cutter(20, took: .seconds(2)), request()),
        ("its end is near", cutter(20), request(sent: block - block / 100)),
    ]

    @Test("a request is left alone for good reasons", arguments: reasons.indices)
    func leftAlone(index: Int) {
        let (reason, cutter, request) = TailCutterTests.reasons[index]
        let now = TailCutterTests.start + .seconds(10)
        #expect(!cutter.shouldCut(request, at: now, othersWait: false), "\(reason)")
        #expect(TailCutterTests.cutter(20).shouldCut(TailCutterTests.request(), at: now, othersWait: false))
    }

    @Test("an answer that is missing counts as far away")
    func missingAnswer() {
        let request = TailCutterTests.request(sent: TailCutterTests.block)
        #expect(TailCutterTests.cutter(20).shouldCut(request, at: TailCutterTests.start + .seconds(3), othersWait: false))
    }

    @Test("no more than one in twenty is cut, but the first two may be", arguments: [(8, 2), (40, 2), (60, 3), (400, 20)])
    func share(ended: Int, most: Int) {
        var cutter = TailCutterTests.cutter(ended)
        let now = TailCutterTests.start + .seconds(10)
        while cutter.cuts < 1000, cutter.shouldCut(TailCutterTests.request(), at: now, othersWait: true) { cutter.cut() }
        #expect(cutter.cuts == most)
    }

    @Test("what is slow for everyone cuts nothing")
    func slowLine() {
        var cutter = TailCutterTests.cutter(200, took: .milliseconds(100), end: .seconds(-1))
        // The line has become a hundred times slower: nobody ends before ten seconds.
        for second in 1..<10 {
            let now = TailCutterTests.start + .seconds(second)
            #expect(!cutter.shouldCut(TailCutterTests.request(), at: now, othersWait: false))
        }
        for _ in 0..<64 { cutter.confirmed(bytes: TailCutterTests.block, took: .seconds(10), at: TailCutterTests.start + .seconds(10)) }
        #expect(!cutter.shouldCut(TailCutterTests.request(), at: TailCutterTests.start + .seconds(12), othersWait: false))
    }
}
