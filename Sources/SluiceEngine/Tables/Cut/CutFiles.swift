internal import SluiceCore
internal import SluiceODBC
internal import SluicePipeline

/// The files of all partitions of a table on their way: who lists them waits here for those that read them and for how
/// they end.
final class CutFiles: Sendable {
    fileprivate struct State {
        var partitions: [CutPartition] = []
        /// By partition.
        var readings: [PartitionReading?] = []
        /// The partitions of files that were listed and haven't ended, by the files' names.
        var underWay: [String: Int] = [:]
        /// Partitions that have ended and of which the lister does not know it.
        var ended: [Int] = []
        var isCancelled = false
        var restarts = 0
    }

    /// What the lister does next.
    enum Turn {
        /// Begin to read a partition, or to ask for its files.
        case begin(Int)
        /// List a file of it; from 1 on.
        case list(Int, file: Int)
        case ended(Int)
        case end
    }

    /// What follows for the run from the end of a file.
    struct End {
        var records: [ItemRecord] = []
        /// Files that were listed and are not told of.
        var withdrawn = 0
    }

    /// Why a wait has ended.
    private enum Found {
        case turn(Turn)
        case cancelled
        case other
    }

    /// Looked at again, at the latest, where nothing is due: waits end by a broadcast.
    private static let patience = Duration.seconds(60)

    private let state = Monitor(State())
    private let policy: RetryPolicy

    init(_ policy: RetryPolicy) { self.policy = policy }

    /// Readings that broke and were followed by another.
    var restarts: Int { state.withLock { $0.restarts } }

    // MARK: For the lister

    func begin(_ kept: [KeptCut.Partition]) {
        state.withLock {
            $0.partitions = kept.map { CutPartition($0) }
            $0.readings = Array(repeating: nil, count: kept.count)
        }
    }

    /// What is to be done next; blocks.
    ///
    /// - Parameter most: partitions that are read at a time.
    func next(most: Int) throws -> Turn {
        while true {
            let due = state.withLock { $0.due }
            let found: Found? = state.wait(deadline: due ?? .now + CutFiles.patience) { state in
                if state.isCancelled { return .cancelled }
                if let turn = state.turn(most: most) { return .turn(turn) }
                // What has become due sooner than was known is to be waited for no longer than that.
                return state.due == due ? nil : .other
            }
            switch found {
            case .turn(let turn): return turn
            case .cancelled: throw Cancelled()
            case .other, nil: continue
            }
        }
    }

    /// Begins a partition: with a reading, unless its files should be there already.
    func begin(_ partition: Int, _ reading: PartitionReading) {
        state.withLock { state in
            state.partitions[partition].begin()
            if state.partitions[partition].kept == nil { state.readings[partition] = reading }
        }
    }

    /// A file is listed now under this name; the reading that it is of.
    func list(_ partition: Int, as name: String) -> Int {
        state.withLock {
            $0.underWay[name] = partition
            return $0.partitions[partition].reading
        }
    }

    var kept: [KeptCut.Partition] { state.withLock { $0.partitions.map(\.state) } }

    func stale(_ partition: Int) -> Range<Int> { state.withLock { $0.partitions[partition].stale } }
    func staleRemoved(_ partition: Int) { state.withLock { $0.partitions[partition].staleRemoved() } }

    // MARK: For those who read

    /// The reading that a listed file is of; nil for a file that should be there already.
    func reading(of name: String) -> (PartitionReading, partition: Int)? {
        state.withLock { state in
            guard let partition = state.underWay[name], let reading = state.readings[partition] else { return nil }
            return (reading, partition)
        }
    }

    /// The file that was being read of a partition has ended.
    func fileRead(of partition: Int, isLast: Bool) {
        state.withLock { $0.partitions[partition].fileRead(isLast: isLast) }
        state.broadcast()
    }

    // MARK: For the run

    /// A file has ended; what is to be told of it now, and of those before it.
    ///
    /// - Parameter traits: the sink's.
    func end(_ record: ItemRecord, _ traits: SinkTraits) -> End {
        let (end, dropped): (End, PartitionReading?) = state.withLock { state in
            guard let partition = state.underWay.removeValue(forKey: record.name) else {
                return (End(records: [record]), nil)
            }
            let outcome = state.partitions[partition].end(record) { [policy] failure, attempt, outage in
                // What failed at the sink was tried again there, but for a stream, which has no other way.
                guard failure.isRetryable, failure is ODBCError || traits.placement == .sequential, traits.canStartOver
                else { return .giveUp }
                return policy.decision(
                    attempt: attempt,
                    outage: &outage,
                    failure: failure,
                    now: .now,
                    jitter: Double.random(in: 0...1)
                )
            }
            return state.settle(partition, outcome)
        }
        dropped?.discard()
        state.broadcast()
        return end
    }

    /// Nothing more is listed.
    func cancel() {
        state.withLock { $0.isCancelled = true }
        state.broadcast()
    }
}

extension CutFiles.State {
    /// When the first partition that waits for it is due.
    fileprivate var due: ContinuousClock.Instant? {
        partitions.compactMap { if case .waiting(let due?) = $0.phase, due > .now { due } else { nil } }.min()
    }

    fileprivate mutating func turn(most: Int) -> CutFiles.Turn? {
        if let partition = ended.popLast() { return .ended(partition) }
        for index in partitions.indices where partitions[index].wantsListing {
            return .list(index, file: partitions[index].list())
        }
        if partitions.count(where: \.isReading) < most {
            for index in partitions.indices {
                if case .waiting(let due) = partitions[index].phase, due.map({ $0 <= .now }) ?? true {
                    return .begin(index)
                }
            }
        }
        return partitions.allSatisfy(\.hasEnded) ? .end : nil
    }

    /// What follows from a file's end, and the reading that is given up.
    fileprivate mutating func settle(_ partition: Int, _ outcome: CutPartition.Outcome) -> (
        CutFiles.End, PartitionReading?
    ) {
        var end = CutFiles.End()
        switch outcome {
        case .none: break
        case .done(let records):
            readings[partition] = nil
            ended.append(partition)
            return (CutFiles.End(records: records), nil)
        case .again:
            readings[partition]?.breakOff()
            restarts += 1
        case .failed(let record):
            readings[partition]?.breakOff()
            end.records = [record]
        }
        let given = readings[partition]
        switch partitions[partition].phase {
        case .open, .done: return (end, nil)
        case .waiting: end.withdrawn = partitions[partition].listed
        case .failed: end.withdrawn = partitions[partition].listed - 1
        }
        readings[partition] = nil
        return (end, given)
    }
}
