import SluiceCodecs
import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

@testable import SluiceEngine

private let mebibyte = 1 << 20
private let gibibyte = 1 << 30

/// Stores with the bounds that their services document.
private enum Store {
    static var s3: SinkTraits {
        var traits = SinkTraits(placement: .numbered, isRemote: true)
        traits.minimumBlock = 5 * mebibyte
        traits.maximumBlock = 5 * gibibyte
        traits.maximumBlocks = 10_000
        traits.maximumObject = 5 * 1024 * gibibyte
        traits.blockChecksum = .crc64nvme
        return traits
    }

    static var azure: SinkTraits {
        var traits = SinkTraits(placement: .numbered, isRemote: true)
        traits.maximumBlock = 4000 * mebibyte
        traits.maximumBlocks = 50_000
        traits.maximumObject = 50_000 * 4000 * mebibyte
        traits.blockChecksum = .crc64nvme
        return traits
    }

    static var file: SinkTraits { SinkTraits(placement: .positioned, isRemote: false) }
    static var http: SinkTraits { SinkTraits(placement: .sequential, isRemote: true) }
    static var pipe: SinkTraits { SinkTraits(placement: .sequential, isRemote: false) }
}

private func planner(_ traits: SinkTraits, codec: String = "none", block: Int? = nil, memory: Int = 256, verifies: Bool = true) throws -> TransferPlanner {
    var specification = CopySpecification(source: .standardStream, sink: .standardStream)
    specification.codec = try SluiceCodecs.codec(named: codec)
    specification.blockSize = block.map { ByteCount($0) }
    specification.memory = .mebibytes(memory)
    specification.verification = verifies ? .transfer : .none
    return TransferPlanner(specification, traits)
}

@Suite struct TransferPlannerTests {
    @Test(
        "blocks of S3 grow so that 10,000 of them hold the object",
        arguments: [
            (8 * mebibyte + 1, 8, 2), (16 * mebibyte, 8, 2), (80_000 * mebibyte, 8, 10_000), (80_000 * mebibyte + 1, 9, 8889),
            (1024 * gibibyte, 105, 9987), (5 * 1024 * gibibyte, 525, 9987),
        ]
    )
    func s3Blocks(size: Int, block: Int, count: Int) throws {
        let plan = try planner(Store.s3).plan(name: "x", size: size, allowsReadThrough: true)
        #expect(plan.route == .blocks(partSize: nil))
        #expect(plan.chunkSize == block * mebibyte)
        #expect(plan.chunkCount == count)
        #expect(plan.reading == .digestThenThrough)
    }

    @Test(
        "requests for an object that is written as it comes grow with it, as far as its service lets them",
        arguments: [
            (9 * mebibyte, 8...64, 8), (256 * mebibyte, 8...64, 8), (256 * mebibyte + 1, 8...64, 9), (1600 * mebibyte, 8...64, 50),
            (2048 * mebibyte, 8...64, 64), (1024 * gibibyte, 8...64, 64), (1024 * gibibyte, 4...4, 4),
        ]
    )
    func requests(size: Int, bounds: ClosedRange<Int>, request: Int) throws {
        var planner = try planner(Store.file)
        planner.requestSize = bounds.lowerBound * mebibyte...bounds.upperBound * mebibyte
        let plan = try planner.plan(name: "x", size: size, allowsReadThrough: false)
        #expect(plan.chunkSize == request * mebibyte)
        #expect(plan.reading == .through)
        planner.blockSize = 5 * mebibyte
        #expect(try planner.plan(name: "x", size: size, allowsReadThrough: false).chunkSize == 5 * mebibyte)
    }

    @Test(
        "blocks of Azure grow so that 50,000 of them hold the object",
        arguments: [(390 * gibibyte, 8, 49_920), (400_000 * mebibyte, 8, 50_000), (400_000 * mebibyte + 1, 9, 44_445), (5 * 1024 * gibibyte, 105, 49_933)]
    )
    func azureBlocks(size: Int, block: Int, count: Int) throws {
        let plan = try planner(Store.azure).plan(name: "x", size: size, allowsReadThrough: true)
        #expect(plan.chunkSize == block * mebibyte)
        #expect(plan.chunkCount == count)
    }

