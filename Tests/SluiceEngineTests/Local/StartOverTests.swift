import SluiceCore
import SluicePipeline
import SluiceStores
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// A stream that broke off for a passing reason: sent again where that is right, and nowhere else.
@Suite(.timeLimit(.minutes(30))) struct StartOverTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory(inMemory: true) }

    @Test("it is sent again to a sink that forgets what broke off, and never to a pipe", arguments: [true, false])
    func stream(canStartOver: Bool) async throws {
        let source = try directory.write("in", [UInt8](repeating: 1, count: 100_000))
        let failures = Locked(0)
        let touched = TouchedSource(source, whileReading: { _, offset in
            let count = failures.withLock { failures in
                if offset >= 50_000 { failures += 1 }
                return failures
            }
            if offset >= 50_000, count == 1 { throw CopyError(.transient, "the line broke") }
        }, allowsReadThrough: false)
        let sink = StreamSink(canStartOver: canStartOver)
        var specification = CopySpecification(source: .file(path: source, isDirectory: false), sink: .standardStream)
        specification.blockSize = ByteCount(4096)
        specification.retry.base = .microseconds(1)
        let records = Locked<[ItemRecord]>([])
        let run = CopyRun(specification, source: touched, sink: sink) { record in records.withLock { $0.append(record) } }
        let hasEnded = await finishes { _ = try? run.execute() }
        try #require(hasEnded)
        let problem = try #require(records.withLock { $0 }.first).outcome.problem
        #expect(sink.streams == (canStartOver ? 2 : 1))
        #expect(canStartOver ? problem == nil : problem?.description.contains("the line broke") == true)
    }

    @Test("standard output is one that can't")
    func standardOutput() { #expect(!StandardOutputSink().traits.canStartOver) }
}

/// A sink that counts the streams that it was sent.
private final class StreamSink: ObjectSink {
    let traits: SinkTraits
    private let begun = Locked(0)

    init(canStartOver: Bool) {
        var traits = SinkTraits(placement: .sequential, isRemote: false)
        traits.canStartOver = canStartOver
        self.traits = traits
    }

    var streams: Int { begun.withLock { $0 } }
    var location: Location { .standardStream }
    func validate(name: String) throws {}
    func prepare() throws {}

    func serve(_ feed: any StepFeed, slots: Int) {
        while case .step(let step) = feed.next(waker: nil, held: 0) {
            guard case .stream(let stream, _) = step.action else { preconditionFailure("streams alone are expected") }
            begun.withLock { $0 += 1 }
            var block = [UInt8](repeating: 0, count: 4096)
            var end: StreamRead
            repeat { end = block.withUnsafeMutableBytes { stream.read(into: $0, waker: nil) } } while end.isBytes
            stream.close()
            let broken = CopyError(.cancelled, "the source broke off")
            feed.finish(step, end == .end ? .confirmed(StepOutcome()) : .failed(broken))
        }
    }
}

extension StreamRead {
    fileprivate var isBytes: Bool { if case .bytes = self { true } else { false } }
}
