import SluiceCore
import SluiceEngine
import Testing

private func facts(_ change: (inout RunFacts) -> Void) -> RunFacts {
    var facts = RunFacts()
    change(&facts)
    return facts
}

@Suite struct RunOutcomeTests {
    @Test(
        "the exit code follows from the facts",
        arguments: [
            ("everything was copied", 0, facts { $0.copied = 3 }),
            ("nothing matched", 5, facts { _ in }),
            (
                "one of several failed", 3,
                facts {
                    $0.copied = 2; $0.failed = 1
                }
            ),
            (
                "one of several was skipped", 3,
                facts {
                    $0.copied = 2; $0.skipped = 1
                }
            ),
            ("all were skipped", 3, facts { $0.skipped = 2 }),
            ("all failed", 1, facts { $0.failed = 2 }),
            (
                "all failed or were skipped", 1,
                facts {
                    $0.failed = 1; $0.skipped = 1
                }
            ),
            (
                "all failed for the configuration's sake", 2,
                facts {
                    $0.failed = 2; $0.misused = 2
                }
            ),
            (
                "some failed for the configuration's sake", 1,
                facts {
                    $0.failed = 2; $0.misused = 1
                }
            ),
            (
                "a read-back differs", 4,
                facts {
                    $0.copied = 9; $0.failed = 1; $0.different = 1
                }
            ),
            ("the source is not there", 5, facts { $0.listingFailure = .notFound }),
            (
                "the bucket is not there", 1,
                facts {
                    $0.listingFailure = .notFound; $0.sourceIsContainer = true
                }
            ),
            ("the source may not be listed", 1, facts { $0.listingFailure = .forbidden }),
            ("the source is not what it is written as", 2, facts { $0.listingFailure = .usage }),
            (
                "the listing broke off on the way", 1,
                facts {
                    $0.listingFailure = .transient; $0.copied = 5
                }
            ),
            ("the sink's bucket is not there", 1, facts { $0.startFailure = .notFound }),
            ("the sink can't be reached", 1, facts { $0.startFailure = .transient }),
            ("the sink is not encrypted", 2, facts { $0.startFailure = .usage }),
            (
                "Ctrl-C", 130,
                facts {
                    $0.signal = 2; $0.copied = 5; $0.failed = 3
                }
            ),
            (
                "kill", 143,
                facts {
                    $0.signal = 15; $0.startFailure = .cancelled
                }
            ),
        ]
    )
    func exitCodes(what: String, code: Int32, facts: RunFacts) {
        #expect(RunOutcome(facts).exitCode == code, "\(what)")
    }
}
