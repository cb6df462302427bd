import Glibc
import SluiceCore
import SluicePipeline
import SluiceTestSupport

@testable import SluiceEngine

/// A failure of any kind, as a store or a source would tell it.
struct Fault: Failure {
    let kind: FailureKind
    let what: String
    var cause: String? { nil }
    var advice: String? { nil }
    var retryAfter: Duration?

    init(_ kind: FailureKind, _ what: String = "an injected fault", retryAfter: Duration? = nil) {
        (self.kind, self.what, self.retryAfter) = (kind, what, retryAfter)
    }
}

/// What source and sink of one run share: chance, the moment of cancellation, and what must not have happened.
final class Chaos: Sendable {
    private struct State {
        var generator: SeededGenerator
        var events = 0
        var hasEnded = false
        var violations: [String] = []
    }

    private let state: Monitor<State>
    private let cancelAfter: Int?
    let cancellation = Cancellation()

    init(seed: UInt64, cancelAfter: Int?) {
        state = Monitor(State(generator: SeededGenerator(seed: seed ^ 0xC4A0_5000)))
        self.cancelAfter = cancelAfter
    }

    /// Something happens: other threads may go first, and the run may be cancelled.
    func event() {
        let (yields, cancels) = state.withLock { state in
            state.events += 1
            let yields = Int.random(in: 0..<4, using: &state.generator) == 0 ? Int.random(in: 1...20, using: &state.generator) : 0
            return (yields, state.events == cancelAfter)
        }
        for _ in 0..<yields { sched_yield() }
        if cancels { cancellation.cancel() }
    }

    /// How much has happened: a run in which nothing does hangs.
    var events: Int { state.withLock { $0.events } }

    /// True in `rate` of a thousand cases.
    func chance(_ rate: Int) -> Bool { number(below: 1000) < rate }
    func number(below bound: Int) -> Int { state.withLock { Int.random(in: 0..<bound, using: &$0.generator) } }

    func violate(_ what: String) { state.withLock { $0.violations.append(what) } }
    var violations: [String] { state.withLock { $0.violations } }

    /// Has the run cancelled and blocks until it has returned.
    func hang() {
        cancellation.cancel()
        state.wait { $0.hasEnded ? () : nil }
    }

    func end() {
        state.withLock { $0.hasEnded = true }
        state.broadcast()
    }
}

/// Objects in memory that behave as the scenario says.
struct FakeSource: ObjectSource {
    let scenario: Scenario
    let chaos: Chaos
    private let openings = Monitor<[String: Int]>([:])

    init(_ scenario: Scenario, _ chaos: Chaos) { (self.scenario, self.chaos) = (scenario, chaos) }

    func hasOpened(_ name: String) -> Bool { openings.withLock { $0[name] != nil } }

    var location: Location { .file(path: "source", isDirectory: true) }
    var isRereadable: Bool { scenario.isRereadable }
    var isSingleObject: Bool { false }
    var allowsReadThrough: Bool { false }

    func list(_ body: (ListEntry) throws -> Void) throws {
        for object in scenario.objects {
            chaos.event()
            switch object.behaviour {
            case .unlistable: try body(.failure(name: object.name, Fault(.forbidden)))
            case .relisted(let size): try body(.item(SourceItem(name: object.name, size: size)))
            default: try body(.item(SourceItem(name: object.name, size: object.isSizeKnown ? object.bytes.count : nil)))
            }
        }
    }

    func open(_ item: SourceItem) throws -> any ReadableObject {
        chaos.event()
        guard let object = scenario.objects.first(where: { $0.name == item.name }) else { throw Fault(.notFound) }
        let count = openings.withLock { openings in
            openings[item.name, default: 0] += 1
            return openings[item.name] ?? 0
        }
        if object.behaviour == .vanishedBeforeOpening { throw Fault(.sourceVanished) }
        return FakeReadable(object, opening: count, chaos)
    }
}

private final class FakeReadable: ReadableObject {
    private let object: FakeObject
    private let chaos: Chaos
    let size: Int?
    var modified: Timestamp? { nil }
    var metadata: ObjectMetadata { ObjectMetadata() }

    init(_ object: FakeObject, opening: Int, _ chaos: Chaos) {
        (self.object, self.chaos) = (object, chaos)
        let actual = object.behaviour == .restless ? object.bytes.count + opening : object.bytes.count
        size = object.isSizeKnown ? actual : nil
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        chaos.event()
        var end = object.bytes.count
        switch object.behaviour {
        case .vanishes(let at) where offset + buffer.count > at: throw Fault(.sourceVanished)
        case .failsToRead(let at) where offset + buffer.count > at: throw Fault(.inputOutput)
        case .hangs(let at) where offset + buffer.count > at:
            chaos.hang()
            throw Fault(.inputOutput)
        case .shrinks(let size): end = size
        case .restless: end = .max
        default: break
        }
        let count = max(0, min(buffer.count, end - offset))
        for index in 0..<count { buffer[index] = offset + index < object.bytes.count ? object.bytes[offset + index] : 0 }
        return count
    }

    func checkUnchanged() throws {
        chaos.event()
        switch object.behaviour {
        case .shrinks, .rewritten: throw Fault(.sourceChanged)
        default: break
        }
    }
}
