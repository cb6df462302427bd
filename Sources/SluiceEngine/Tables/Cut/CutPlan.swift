internal import SluiceCore

/// What is kept of a table that is cut, for later attempts. From any thread; blocks.
final class CutPlan: Sendable {
    private let plan: KeptPlan?
    // A lock to wait in: what is kept last is what was known last.
    private let kept: Monitor<KeptCut>

    /// - Parameter plan: nil for a run that can't be gone on with.
    init(_ plan: KeptPlan?) {
        self.plan = plan
        kept = Monitor(plan?.load().flatMap { KeptCut($0) } ?? KeptCut())
    }

    /// Where the table keeps its division.
    var ofDivision: KeptPlan {
        KeptPlan(
            load: { [self] in kept.withLock { $0.division } },
            keep: { [self] division in
                change { kept in
                    kept.division = division
                    // Other rows are in the partitions; but files of the former ones may lie at the sink.
                    for index in kept.partitions.indices { kept.partitions[index].files = nil }
                }
            }
        )
    }

    /// How far earlier attempts were with each partition.
    var partitions: [KeptCut.Partition] { kept.withLock { $0.partitions } }

    /// Keeps how far `files` are.
    func keep(_ files: CutFiles) { change { $0.partitions = files.kept } }

    private func change(_ body: (inout KeptCut) -> Void) {
        kept.withLock { kept in
            body(&kept)
            plan?.keep(kept.encoded)
        }
    }
}
