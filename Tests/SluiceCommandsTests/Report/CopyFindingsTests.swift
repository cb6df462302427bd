import SluiceCore
import Testing

@testable import SluiceCommands
@testable import SluiceEngine

private func findings(
    sink: Location = .s3(bucket: "b", key: ""),
    verification: CopySpecification.Verification = .transfer,
    sums: Tally.Reading? = nil,
    ending: RunEnding = RunEnding(),
    _ counts: (inout ItemJournal.Counts) -> Void = { _ in }
) -> CopyFindings {
    var specification = CopySpecification(source: .file(path: "in", isDirectory: false), sink: sink)
    specification.verification = verification
    var made = ItemJournal.Counts()
    counts(&made)
    var complete = Tally.Reading()
    complete.isListed = true
    return CopyFindings(specification: specification, ending: ending, sums: sums ?? complete, counts: made)
}

@Suite struct CopyFindingsTests {
    @Test("bytes count as verified where the store checked them or they were read back")
    func consistency() {
        let file = Location.file(path: "out", isDirectory: false)
        #expect(
            findings {
                $0.copied = 2; $0.confirmedByDigest = 2
            }.consistency == .verified
        )
        // A store of digests that did not repeat all of them.
        #expect(
            findings {
                $0.copied = 2; $0.confirmedByDigest = 1
            }.consistency == .notVerified
        )
        #expect(findings { $0.copied = 1 }.consistency == .notVerified)
        #expect(findings(verification: .none) { $0.copied = 1 }.consistency == .notVerified)
        #expect(findings(sink: file) { $0.copied = 1 }.consistency == .notVerified)
        #expect(
            findings(sink: file, verification: .readback) {
                $0.copied = 2; $0.readBack = 2
            }.consistency == .verified
        )
        #expect(
            findings(verification: .readback) {
                $0.copied = 2; $0.readBack = 1
            }.consistency == .notVerified
        )
        #expect(
            findings(verification: .readback) {
                $0.copied = 1; $0.failed = 1; $0.different = 1
            }.consistency == .found
        )
        #expect(findings(sink: .standardStream) { $0.copied = 1 }.consistency == .unsupported)
        #expect(findings().consistency == .notVerified)
    }

    @Test("an empty source is an error in words")
    func empty() {
        #expect(findings().outcome == .nothingMatched)
        #expect(findings().failure is NothingToCopy)
        #expect(findings { $0.copied = 1 }.failure == nil)
    }

    @Test("a listing that broke off is the run's error, not an item's")
    func listing() {
        var sums = Tally.Reading()
        sums.errors = [
            Tally.ItemError(name: "a", failure: CopyError(.inputOutput, "bad disk")),
            Tally.ItemError(name: "in", failure: CopyError(.notFound, "there is no \"in\"")),
        ]
        let broken = findings(sums: sums) { $0.failed = 1 }
        #expect(broken.outcome == .failed)
        #expect(broken.failure?.kind == .notFound)
        #expect(broken.itemErrors.map(\.name) == ["a"])
        sums.errors.removeFirst()
        #expect(findings(sums: sums).outcome == .nothingMatched)
        // With more errors than are kept the listing's own may be lost; the run has failed nevertheless.
        #expect(
            findings(sums: Tally.Reading()) {
                $0.copied = 5; $0.failed = 200
            }.outcome == .failed
        )
    }

    @Test("a single object that is not there matches nothing, a place for it that is not there is a failure")
    func startFailures() {
        var ending = RunEnding()
        ending.failure = CopyError(.notFound, "404")
        #expect(findings(sums: Tally.Reading(), ending: ending).outcome == .failed)
        ending.isSourceMissing = true
        #expect(findings(sums: Tally.Reading(), ending: ending).outcome == .nothingMatched)
        #expect(findings(sums: Tally.Reading(), ending: ending).failure?.what == "404")
    }

    @Test("a signal comes before all else")
    func interrupted() {
        var ending = RunEnding()
        ending.signal = 2
        let interrupted = findings(sums: Tally.Reading(), ending: ending) { $0.failed = 3 }
        #expect(interrupted.outcome == .interrupted(signal: 2))
        #expect(interrupted.failure?.description.contains("SIGINT") == true)
    }
}
