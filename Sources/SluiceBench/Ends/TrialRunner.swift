internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// Runs real copies, one at a time, and measures them.
final class TrialRunner: Sendable {
    private let cancellation: Cancellation
    private let current = Locked<CopyRun?>(nil)

    init(cancellation: Cancellation) {
        self.cancellation = cancellation
        cancellation.onCancel { [current] in current.withLock { $0 }?.cancel() }
    }

    /// What came of one copy.
    struct Result: Sendable {
        var bytesRead: Int
        var objects: Int
        var seconds: Double
        /// Processor time of the whole process.
        var processorTime: Duration
        var stages: [StageShare]

        var rate: Double { Double(bytesRead) / seconds }
        /// Processor time for a gibibyte, after what a server in this process took.
        func secondsPerGibibyte(without server: Duration) -> Double {
            max(0, (processorTime - server).seconds) / max(1, Double(bytesRead)) * 0x1p30
        }
    }

    /// Copies from `source` to `sink`, or to the specification's sink.
    /// - Throws: the first error of the copy, or `Cancelled`.
    func run(_ specification: CopySpecification, from source: any ObjectSource, to sink: (any ObjectSink)? = nil) throws
        -> Result
    {
        let copy = CopyRun(specification, source: source, sink: sink)
        current.withLock { $0 = copy }
        defer { current.withLock { $0 = nil } }
        guard !cancellation.isCancelled else { throw Cancelled() }
        let processor = ProcessorTime.ofProcess
        let start = ContinuousClock.now
        let result = try copy.execute()
        let seconds = start.duration(to: .now).seconds
        let spent = ProcessorTime.ofProcess - processor
        guard !cancellation.isCancelled else { throw Cancelled() }
        let sums = copy.tally.reading
        if let error = sums.errors.first { throw error.failure }
        return Result(
            bytesRead: sums.bytesRead,
            objects: sums.filesWritten,
            seconds: max(seconds, 1e-6),
            processorTime: spent,
            stages: StageShare.of(copy.meters, connections: result.counts.peakActive, seconds: max(seconds, 1e-6))
        )
    }
}

extension StageShare {
    /// The shares of the stages that had anything to do.
    /// - Parameters:
    ///   - connections: the most that were in use at a time. The writer's share is of theirs: others that the limit
    ///     allows had no object to send, however fast the sink is.
    ///   - seconds: how long the copy took.
    static func of(_ meters: StageMeters, connections: Int, seconds: Double) -> [StageShare] {
        meters.readings.compactMap { name, reading in
            var waiting = reading.waitingForInput
            if name == "writer" {
                waiting = max(.zero, .seconds(seconds) * max(1, connections) - reading.busy - reading.waitingForOutput)
            }
            let total = reading.busy + waiting + reading.waitingForOutput
            guard total > .zero, reading.busy > .zero || reading.bytesIn > 0 else { return nil }
            return StageShare(
                name: name,
                busy: reading.busy / total,
                waitingForInput: waiting / total,
                waitingForOutput: reading.waitingForOutput / total,
                bytesIn: reading.bytesIn,
                bytesOut: reading.bytesOut,
                seconds: total.seconds
            )
        }
    }
}
