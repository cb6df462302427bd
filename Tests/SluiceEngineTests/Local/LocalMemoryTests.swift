import Glibc
import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// Memory that stays what was asked for, however much is moved.
@Suite(.timeLimit(.minutes(30))) struct LocalMemoryTests {
    private let directory: TemporaryDirectory
    private let memory = ByteCount.mebibytes(16)

    init() throws { directory = try TemporaryDirectory(inMemory: true) }

    @Test("5,000 small files stay within the pool", arguments: ["none", "zstd"])
    func manyFiles(codec: String) async throws {
        let source = try directory.folder("in")
        for number in 0..<5000 { _ = try directory.write("in/\(number)", [UInt8](repeating: UInt8(number & 255), count: 1024)) }
        let copy = try await LocalCopy.run(source, "\(directory.path)/out", codec: codec) { $0.memory = memory }
        #expect(copy.copied.count == 5000)
        #expect(copy.result.peakMemory > ByteCount(0) && copy.result.peakMemory <= memory)
        #expect(try directory.tree("out").count == 5000)
        if codec == "none" { #expect(try Command.run(["diff", "-rq", source, "\(directory.path)/out"]).status == 0) }
    }

    @Test("a file of 2 GiB stays within the pool")
    func largeFile() async throws {
        let source = try directory.write("in", [])
        try #require(truncate(source, 2 << 30) == 0)
        let copy = try await LocalCopy.run(source, "\(directory.path)/out", codec: "zstd") { $0.memory = memory }
        #expect(copy.failures.isEmpty)
        #expect(copy.records.first?.bytesRead == 2 << 30)
        #expect(copy.result.peakMemory > ByteCount(0) && copy.result.peakMemory <= memory)
        let decoded = try Command.run(["bash", "-c", #"zstd -dcq "$0" | cmp - "$1""#, "\(directory.path)/out.zst", source])
        #expect(decoded.status == 0)
    }

    @Test("every slab comes back, whatever came of its chunk")
    func slabs() async throws {
        let source = try directory.folder("in")
        for number in 0..<40 { _ = try directory.write("in/\(number)", [UInt8](repeating: 1, count: 300_000)) }
        for number in 0..<5 { try #require(symlink("none", "\(source)/link \(number)") == 0) }
        var specification = CopySpecification(
            source: .file(path: source, isDirectory: false), sink: .file(path: "\(directory.path)/out", isDirectory: true)
        )
        specification.memory = memory
        specification.blockSize = ByteCount(4096)
        let touched = TouchedSource(source, whileReading: { name, offset in
            if name.hasSuffix("3"), offset > 100_000 { throw CopyError(.inputOutput, "\(name) fails") }
        })
        let context = RunContext(
            specification: specification,
            endpoints: try StoreFactory(specification).endpoints(source: touched),
            meters: StageMeters(), tally: Tally(), cancellation: Cancellation(), recordItem: { _ in }
        )
        let hasEnded = await finishes { _ = RunThreads(context: context, readBack: nil).run { _ in } }
        try #require(hasEnded)
        #expect(context.chunkPool.peak > ByteCount(0))
        #expect(context.chunkPool.leased == ByteCount(0))
        #expect(context.partPool.leased == ByteCount(0))
        #expect(try directory.leftovers() == [])
    }
}
