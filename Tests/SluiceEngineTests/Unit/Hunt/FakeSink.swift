import SluiceCore
import SluicePipeline
import SluiceTestSupport

/// A sink in memory. Its workers block for one step after the other, as a file sink's do, or hold several and sleep
/// until they are woken, as a transport's do.
struct FakeSink: ObjectSink {
    let scenario: Scenario
    let store: FakeStore
    let chaos: Chaos

    var location: Location { .file(path: "sink", isDirectory: true) }
    var traits: SinkTraits { scenario.traits }
    func validate(name: String) throws {}
    func prepare() throws {}

    func serve(_ feed: any StepFeed, slots: Int) {
        if scenario.isRemote {
            FakeTransport(store, chaos, feed, slots: slots).serve()
        } else {
            while case .step(let step) = feed.next(waker: nil, held: 0) { finish(step, to: feed) }
        }
    }

    private func finish(_ step: consuming SinkStep, to feed: any StepFeed) {
        guard case .stream(let stream, let length) = step.action else {
            let result = store.perform(step)
            feed.finish(step, result)
            return
        }
        let reader = StreamReader(stream, length: length, step.upload.name, store, chaos)
        while true {
            if let result = reader.read(waker: nil) {
                stream.close()
                feed.finish(step, result)
                return
            }
        }
    }
}

/// The body of one request that is taken from a stream.
final class StreamReader {
    private let stream: any ChunkStream
    private let length: Int?
    private let name: String
    private let store: FakeStore
    private let chaos: Chaos
    private var bytes: [UInt8] = []
    /// Where the request dies, and of what.
    private let fault: (at: Int, Fault)?
    fileprivate(set) var waits = false

    init(_ stream: any ChunkStream, length: Int?, _ name: String, _ store: FakeStore, _ chaos: Chaos) {
        (self.stream, self.length, self.name, self.store, self.chaos) = (stream, length, name, store, chaos)
        fault = store.fault(for: name, isStream: true).map { (chaos.number(below: 20000), $0) }
    }

    /// Takes some bytes; the answer when the request has ended.
    func read(waker: (any StepWaker)?) -> StepResult? {
        waits = false
        if let fault, bytes.count >= fault.at { return .failed(fault.1) }
        // As libcurl does: nobody asks behind the length that was told.
        if let length, bytes.count == length { return end() }
        var buffer = [UInt8](repeating: 0, count: 1 + chaos.number(below: 9000))
        let answer = buffer.withUnsafeMutableBytes { buffer in
            stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, (length ?? .max) - bytes.count)]), waker: waker)
        }
        switch answer {
        case .bytes(let count):
            // To ask in vain is no progress: a run in which nothing else happens hangs.
            chaos.event()
            bytes += buffer.prefix(count)
        case .wait: waits = true
        case .end: return end()
        case .broken: return .failed(Fault(.transient, "the body broke off"))
        }
        return nil
    }

    private func end() -> StepResult {
        if let length, bytes.count != length { chaos.violate("\(name): \(bytes.count) bytes instead of \(length)") }
        if let fault { return .failed(fault.1) }
        return store.putStream(name, bytes)
    }
}

/// A worker that holds several steps, moves one of them at a time, and sleeps when none can move.
final class FakeTransport: StepWaker {
    private final class Slot {
        var step: SinkStep?
        let reader: StreamReader?
        init(_ step: consuming SinkStep, _ reader: StreamReader?) {
            self.step = consume step
            self.reader = reader
        }
    }

    private let store: FakeStore
    private let chaos: Chaos
    private let feed: any StepFeed
    private let slots: Int
    private let news = Monitor(false)
    nonisolated(unsafe) private var busy: [Slot] = []  // reached by the thread that serves only

    init(_ store: FakeStore, _ chaos: Chaos, _ feed: any StepFeed, slots: Int) {
        (self.store, self.chaos, self.feed, self.slots) = (store, chaos, feed, slots)
    }

    func wake() {
        news.withLock { $0 = true }
        news.signal()
    }

    func serve() {
        while true {
            let hasEnded = fill()
            if busy.isEmpty {
                if hasEnded { return }
                continue
            }
            if feed.isCancelled { breakOff() }
            guard let index = busy.indices.filter({ busy[$0].reader?.waits != true }).randomElement() else {
                if !busy.isEmpty { sleep() }
                continue
            }
            advance(index)
        }
    }

    private func fill() -> Bool {
        while busy.count < slots {
            switch feed.next(waker: busy.isEmpty ? nil : self, held: busy.count) {
            case .step(let step):
                var reader: StreamReader?
                if case .stream(let stream, let length) = step.action {
                    reader = StreamReader(stream, length: length, step.upload.name, store, chaos)
                }
                busy.append(Slot(step, reader))
            case .empty: return false
            case .ended: return true
            }
        }
        return false
    }

    private func advance(_ index: Int) {
        let slot = busy[index]
        guard let reader = slot.reader else {
            guard let step = slot.step.take() else { return }
            busy.remove(at: index)
            let result = store.perform(step)
            feed.finish(step, result)
            return
        }
        guard let result = reader.read(waker: self), let step = slot.step.take() else { return }
        busy.remove(at: index)
        if case .stream(let stream, _) = step.action { stream.close() }
        feed.finish(step, result)
    }

    /// No time limit: a wake-up that is lost is a deadlock.
    private func sleep() {
        _ = news.wait { hasNews -> Bool? in
            guard hasNews else { return nil }
            hasNews = false
            return true
        }
        for slot in busy { slot.reader?.resume() }
    }

    private func breakOff() {
        let kept = busy.filter { $0.step?.action.isAbort == true }
        let broken = busy.filter { $0.step?.action.isAbort == false }
        busy = kept
        for slot in broken {
            guard let step = slot.step.take() else { continue }
            if case .stream(let stream, _) = step.action { stream.close() }
            feed.finish(step, .failed(Cancelled()))
        }
    }
}

extension StreamReader {
    func resume() { waits = false }
}
