internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline
internal import SluiceStores

/// Copies objects from memory over HTTPS to a sink of our own that throws them away, by the engine as users run it.
final class LoopbackProbe: Probe {
    enum Load: Sendable {
        /// Objects large enough that bytes are all that counts.
        case bulk
        /// Objects of 4 KiB: what counts is the requests.
        case small
    }

    private let load: Load
    private let sink: NullSink
    private let certificate: MemoryFile
    private let sample: SampleData
    private let runner: TrialRunner
    private let memory: ByteCount
    private var pace: Pace

    static let bulkID = "loopback.bulk"
    static let clientID = "loopback.client-cpu"

    private static let bulkSize = 32 << 20
    private static let smallSize = 4 << 10
    /// Small objects wait for answers; this many under way hide it.
    private static let smallConnections = 16

    init(_ load: Load, _ sink: NullSink, _ sample: SampleData, _ runner: TrialRunner, memory: ByteCount) throws {
        self.load = load
        self.sink = sink
        self.sample = sample
        self.runner = runner
        self.memory = memory
        certificate = try MemoryFile(Array(sink.certificatePEM.utf8))
        pace = load == .bulk ? Pace(most: 16 << 30) : Pace(least: 64 << 10, most: 512 << 20)
    }

    private var connections: Int { load == .bulk ? max(2, ProcessorCount.available) : LoopbackProbe.smallConnections }

    var figures: [Figure] {
        switch load {
        case .bulk:
            var rate = Figure(LoopbackProbe.bulkID, .loopback, "HTTPS to a sink that throws away")
            rate.workers = connections
            rate.note = "client and sink share this machine's processors; CRC64NVME on the way, no codec"
            let client = Figure(
                LoopbackProbe.clientID,
                .loopback,
                "its processor time, client",
                unit: .secondsPerGibibyte
            )
            let server = Figure("loopback.sink-cpu", .loopback, "its processor time, sink", unit: .secondsPerGibibyte)
            return [rate, client, server]
        case .small:
            var rate = Figure("loopback.small", .loopback, "the same, objects of 4 KiB", unit: .objectsPerSecond)
            rate.workers = connections
            return [rate]
        }
    }

    func measure(for time: Duration) throws -> [Double] {
        let deadline = ContinuousClock.now + time
        // The first guesses are part of the warm-up.
        while pace.isUnknown { _ = try copy(for: time) }
        let left = ContinuousClock.now.duration(to: deadline)
        return try copy(for: max(left, time / 2))
    }

    private func copy(for time: Duration) throws -> [Double] {
        let bytes = pace.bytes(for: time)
        let size = load == .bulk ? min(LoopbackProbe.bulkSize, max(1, bytes / connections)) : LoopbackProbe.smallSize
        let source = SampleSource(sample, prefix: "", sizes: Array(repeating: size, count: max(1, bytes / size)))
        var specification = CopySpecification(
            source: source.location,
            sink: .http(try HTTPAddress(parsing: "\(sink.origin)/"))
        )
        specification.sinkConnection.caCertificate = certificate.path
        specification.sinkConnection.proxy = .none
        specification.connections = .fixed(connections)
        specification.memory = memory
        let before = sink.processorTime
        let result = try runner.run(specification, from: source)
        let server = sink.processorTime - before
        pace.record(bytes: result.bytesRead, seconds: result.seconds)
        guard load == .bulk else { return [Double(result.objects) / result.seconds] }
        let serverShare = server.seconds / max(1, Double(result.bytesRead)) * 0x1p30
        return [result.rate, result.secondsPerGibibyte(without: server), serverShare]
    }
}
