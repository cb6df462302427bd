import Glibc
import SluiceCodecs
import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// Whole runs, from the lister to the committer, on sources and sinks in memory that fail, stall and are cancelled at
/// random. A run that hangs is a deadlock, and its seed is in the message.
@Suite(.serialized, .timeLimit(.minutes(30))) struct HuntTests {
    @Test("a run ends, every object with one record, whole or absent, and all memory is given back", arguments: seeds(400))
    func hunt(seed: UInt64) async {
        let scenario = Scenario(seed: seed)
        let hunt = Hunt(scenario)
        guard await finishes(unlessStuckFor: .seconds(20), progress: { hunt.events }, { hunt.run() }) else {
            Issue.record("it hangs: \(scenario); \(hunt.situation)")
            return
        }
        for problem in hunt.problems() { Issue.record("\(problem): \(scenario)") }
    }
}

/// One run and what came of it.
private final class Hunt: Sendable {
    private let scenario: Scenario
    private let chaos: Chaos
    private let store: FakeStore
    private let source: FakeSource
    private let context: RunContext
    private let records: Monitor<[ItemRecord]>
    /// What a run that has not returned tells of itself.
    private let underWay = Monitor<(@Sendable () -> String)?>(nil)

    init(_ scenario: Scenario) {
        self.scenario = scenario
        chaos = Chaos(seed: scenario.seed, cancelAfter: scenario.cancelAfter)
        store = FakeStore(scenario, chaos)
        source = FakeSource(scenario, chaos)
        let specification = scenario.specification
        let records = Monitor([ItemRecord]())
        self.records = records
        context = RunContext(
            specification: specification,
            endpoints: CopyEndpoints(
                source: source,
                sink: FakeSink(scenario: scenario, store: store, chaos: chaos),
                naming: SinkNaming(target: "", isFolder: true, isSingle: false, suffix: specification.codec?.suffix ?? ""),
                readBack: nil
            ),
            meters: StageMeters(),
            tally: Tally(),
            cancellation: chaos.cancellation,
            recordItem: { record in records.withLock { $0.append(record) } }
        )
    }

    func run() {
        let threads = RunThreads(context: context, readBack: nil)
        underWay.withLock { $0 = threads.situation }
        _ = threads.run { _ in }
        underWay.withLock { $0 = nil }
        chaos.end()
        // A reader that hung in a cancelled run gives its slabs back when it returns.
        while context.chunkPool.leased > ByteCount(0) || context.partPool.leased > ByteCount(0) { sched_yield() }
    }

    /// What has happened at the source and the sink so far.
    var events: Int { chaos.events }

    /// For the report of a run that hangs.
    var situation: String {
        "\(records.withLock { $0.count }) of \(scenario.objects.count) records, \(context.chunkPool.leased) of \(context.chunkPool.capacity) in "
            + "chunks, \(context.partPool.leased) of \(context.partPool.capacity) in parts, open \(store.openUploads); \(underWay.withLock { $0 }?() ?? "")"
    }

    /// What is wrong, in sentences.
    func problems() -> [String] {
        var problems = chaos.violations
        let records = Dictionary(grouping: records.withLock { $0 }, by: \.name)
        let isCancelled = chaos.cancellation.isCancelled
        for object in scenario.objects {
            let own = records[object.name] ?? []
            // A cancelled run leaves unmentioned only what it never touched.
            if own.count > 1 || (own.isEmpty && (!isCancelled || source.hasOpened(object.name))) { problems.append("\(object.name) has \(own.count) records") }
            if let record = own.first { problems += check(object, record, isCancelled) }
        }
        if !store.openUploads.isEmpty { problems.append("uploads are left open: \(store.openUploads)") }
        let copied = Set(records.values.joined().filter { if case .copied = $0.outcome { true } else { false } }.map(\.sinkName))
        for name in store.names.subtracting(copied) where !isCancelled && !store.isDoubtful(name) {
            problems.append("\(name) is in the sink, and its record does not say so")
        }
        return problems
    }

    private func check(_ object: FakeObject, _ record: ItemRecord, _ isCancelled: Bool) -> [String] {
        guard let failure = record.outcome.failure else { return checkCopy(object, record) }
        if failure.kind == .cancelled { return isCancelled ? [] : ["\(object.name) is cancelled, and the run is not"] }
        let isExplained = !object.isCopyable || store.isHopeless(record.sinkName, attempts: scenario.specification.retry.attempts)
        // What is too large for the memory is told so before it is touched.
        return isExplained || isCancelled || failure.kind == .tooLarge ? [] : ["\(object.name) failed without a reason: \(failure)"]
    }

    private func checkCopy(_ object: FakeObject, _ record: ItemRecord) -> [String] {
        var problems: [String] = []
        if !object.mayBeCopied(blockSize: max(scenario.blockSize, scenario.minimumBlock)) { problems.append("\(object.name) was copied, although it is \(object.behaviour)") }
        guard let stored = store.object(record.sinkName) else { return ["\(object.name) is told as copied and is not there"] }
        if decoded(stored) != object.bytes { problems.append("\(object.name) differs in the sink: \(stored.count) bytes of \(object.bytes.count)") }
        if record.bytesWritten != stored.count { problems.append("\(object.name): \(record.bytesWritten) bytes written, \(stored.count) stored") }
        if record.bytesRead != object.bytes.count { problems.append("\(object.name): \(record.bytesRead) bytes read") }
        if scenario.verification != .none, record.checksum != FakeStore.digest(stored, .crc64nvme) {
            problems.append("\(object.name): the digest is not the object's")
        }
        return problems
    }

    private func decoded(_ stored: [UInt8]) -> [UInt8]? {
        guard let choice = (try? CodecChoice(parsing: scenario.codec)) ?? nil else { return stored }
        return try? choice.format.decode(stored)
    }
}

extension CodecFormat {
    /// All of one object at once.
    func decode(_ bytes: [UInt8]) throws -> [UInt8] {
        let decoder = try makeDecoder()
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var offset = 0
        var isFull = false
        while offset < bytes.count || isFull {
            let rest = Array(bytes[offset...])
            var span = buffer.mutableSpan
            var room = span.mutableBytes
            let progress = try decoder.decode(rest.span.bytes, into: &room)
            output += buffer.prefix(progress.produced)
            offset += progress.consumed
            isFull = progress.produced == buffer.count
        }
        try decoder.finish()
        return output
    }
}
