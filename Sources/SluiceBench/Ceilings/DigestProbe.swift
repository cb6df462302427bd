internal import SluiceCore
internal import SluiceDigests
internal import SluicePipeline

/// Computes one digest over the sample on one core.
final class DigestProbe: Probe {
    private let algorithm: ChecksumAlgorithm
    private let sample: SampleData
    private let pass: ParallelPass

    /// Digests are computed of pieces that the second-level cache still holds.
    private static let piece = 256 << 10

    init(_ algorithm: ChecksumAlgorithm, _ sample: SampleData, cancellation: Cancellation) {
        self.algorithm = algorithm
        self.sample = sample
        pass = ParallelPass(workers: 1, cancellation: cancellation)
    }

    private var name: String {
        switch algorithm {
        case .crc32c: "CRC32C"
        case .crc64nvme: "CRC64NVME"
        case .md5: "MD5"
        case .sha256: "SHA-256"
        }
    }

    var figures: [Figure] {
        var figure = Figure("digest.\(algorithm.rawValue)", .digest, "\(name), one core")
        figure.workers = 1
        return [figure]
    }

    func measure(for time: Duration) throws -> [Double] {
        [
            try pass.run(for: time) { [algorithm, sample] _ in
                var offset = 0
                return {
                    if offset >= sample.bytes.count { offset = 0 }
                    let end = min(offset + DigestProbe.piece, sample.bytes.count)
                    _ = unsafe try Checksum(algorithm, of: sample.bytes.span.extracting(offset..<end).bytes)
                    defer { offset = end }
                    return end - offset
                }
            }
        ]
    }
}