    @Test("what fits a block goes in one request", arguments: [0, 1, 4096, 8 * mebibyte - 1, 8 * mebibyte])
    func whole(size: Int) throws {
        for traits in [Store.s3, Store.azure] {
            let plan = try planner(traits).plan(name: "x", size: size, allowsReadThrough: true)
            #expect(plan.route == .whole)
            #expect(plan.chunkCount == 1)
            #expect(plan.length(ofChunk: 0, size: size) == size)
            #expect(plan.reading == (size < 512 << 10 ? .slab : .digestThenThrough))
        }
    }

    @Test("over plain HTTPS large files are read while they are sent, and others go whole or as a stream")
    func http() throws {
        let planner = try planner(Store.http)
        #expect(try planner.plan(name: "x", size: 5 * gibibyte, allowsReadThrough: true).reading == .through)
        #expect(try planner.plan(name: "x", size: 5 * gibibyte, allowsReadThrough: true).route == .whole)
        #expect(try planner.plan(name: "x", size: 1000, allowsReadThrough: true).reading == .slab)
        #expect(try planner.plan(name: "x", size: 5 * gibibyte, allowsReadThrough: false).route == .stream)
        #expect(try planner.plan(name: "x", size: nil, allowsReadThrough: false).route == .stream)
        #expect(try planner.plan(name: "x", size: mebibyte, allowsReadThrough: false).route == .whole)
    }

    @Test("a local file is written in blocks at their places", arguments: [(0, 1), (1, 1), (mebibyte, 1), (mebibyte + 1, 2), (10 * mebibyte, 10)])
    func file(size: Int, count: Int) throws {
        let plan = try planner(Store.file).plan(name: "x", size: size, allowsReadThrough: true)
        #expect(plan.route == (count == 1 ? .whole : .blocks(partSize: nil)))
        #expect(plan.reading == .slab)
        #expect(plan.chunkCount == count)
    }

    @Test("an object of unknown size is decided at its end, and its blocks grow for the store's sake")
    func unknown() throws {
        let plan = try planner(Store.s3).plan(name: "x", size: nil, allowsReadThrough: false)
        #expect(plan.route == .undecided(partSize: nil))
        #expect(plan.chunkCount == nil)
        #expect(plan.length(ofChunk: 0, size: nil) == 8 * mebibyte)
        #expect(plan.length(ofChunk: 999, size: nil) == 8 * mebibyte)
        #expect(plan.length(ofChunk: 1000, size: nil) == 16 * mebibyte)
        #expect(plan.length(ofChunk: 9999, size: nil) == 64 * mebibyte)
        let total = (0..<10_000).reduce(0) { $0 + plan.length(ofChunk: $1, size: nil) }
        #expect(total > 400 * gibibyte)
    }

    @Test("parts of a compressed object of unknown size grow too")
    func unknownCompressed() throws {
        let plan = try planner(Store.s3, codec: "gzip").plan(name: "x", size: nil, allowsReadThrough: false)
        #expect(plan.partSize == 8 * mebibyte)
        #expect(plan.capacity(ofPart: 999) == 8 * mebibyte)
        #expect(plan.capacity(ofPart: 1000) == 16 * mebibyte)
        #expect(plan.capacity(ofPart: 9999) == 64 * mebibyte)
        #expect(plan.largestPart == 64 * mebibyte)
        #expect(try planner(Store.file, codec: "gzip").plan(name: "x", size: nil, allowsReadThrough: false).partSize == nil)
    }

    @Test("a small compressed object needs no part, however little memory there is")
    func smallCompressed() throws {
        let plan = try planner(Store.s3, codec: "gzip", memory: 2).plan(name: "x", size: 1000, allowsReadThrough: false)
        #expect(plan.route == .whole)
        #expect(plan.partSize == nil)
    }

    @Test(
        "the user's block size is kept within what the store takes",
        arguments: [(mebibyte, 5), (5 * mebibyte, 5), (64 * mebibyte, 64), (100 * gibibyte, 5 * 1024)]
    )
    func blockSize(block: Int, mebibytes: Int) throws {
        let plan = try planner(Store.s3, block: block).plan(name: "x", size: 20 * gibibyte, allowsReadThrough: true)
        #expect(plan.chunkSize == mebibytes * mebibyte)
    }

