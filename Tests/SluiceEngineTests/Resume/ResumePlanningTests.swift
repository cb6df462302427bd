import SluiceCodecs
import SluiceCore
import SluiceLedger
import SluicePipeline
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// Runs that break off and are gone on with, on a store in memory that has lost, garbled or gained blocks in between.
@Suite(.serialized, .timeLimit(.minutes(30))) struct ResumePlanningTests {
    @Test("what goes on sends just what is missing, and commits all of it in order", arguments: seeds(150))
    func planning(seed: UInt64) throws {
        let story = try ResumeStory(seed: seed)
        try story.run()
        for problem in story.problems { Issue.record("\(problem): \(story)") }
    }

    @Test("one lost part of compressed frames is all that is sent again", arguments: seeds(20))
    func gap(seed: UInt64) throws {
        let story = try ResumeStory(seed: seed, cut: (.numbered, "gzip"))
        let (lost, sent) = try story.lose(levels: (1, 1))
        #expect(sent == [lost] && story.problems.isEmpty, "\(story.problems): \(story)")
    }

    @Test("parts of frames of other lengths are no row with those that are there: the object starts over")
    func otherFrames() throws {
        var hasStartedOver = 0
        for seed in UInt64(0)..<20 {
            let story = try ResumeStory(seed: seed, cut: (.numbered, "gzip"))
            let (lost, sent) = try story.lose(levels: (9, 1))
            #expect(story.problems.isEmpty, "\(story.problems): \(story)")
            if sent != [lost] { hasStartedOver += 1 }
        }
        #expect(hasStartedOver > 0)
    }
}

/// One object, cut at random and copied in several attempts.
private final class ResumeStory: CustomStringConvertible {
    private let seed: UInt64
    private var random: SeededGenerator
    private let placement: BlockPlacement
    private let codec: String
    private let blockSize: Int
    private let store: ResumableStore
    private var source: OneObject
    private let ledger: Ledger
    private let folder: TemporaryDirectory
    private var log: [String] = []
    private(set) var problems: [String] = []

    /// - Parameter cut: where blocks go and how they are compressed; nil for any.
    init(seed: UInt64, cut: (placement: BlockPlacement, codec: String)? = nil) throws {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        let anyPlacement: BlockPlacement = Bool.random(using: &random) ? .numbered : .positioned
        let anyCodec = ["none", "gzip", "gzip", "zstd"].randomElement(using: &random) ?? "none"
        (placement, codec) = cut ?? (anyPlacement, anyCodec)
        blockSize = [4096, 5000, 8192].randomElement(using: &random) ?? 4096
        let minimum = placement == .numbered ? [1, 4096, 12000].randomElement(using: &random) ?? 1 : 1
        store = ResumableStore(placement, minimumBlock: minimum)
        source = OneObject(
            version: 1,
            size: Int.random(in: 2...60, using: &random) * 4096 + Int.random(in: -1...1, using: &random),
            seed
        )
        folder = try TemporaryDirectory(inMemory: true)
        ledger = try Ledger(in: LedgerDirectory(path: folder.path + "/state"))
    }

    var description: String {
        "seed \(seed): \(placement), \(codec), blocks of \(blockSize), \(source.size) bytes, \(log.joined(separator: "; "))"
    }

    private var identifier: String { "run \(seed)" }

    private func begin() throws -> RunLedger {
        let record = RunRecord(
            identifier: identifier,
            command: "copy",
            source: "s",
            sink: "d",
            specification: "",
            fingerprint: [1],
            version: "1"
        )
        return try ledger.begin(record)
    }

    /// Puts all blocks, loses one in the middle, and goes on with a level of the codec that may be another; the lost one,
    /// and those that were sent.
    func lose(levels: (Int, Int)) throws -> (lost: Int, sent: [Int]) {
        source = OneObject(version: 1, size: 60 * 4096, seed)
        store.begin(.commitsFail)
        var run = try begin()
        try attempt(run, level: levels.0)
        run.finish(.interrupted, exitCode: 130)
        let lost = Int.random(in: 0..<(store.held?.count ?? 2) - 1, using: &random)
        store.meddle { $0[lost] = nil }
        run = try ledger.resume(identifier)
        store.begin(.well)
        try attempt(run, level: levels.1)
        run.finish(.succeeded, exitCode: 0)
        problems += store.violations
        checkObject()
        if store.open > 0 { problems.append("\(store.open) uploads are left") }
        return (lost, store.sent)
    }

