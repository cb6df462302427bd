package import SluiceCore
package import SluicePipeline

/// What a run did, for the report: plain values, gathered once it has ended.
package struct RunReport: Sendable {
    package var identifier: RunIdentifier
    package var version: String
    /// The subcommand.
    package var command: String
    package var source: Location
    package var sink: Location
    package var codec: String?
    package var outcome: RunOutcome
    package var startedAt: Timestamp
    package var duration: Duration
    package var sums = Tally.Reading()
    /// Bytes that were read of items that were copied; `sums` has those of failed ones too.
    package var bytesReadOfCopied = 0
    /// What the sink's connections did; nil when the run did not start.
    package var counts: WriteStage.Counts?
    package var sourceConnections: Int?
    /// What is known of the source's rows; nil where there are none.
    package var rowFacts: RowFacts?
    package var stages = Stages()
    package var usage = ResourceUsage(processorTime: .zero, peakMemory: ByteCount(0))
    /// Why the run could not start, or what ended it.
    package var failure: (any Failure)?
    package var consistency = Consistency.notVerified
    /// What the staging store held; nil for a direct copy.
    package var staging: StagingFacts?
    /// What was compared; nil for a copy.
    package var comparison: VerifyCounts?

    package init(
        _ specification: CopySpecification,
        command: String,
        version: String,
        outcome: RunOutcome,
        startedAt: Timestamp,
        duration: Duration
    ) {
        identifier = RunIdentifier(start: startedAt)
        self.version = version
        self.command = command
        source = specification.source
        sink = specification.sink
        codec = specification.codec?.name
        self.outcome = outcome
        self.startedAt = startedAt
        self.duration = duration
    }

    /// The sums of the four stages.
    package struct Stages: Sendable, Equatable {
        /// What found the objects.
        package var lister = StageReading()
        package var reader = StageReading()
        package var chunker = StageReading()
        package var compressor = StageReading()
        package var writer = StageReading()

        package init() {}

        package init(_ meters: StageMeters) {
            lister = meters.lister.reading
            reader = meters.reader.reading
            chunker = meters.chunker.reading
            compressor = meters.compressor.reading
            writer = meters.writer.reading
        }

        /// What was added since `earlier`.
        package func since(_ earlier: Stages) -> Stages {
            var difference = Stages()
            difference.lister = lister.since(earlier.lister)
            difference.reader = reader.since(earlier.reader)
            difference.chunker = chunker.since(earlier.chunker)
            difference.compressor = compressor.since(earlier.compressor)
            difference.writer = writer.since(earlier.writer)
            return difference
        }
    }

    /// ADF's `dataConsistencyVerification`.
    package enum Consistency: Sendable, Equatable {
        /// The store confirmed a digest of every block, or everything was read back and is the same.
        case verified
        case notVerified
        /// There is no way to do it: what went to standard output is gone.
        case unsupported
        /// Something differs from what was sent.
        case found
    }

    /// Takes what a comparison has found.
    package mutating func add(_ counts: VerifyCounts, errors: [(name: String, failure: any Failure)]) {
        comparison = counts
        sums.filesRead = counts.byDigest + counts.byReading + counts.bySize + counts.sizeDiffers + counts.contentDiffers
        sums.bytesRead = counts.bytesRead
        sums.filesFailed = counts.failed
        sums.errors = errors.map { Tally.ItemError(name: $0.name, failure: $0.failure) }
        if counts.different > 0 {
            consistency = .found
        } else {
            // The same size proves nothing.
            let isProven = counts.same > 0 && counts.bySize == 0 && counts.failed == 0 && outcome == .succeeded
            consistency = isProven ? .verified : .notVerified
        }
    }

    /// KiB of the source's bytes a second.
    package var throughput: Double? {
        let seconds = copyDuration
        return seconds > 0 ? Double(sums.bytesRead) / 1024 / seconds : nil
    }

    /// Seconds to the microsecond, as the report shows them.
    package var copyDuration: Double { (duration.seconds * 1e6).rounded() / 1e6 }

    /// Bytes of bodies that were sent to a distant sink or, where the sink is this machine, came from a distant source,
    /// those of attempts that failed too; nil where they were not counted.
    package var bytesOnWire: Int? {
        if sink.isRemote { return counts?.bytesOnWire }
        guard source.isRemote else { return 0 }
        return counts.flatMap { $0.bytesOnWire > 0 ? $0.bytesOnWire : nil }
    }

    /// Bytes before compression for each byte after it.
    package var compressionRatio: Double? {
        guard codec != nil, sums.bytesWritten > 0 else { return nil }
        return Double(bytesReadOfCopied) / Double(sums.bytesWritten)
    }
}

extension StageReading {
    /// What was added since `earlier`.
    fileprivate func since(_ earlier: StageReading) -> StageReading {
        StageReading(
            busy: busy - earlier.busy,
            waitingForInput: waitingForInput - earlier.waitingForInput,
            waitingForOutput: waitingForOutput - earlier.waitingForOutput,
            bytesIn: bytesIn - earlier.bytesIn,
            bytesOut: bytesOut - earlier.bytesOut
        )
    }
}