    @Test(
        "what the store can't hold is refused before the first byte",
        arguments: [("none", nil, 5 * 1024 * gibibyte + 1), ("gzip", nil, 5 * 1024 * gibibyte + 1), ("none", 8 * mebibyte, 80_000 * mebibyte + 1)] as [(String, Int?, Int)]
    )
    func tooLarge(codec: String, block: Int?, size: Int) throws {
        let planner = try planner(Store.s3, codec: codec, block: block)
        let error = #expect(throws: CopyError.self) { try planner.plan(name: "x", size: size, allowsReadThrough: true) }
        #expect(error?.kind == .tooLarge)
        #expect(error?.what.contains("\"x\"") == true)
    }

    @Test("blocks that the memory can't hold are refused with what to do")
    func tooLittleMemory() throws {
        let planners = [
            try planner(Store.s3, memory: 4), try planner(Store.s3, codec: "gzip", memory: 4),
            try planner(Store.s3, codec: "zstd", block: 64 * mebibyte, memory: 64),
        ]
        for planner in planners {
            let error = #expect(throws: CopyError.self) { try planner.plan(name: "x", size: gibibyte, allowsReadThrough: false) }
            #expect(error?.kind == .tooLarge)
            #expect(error?.description.contains("--memory") == true)
        }
        let unknown = #expect(throws: CopyError.self) { try planners[0].plan(name: "x", size: nil, allowsReadThrough: false) }
        #expect(unknown?.kind == .tooLarge)
    }

    @Test("a size near the end of all numbers is planned or refused, and ends nothing", arguments: ["none", "gzip"])
    func absurdSizes(codec: String) throws {
        for traits in [Store.s3, Store.azure, Store.file, Store.http, Store.pipe] {
            for size in [Int.max, .max - 1, .max / 2, 1 << 62] {
                let plan = try? planner(traits, codec: codec).plan(name: "x", size: size, allowsReadThrough: false)
                if let plan, let count = plan.chunkCount { #expect(count > 0) }
            }
        }
    }
}

@Suite struct TransferPlanPropertyTests {
    @Test("a plan covers the object with blocks that store and memory take, or there is none", arguments: seeds(300))
    func coverage(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var traits = SinkTraits(placement: [.numbered, .positioned, .sequential].randomElement(using: &random) ?? .numbered, isRemote: true)
        if traits.placement == .numbered {
            traits.minimumBlock = [1, 100, 5000, 1 << 20].randomElement(using: &random) ?? 1
            traits.maximumBlock = traits.minimumBlock * Int.random(in: 1...300, using: &random)
            traits.maximumBlocks = [1, 2, 10, 1000, .max].randomElement(using: &random) ?? 1
        }
        let codec = ["none", "gzip", "lz4", "zstd"].randomElement(using: &random) ?? "none"
        let size = Int.random(in: 0...(1 << Int.random(in: 0...40, using: &random)), using: &random)
        var specification = CopySpecification(source: .standardStream, sink: .standardStream)
        specification.codec = try SluiceCodecs.codec(named: codec)
        specification.blockSize = Bool.random(using: &random) ? ByteCount(.random(in: 1...(1 << 24), using: &random)) : nil
        specification.memory = ByteCount(1 << Int.random(in: 12...30, using: &random))
        let planner = TransferPlanner(specification, traits)
        guard let plan = try? planner.plan(name: "x", size: size, allowsReadThrough: Bool.random(using: &random)), let count = plan.chunkCount
        else { return }
        let last = plan.length(ofChunk: count - 1, size: size)
        #expect(plan.chunkSize * (count - 1) + last == size, "seed \(seed): \(plan)")
        #expect(last > 0 || size == 0, "seed \(seed): \(plan)")
        if plan.reading == .slab { #expect(planner.lease(ofChunk: min(plan.chunkSize, size)) <= planner.chunkShare, "seed \(seed): \(plan)") }
        if plan.route == .blocks(partSize: nil), traits.placement == .numbered {
            #expect(traits.minimumBlock...traits.maximumBlock ~= plan.chunkSize, "seed \(seed): \(plan)")
            #expect(count <= traits.maximumBlocks, "seed \(seed): \(plan)")
        }
        if let part = plan.partSize {
            let bound = planner.encodedBound(plan.chunkSize)
            // The worst case: every frame as large as it can be, and a part is full when the next may not fit.
            let frames = part / bound
            #expect(frames * bound >= traits.minimumBlock, "seed \(seed): \(plan)")
            #expect(part <= traits.maximumBlock && part <= planner.partShare, "seed \(seed): \(plan)")
            #expect((count + frames - 1) / frames <= traits.maximumBlocks, "seed \(seed): \(plan)")
        }
    }
}