    func run() throws {
        var run = try begin()
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            store.begin(mood())
            try attempt(run)
            run.finish(.interrupted, exitCode: 130)
            disturb()
            run = try ledger.resume(identifier)
        }
        try goOn(run)
        run.finish(.succeeded, exitCode: 0)
    }

    // MARK: What goes wrong

    private func mood() -> ResumableStore.Mood {
        guard Int.random(in: 0..<4, using: &random) > 0 else { return .commitsFail }
        let ordinals = (0..<Int.random(in: 1...3, using: &random)).map { _ in Int.random(in: 0..<20, using: &random) }
        return .blocksFail(Set(ordinals), isKept: Bool.random(using: &random))
    }

    private func disturb() {
        switch Int.random(in: 0..<8, using: &random) {
        case 0:
            log.append("all is forgotten")
            store.forget()
        case 1:
            log.append("the source has changed")
            source = OneObject(version: source.version + 1, size: source.size, seed)
        case 2...4:
            let share = Int.random(in: 1...9, using: &random)
            store.meddle { blocks in
                for ordinal in blocks.keys.sorted() where Int.random(in: 0..<10, using: &random) < share {
                    if Bool.random(using: &random) { blocks[ordinal] = nil } else { blocks[ordinal]?.bytes.append(0) }
                }
            }
            log.append("\(share) of 10 blocks are lost or longer")
        default: break
        }
    }

    // MARK: Attempts

    private func attempt(_ run: RunLedger, level: Int = 9) throws {
        _ = try CopyRun(specification(level: level), source: source, sink: store, ledger: run).execute()
        log.append("sent \(store.sent.sorted()), holds \(store.held?.keys.sorted() ?? [])")
    }

    private func specification(level: Int) throws -> CopySpecification {
        var specification = CopySpecification(
            source: .file(path: "source", isDirectory: true),
            sink: .file(path: "sink", isDirectory: true)
        )
        specification.blockSize = ByteCount(blockSize)
        specification.memory = .mebibytes(1)
        specification.connections = .fixed(Int.random(in: 1...4, using: &random))
        specification.codec = try SluiceCodecs.codec(named: codec == "none" ? codec : "\(codec):\(level)")
        specification.retry.attempts = 2
        specification.retry.base = .microseconds(1)
        specification.retry.ceiling = .microseconds(1)
        return specification
    }

    /// The last attempt, which nothing disturbs.
    private func goOn(_ run: RunLedger) throws {
        let held = store.held ?? [:]
        // A block that was confirmed once is known to the ledger as it was then.
        let unheard = store.unheard.keys.filter { isUnheard($0) }
        let isSame = run.begun().first.map { $0.1.version == SourceVersion(source.item) } ?? false
        // Another level makes other frames, as another version of a codec's library may.
        let isCodecSame = codec == "none" || Int.random(in: 0..<4, using: &random) > 0
        store.begin(.well)
        try attempt(run, level: isCodecSame ? 9 : 1)
        problems += store.violations
        checkObject()
        if store.open > 0 { problems.append("\(store.open) uploads are left") }
        guard isSame, isCodecSame, store.begun == 0 else { return }
        checkSent(Set(held.keys).union(codec == "none" ? unheard : []))
    }

    private func isUnheard(_ ordinal: Int) -> Bool {
        source.bytes.dropFirst(ordinal * blockSize).prefix(blockSize).elementsEqual(store.unheard[ordinal]?.bytes ?? [])
    }

    private func checkObject() {
        let suffix = codec == "none" ? "" : codec == "gzip" ? ".gz" : ".zst"
        guard let stored = store.object("object" + suffix) else {
            problems.append("it is not there")
            return
        }
        let format = codec == "none" ? nil : try? CodecChoice(parsing: codec)?.format
        let bytes = if let format { try? format.decode(stored) } else { stored }
        if bytes != source.bytes { problems.append("it differs") }
    }

    /// No block twice, and none that was held. The store looks whether any was left out.
    private func checkSent(_ held: Set<Int>) {
        let sent = Set(store.sent)
        if sent.count != store.sent.count { problems.append("a block was sent twice") }
        var kept = held
        if codec != "none", placement == .positioned {
            // Where frames lie in a file is known only from the first on.
            kept = Set(held.sorted().enumerated().prefix { $0.offset == $0.element }.map(\.element))
        }
        if !sent.isDisjoint(with: kept) {
            problems.append("blocks that were there were sent: \(sent.intersection(kept).sorted())")
        }
    }
}

/// A source of one object, which is told apart from its other versions by its entity tag.
private struct OneObject: ObjectSource {
    let version: Int
    let size: Int
    let bytes: [UInt8]

    /// Words of four bytes, which codecs compress the better the higher their level.
    init(version: Int, size: Int, _ seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ UInt64(version))
        (self.version, self.size) = (version, size)
        let words = (0..<64).map { _ in random.bytes(4) }
        var bytes: [UInt8] = []
        while bytes.count < size { bytes += words[Int.random(in: 0..<words.count, using: &random)] }
        self.bytes = Array(bytes.prefix(size))
    }

    var item: SourceItem { SourceItem(name: "object", size: size, entityTag: "\"\(version)\"") }
    var location: Location { .file(path: "source", isDirectory: true) }
    var isRereadable: Bool { true }
    var isSingleObject: Bool { false }
    var allowsReadThrough: Bool { false }
    func list(_ body: (ListEntry) throws -> Void) throws { try body(.item(item)) }
    func open(_ item: SourceItem) throws -> any ReadableObject { OpenObject(bytes) }
}

private final class OpenObject: ReadableObject {
    private let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }
    var size: Int? { bytes.count }
    var modified: Timestamp? { nil }
    var metadata: ObjectMetadata { ObjectMetadata() }
    func checkUnchanged() throws {}

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let piece = bytes[min(offset, bytes.count)..<min(offset + buffer.count, bytes.count)]
        buffer.copyBytes(from: piece)
        return piece.count
    }
}
