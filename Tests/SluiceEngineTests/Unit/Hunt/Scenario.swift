import SluiceCodecs
import SluiceCore
import SluiceTestSupport

@testable import SluiceEngine

/// What one run of the hunt is made of, drawn from its seed.
struct Scenario: Sendable, CustomStringConvertible {
    let seed: UInt64
    let placement: BlockPlacement
    let isRemote: Bool
    let minimumBlock: Int
    let blockSize: Int
    let memory: Int
    let codec: String
    let connections: CopySpecification.Connections
    let verification: CopySpecification.Verification
    let isRereadable: Bool
    /// Events of source and sink after which the run is cancelled; nil for never.
    let cancelAfter: Int?
    let faults: FaultRates
    let objects: [FakeObject]

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        self.seed = seed
        placement = [.numbered, .numbered, .positioned, .sequential].randomElement(using: &random) ?? .numbered
        isRemote = placement == .numbered || Bool.random(using: &random)
        codec = ["none", "none", "gzip:1", "lz4", "zstd"].randomElement(using: &random) ?? "none"
        blockSize = [4096, 5000, 8192, 16384].randomElement(using: &random) ?? 4096
        minimumBlock = placement == .numbered ? [1, 4096, 12000].randomElement(using: &random) ?? 1 : 1
        // From too little for one object to enough for all.
        memory = [32, 48, 64, 96, 128, 256, 1024].randomElement(using: &random).map { $0 << 10 } ?? 65536
        connections = Bool.random(using: &random) ? .automatic : .fixed(.random(in: 1...6, using: &random))
        verification = Int.random(in: 0..<4, using: &random) == 0 ? .none : .transfer
        isRereadable = Int.random(in: 0..<6, using: &random) > 0
        cancelAfter = Int.random(in: 0..<4, using: &random) == 0 ? .random(in: 0...150, using: &random) : nil
        faults = FaultRates(&random)
        let count = [1, 2, 5, 12, 40].randomElement(using: &random) ?? 1
        let (block, mayHang, hasFaults) = (blockSize, cancelAfter != nil, faults.source)
        objects = (0..<count).map { index in
            FakeObject(index: index, block: block, faultRate: hasFaults, mayHang: mayHang, &random)
        }
    }

    var specification: CopySpecification {
        var specification = CopySpecification(source: .file(path: "source", isDirectory: true), sink: .file(path: "sink", isDirectory: true))
        specification.connections = connections
        specification.blockSize = ByteCount(blockSize)
        specification.memory = ByteCount(memory)
        specification.codec = try? SluiceCodecs.codec(named: codec)
        specification.verification = verification
        specification.retry.attempts = 5
        specification.retry.base = .microseconds(1)
        specification.retry.ceiling = .microseconds(50)
        return specification
    }

    var traits: SinkTraits {
        var traits = SinkTraits(placement: placement, isRemote: isRemote)
        traits.minimumBlock = minimumBlock
        traits.maximumBlock = 1 << 20
        // A bound lets the blocks of an object of unknown size grow.
        if seed.isMultiple(of: 2) { traits.maximumBlocks = 40 }
        traits.blockChecksum = placement == .numbered ? .crc64nvme : nil
        return traits
    }

    var description: String {
        "seed \(seed): \(placement), \(isRemote ? "remote" : "local"), \(codec), blocks of \(blockSize) from \(minimumBlock), "
            + "memory \(memory >> 10) KiB, \(connections), \(objects.count) objects, faults \(faults), "
            + "cancelled after \(cancelAfter.map(String.init) ?? "-")"
    }
}

/// How often things go wrong, in a thousand.
struct FaultRates: Sendable, CustomStringConvertible {
    /// Answers that another attempt mends.
    let passing: Int
    /// Answers that end an item.
    let lasting: Int
    /// Objects that are not what they should be.
    let source: Int

    init(_ random: inout SeededGenerator) {
        passing = [0, 0, 30, 150].randomElement(using: &random) ?? 0
        lasting = [0, 0, 0, 20].randomElement(using: &random) ?? 0
        source = [0, 0, 200].randomElement(using: &random) ?? 0
    }

    var description: String { "\(passing)/\(lasting)/\(source)" }
}

/// One object of the source and how it behaves.
struct FakeObject: Sendable {
    enum Behaviour: Sendable, Equatable {
        case steady
        /// Its size was another one when it was listed.
        case relisted(Int)
        /// Its size is another one at every opening.
        case restless
        case vanishedBeforeOpening
        /// Gone, unreadable or shorter from this offset on.
        case vanishes(at: Int)
        case failsToRead(at: Int)
        case shrinks(to: Int)
        /// It is no longer what it was when the end is looked at.
        case rewritten
        /// Reading does not return before the run has ended.
        case hangs(at: Int)
        /// The listing says that it can't be read.
        case unlistable
    }

    let name: String
    let bytes: [UInt8]
    let isSizeKnown: Bool
    let behaviour: Behaviour

    init(index: Int, block: Int, faultRate: Int, mayHang: Bool, _ random: inout SeededGenerator) {
        name = "dir \(index % 3)/é+%?#\(index)"
        isSizeKnown = Int.random(in: 0..<5, using: &random) > 0
        let blocks = [0, 1, 2, 3, 5, 9].randomElement(using: &random) ?? 0
        let size = max(0, blocks * block + (Int.random(in: -1...1, using: &random)))
        // Compressible or not: a part that is full at its last frame, and one that never fills.
        bytes = Bool.random(using: &random) ? random.bytes(size) : [UInt8](repeating: UInt8(index & 255), count: size)
        let offset = Int.random(in: 0...max(0, size - 1), using: &random)
        let draw = Int.random(in: 0..<1000, using: &random)
        if mayHang, size > 0, draw >= 995 {
            behaviour = .hangs(at: offset)
        } else if draw >= faultRate {
            behaviour = .steady
        } else {
            let resized: [Behaviour] = [.relisted(max(0, size - block - 1)), .relisted(size + 2 * block), .restless, .shrinks(to: offset), .rewritten]
            let unreadable: [Behaviour] = [.vanishes(at: offset), .failsToRead(at: offset)]
            let absent: [Behaviour] = [.vanishedBeforeOpening, .unlistable]
            let possible = absent + (size > 0 ? unreadable : []) + (size > 0 && isSizeKnown ? resized : [])
            behaviour = possible.randomElement(using: &random) ?? .steady
        }
    }

    /// Whether it may be copied: what is read by one call has no time to be rewritten.
    func mayBeCopied(blockSize: Int) -> Bool { isCopyable || (behaviour == .rewritten && bytes.count <= blockSize) }

    /// Whether it must be copied where nothing else fails.
    var isCopyable: Bool {
        switch behaviour {
        case .steady, .relisted: true
        default: false
        }
    }
}
