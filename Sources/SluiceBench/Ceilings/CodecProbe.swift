internal import SluiceCodecs
internal import SluiceCore
internal import SluicePipeline
internal import Synchronization

/// Compresses the sample's chunks, each into a frame of its own, on one core or all.
final class CodecProbe: Probe {
    private let choice: CodecChoice
    private let sample: SampleData
    private let pass: ParallelPass
    private let sums = CodecSums()

    init(_ choice: CodecChoice, _ sample: SampleData, workers: Int, cancellation: Cancellation) {
        self.choice = choice
        self.sample = sample
        pass = ParallelPass(workers: workers, cancellation: cancellation)
    }

    static func id(_ choice: CodecChoice, isOneCore: Bool) -> String {
        "codec.\(choice.format)-\(choice.level)." + (isOneCore ? "core" : "all")
    }

    var figures: [Figure] {
        let isOne = pass.workers == 1
        let label = "\(choice), \(isOne ? "one core" : "all cores")"
        var figure = Figure(CodecProbe.id(choice, isOneCore: isOne), .codec, label)
        figure.workers = pass.workers
        figure.ratio = sums.ratio
        return [figure]
    }

    func measure(for time: Duration) throws -> [Double] {
        [
            try pass.run(for: time) { [choice, sample, sums, workers = pass.workers] number in
                let codec = choice.codec
                let encoder = try codec.makeEncoder()
                var output = [UInt8](repeating: 0, count: codec.bound(for: SampleData.chunkSize))
                var next = sample.chunks.count / workers * number
                return {
                    let chunk = sample.chunks[next % sample.chunks.count]
                    next += 1
                    var room = output.mutableSpan
                    var storage = unsafe room.mutableBytes
                    let count = unsafe try encoder.encode(sample.bytes.span.extracting(chunk).bytes, into: &storage)
                    sums.add(raw: chunk.count, encoded: count)
                    return chunk.count
                }
            }
        ]
    }
}

/// Bytes before and behind compression, over all rounds.
private final class CodecSums: Sendable {
    private let raw = Atomic<Int>(0)
    private let encoded = Atomic<Int>(0)

    func add(raw rawBytes: Int, encoded encodedBytes: Int) {
        raw.wrappingAdd(rawBytes, ordering: .relaxed)
        encoded.wrappingAdd(encodedBytes, ordering: .relaxed)
    }

    var ratio: Double? {
        let bytes = encoded.load(ordering: .relaxed)
        return bytes > 0 ? Double(raw.load(ordering: .relaxed)) / Double(bytes) : nil
    }
}
