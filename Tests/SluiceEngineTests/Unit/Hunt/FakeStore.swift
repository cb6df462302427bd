import SluiceCore
import SluiceDigests
import SluicePipeline

/// What a store keeps of an upload in blocks.
final class FakeSession: Sendable {
    let name: String
    init(name: String) { self.name = name }
}

/// A store in memory that performs steps, and watches that they come as a store may expect.
final class FakeStore: Sendable {
    private struct Blocks {
        var placed: [Int: (offset: Int, bytes: [UInt8])] = [:]
        var underWay = 0
        var isCommitted = false
    }

    private struct State {
        var objects: [String: [UInt8]] = [:]
        var sessions: [ObjectIdentifier: (session: FakeSession, blocks: Blocks)] = [:]
        /// Failing answers an object, those that no attempt mends, and those that lie: done, and yet told as failed.
        var faults: [String: Int] = [:]
        var hopeless: Set<String> = []
        var doubtful: Set<String> = []
        var abandoned: Set<String> = []
    }

    private let state = Monitor(State())
    private let scenario: Scenario
    private let chaos: Chaos

    init(_ scenario: Scenario, _ chaos: Chaos) { (self.scenario, self.chaos) = (scenario, chaos) }

    // MARK: What the test looks at

    func object(_ name: String) -> [UInt8]? { state.withLock { $0.objects[name] } }
    var names: Set<String> { state.withLock { Set($0.objects.keys) } }
    /// Uploads that were begun and neither committed nor aborted, but for those whose abort was refused.
    var openUploads: [String] {
        state.withLock { state in
            state.sessions.values.filter { !$0.blocks.isCommitted }.map(\.session.name).filter { !state.abandoned.contains($0) }
        }
    }
    func isHopeless(_ name: String, attempts: Int) -> Bool {
        state.withLock { $0.hopeless.contains(name) || $0.faults[name, default: 0] >= attempts }
    }
    func isDoubtful(_ name: String) -> Bool { state.withLock { $0.doubtful.contains(name) } }

    // MARK: Steps

    /// Performs a step that is no stream.
    func perform(_ step: borrowing SinkStep) -> StepResult {
        chaos.event()
        let name = step.upload.name
        let bytes = FakeStore.bytes(of: step.body)
        if let checksum = step.checksum, checksum != FakeStore.digest(bytes, checksum.algorithm) {
            chaos.violate("\(name): the checksum is not the block's")
        }
        let fault = fault(for: name, isStream: false)
        switch step.action {
        case .whole: return put(name, bytes, fault)
        case .begin: return begin(step.upload, fault)
        case .block(let ordinal, let offset): return block(step.upload, ordinal, offset, bytes, fault)
        case .commit(let receipts): return commit(step.upload, receipts, fault)
        case .abort: return abort(step.upload, fault)
        case .stream: return .failed(Fault(.unexpectedAnswer))
        }
    }

    /// The answer to a stream whose bytes were all taken.
    func putStream(_ name: String, _ bytes: [UInt8]) -> StepResult { put(name, bytes, nil) }

    /// The failing answer to a request for `name`, if it is to fail.
    func fault(for name: String, isStream: Bool) -> Fault? {
        let isLasting = chaos.chance(scenario.faults.lasting)
        guard isLasting || chaos.chance(scenario.faults.passing) else { return nil }
        let kinds: [FailureKind] = isLasting ? [.forbidden, .noSpace, .unexpectedAnswer] : [.transient, .throttled, .integrity]
        let kind = kinds[chaos.number(below: kinds.count)]
        state.withLock { state in
            state.faults[name, default: 0] += 1
            // A stream can't be sent again for its checksum's sake, nor when its source can't be read again.
            if isLasting || isStream && (kind == .integrity || !scenario.isRereadable) { state.hopeless.insert(name) }
        }
        return Fault(kind, retryAfter: chaos.chance(300) ? .microseconds(30) : nil)
    }

    private func put(_ name: String, _ bytes: [UInt8], _ fault: Fault?) -> StepResult {
        // Some answers are lost after the work was done.
        if let fault, fault.kind != .transient || chaos.chance(500) { return .failed(fault) }
        state.withLock { state in
            state.objects[name] = bytes
            if fault != nil { state.doubtful.insert(name) }
        }
        return fault.map { .failed($0) } ?? .confirmed(StepOutcome(tag: "whole", bytesSent: bytes.count))
    }

