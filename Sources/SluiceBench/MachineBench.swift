internal import SluiceCodecs
internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// The machine's ceilings: what each part of a copy can do at most, without any other end.
struct MachineBench {
    private let context: BenchContext

    /// The share of the time that the temporary file may take.
    private static let fileShare = 0.05
    /// The share that the rounds get: the rest is for what they need made first.
    private static let roundsShare = 0.9
    /// The largest region that memory is read from: beyond most caches.
    private static let largestRegion = 128 << 20

    init(_ context: BenchContext) { self.context = context }

    func run() throws -> BenchFindings {
        let options = context.options
        context.tell(BenchStep("data and a file to measure with"))
        let sample = SampleData.generated()
        let file = try DiskFile(
            in: options.temporaryDirectory,
            filledWith: sample.bytes,
            for: options.time * MachineBench.fileShare
        )
        let sink = try NullSink()
        defer { sink.stop() }
        let region = MemoryRegion(size: min(MachineBench.largestRegion, options.base.memory.rawValue / 2))
        let cancellation = context.cancellation
        var probes: [any Probe] = [1, ProcessorCount.available].map {
            MemoryProbe(region, workers: $0, cancellation: cancellation)
        }
        probes.append(DiskProbe(file, .cached, cancellation: cancellation))
        if !file.isInMemory { probes.append(DiskProbe(file, .uncached, cancellation: cancellation)) }
        probes += CodecProbe.all(options.codecs, sample, cancellation: cancellation)
        probes += [.crc64nvme, .crc32c, .md5, .sha256].map { DigestProbe($0, sample, cancellation: cancellation) }
        probes += RecordProbe.Cipher.allCases.map { RecordProbe($0, cancellation: cancellation) }
        for load in [LoopbackProbe.Load.bulk, .small] {
            probes.append(try LoopbackProbe(load, sink, sample, context.runner, memory: options.base.memory))
        }
        let time = options.time * MachineBench.roundsShare
        var found = BenchFindings(sample: sample.description)
        found.measurements = try context.rounds.run(probes, within: time, called: "the machine's ceilings").distinct()
        let disk =
            found.measurements.first { $0.id == "disk.uncached" } ?? found.measurements.first { $0.id == "disk.cached" }
        let model = RateModel(found.measurements, sourceRate: disk?.median)
        found.allowances = model?.allowances(options.codecs, found.measurements) ?? []
        found.findings = Findings.ceilings(found.allowances, sourceName: "the disk")
        return found
    }
}

extension CodecProbe {
    /// A probe on one core and one on all for each codec.
    static func all(_ codecs: [CodecChoice], _ sample: SampleData, cancellation: Cancellation) -> [CodecProbe] {
        codecs.flatMap { choice in
            [1, ProcessorCount.available].map { workers in
                CodecProbe(choice, sample, workers: workers, cancellation: cancellation)
            }
        }
    }
}

extension [Measurement] {
    /// Without what a machine of one core measures twice.
    func distinct() -> [Measurement] {
        var seen: Set<String> = []
        return filter { seen.insert($0.id).inserted }
    }
}

extension RateModel {
    /// The model of a machine whose loopback copy is among `measurements`; nil when it is not.
    init?(_ measurements: [Measurement], sourceRate: Double?) {
        func median(_ id: String) -> Double? { measurements.first { $0.id == id }?.median }
        guard let send = median(LoopbackProbe.clientID) else { return nil }
        let read = median("memory.core").map { 1 / $0 } ?? 0
        self.init(cores: ProcessorCount.available, sourceRate: sourceRate, readCost: read, sendCost: send / 0x1p30)
    }

    /// What is allowed with none and with each of `codecs` that was measured.
    func allowances(_ codecs: [CodecChoice], _ measurements: [Measurement]) -> [CodecAllowance] {
        func measured(_ choice: CodecChoice, isOneCore: Bool) -> Measurement? {
            measurements.first { $0.id == CodecProbe.id(choice, isOneCore: isOneCore) }
        }
        return [allowance(nil)]
            + codecs.compactMap { choice in
                guard let core = measured(choice, isOneCore: true), let ratio = core.ratio else { return nil }
                let all = measured(choice, isOneCore: false)?.median ?? core.median
                return allowance(Codec(name: "\(choice)", ratio: ratio, coreRate: core.median, allRate: all))
            }
    }
}