    private func begin(_ upload: Upload, _ fault: Fault?) -> StepResult {
        if let fault { return .failed(fault) }
        if upload.session != nil { chaos.violate("\(upload.name): begun twice") }
        let session = FakeSession(name: upload.name)
        upload.session = session
        state.withLock { $0.sessions[ObjectIdentifier(session)] = (session, Blocks()) }
        return .confirmed(StepOutcome())
    }

    private func block(_ upload: Upload, _ ordinal: Int, _ offset: Int, _ bytes: [UInt8], _ fault: Fault?) -> StepResult {
        guard let id = id(upload, "a block") else { return .failed(Fault(.unexpectedAnswer)) }
        state.withLock { $0.sessions[id]?.blocks.underWay += 1 }
        chaos.event()
        state.withLock { state in
            if fault == nil { state.sessions[id]?.blocks.placed[ordinal] = (offset, bytes) }
            state.sessions[id]?.blocks.underWay -= 1
        }
        return fault.map { .failed($0) } ?? .confirmed(StepOutcome(tag: "\(ordinal)", bytesSent: bytes.count))
    }

    private func commit(_ upload: Upload, _ receipts: [BlockReceipt], _ fault: Fault?) -> StepResult {
        if let fault, fault.kind != .transient || chaos.chance(500) { return .failed(fault) }
        guard let id = id(upload, "a commit", isRepeatable: true) else { return .failed(Fault(.unexpectedAnswer)) }
        state.withLock { state in
            guard let blocks = state.sessions[id]?.blocks else { return }
            check(blocks, receipts, upload.name)
            let inOrder = receipts.compactMap { blocks.placed[$0.ordinal] }
            let sorted = scenario.placement == .positioned ? inOrder.sorted { $0.offset < $1.offset } : inOrder
            state.objects[upload.name] = sorted.flatMap(\.bytes)
            state.sessions[id]?.blocks.isCommitted = true
            if fault != nil { state.doubtful.insert(upload.name) }
        }
        return fault.map { .failed($0) } ?? .confirmed(StepOutcome(tag: "committed"))
    }

    private func check(_ blocks: Blocks, _ receipts: [BlockReceipt], _ name: String) {
        if blocks.underWay > 0 { chaos.violate("\(name): a commit while blocks are under way") }
        if receipts.map(\.ordinal) != Array(0..<receipts.count) { chaos.violate("\(name): a commit with gaps") }
        if receipts.count != blocks.placed.count { chaos.violate("\(name): a commit without all its blocks") }
        for receipt in receipts {
            guard let placed = blocks.placed[receipt.ordinal] else { continue }
            if placed.bytes.count != receipt.length { chaos.violate("\(name): a receipt of another length") }
            let isLast = receipt.ordinal == receipts.count - 1
            if placed.bytes.count < scenario.minimumBlock, !isLast { chaos.violate("\(name): a block below the minimum") }
        }
        guard scenario.placement == .positioned else { return }
        var end = 0
        for block in blocks.placed.values.sorted(by: { $0.offset < $1.offset }) {
            if block.offset != end { chaos.violate("\(name): a gap or an overlap at \(end)") }
            end = block.offset + block.bytes.count
        }
    }

    private func abort(_ upload: Upload, _ fault: Fault?) -> StepResult {
        guard let id = id(upload, "an abort", isRepeatable: true) else { return .failed(Fault(.unexpectedAnswer)) }
        let isBusy = state.withLock { state in
            defer { if fault == nil { state.sessions[id] = nil } else { state.abandoned.insert(upload.name) } }
            return state.sessions[id].map { $0.blocks.underWay > 0 } ?? false
        }
        if isBusy { chaos.violate("\(upload.name): an abort while blocks are under way") }
        return fault.map { .failed($0) } ?? .confirmed(StepOutcome())
    }

    private func id(_ upload: Upload, _ what: String, isRepeatable: Bool = false) -> ObjectIdentifier? {
        guard let session = upload.session as? FakeSession else {
            chaos.violate("\(upload.name): \(what) without a begin")
            return nil
        }
        let id = ObjectIdentifier(session)
        let isOpen = state.withLock { $0.sessions[id].map { isRepeatable || !$0.blocks.isCommitted } ?? false }
        if !isOpen { chaos.violate("\(upload.name): \(what) after the end") }
        return isOpen ? id : nil
    }

    static func bytes(of body: borrowing StepBody) -> [UInt8] { body.contents.map { Array($0) } ?? [] }

    static func digest(_ bytes: [UInt8], _ algorithm: ChecksumAlgorithm) -> Checksum? { try? Checksum(algorithm, of: bytes.span.bytes) }
}
