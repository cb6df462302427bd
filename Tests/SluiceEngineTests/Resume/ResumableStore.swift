import SluiceCore
import SluiceDigests
import SluicePipeline

/// A store in memory whose uploads outlive the run that began them, and which forgets and garbles what it is told to.
final class ResumableStore: ObjectSink {
    struct Block: Equatable {
        var offset: Int
        var bytes: [UInt8]
    }

    /// What goes wrong in an attempt.
    enum Mood: Equatable {
        case well
        /// Every commit fails, all blocks being there.
        case commitsFail
        /// The blocks of these ordinals fail; `isKept` where the store has them nevertheless.
        case blocksFail(Set<Int>, isKept: Bool)
    }

    fileprivate struct State {
        var mood = Mood.well
        var uploads: [Int: [Int: Block]] = [:]
        var confirmed: [Int: Set<Int>] = [:]
        var next = 1
        var objects: [String: [UInt8]] = [:]
        var sent: [Int] = []
        var begun = 0
        var violations: [String] = []
    }

    private final class Session: Sendable {
        let number: Int
        init(_ number: Int) { self.number = number }
    }

    private let state = Monitor(State())
    let traits: SinkTraits

    init(_ placement: BlockPlacement, minimumBlock: Int) {
        var traits = SinkTraits(placement: placement, isRemote: placement == .numbered)
        traits.canTakeUp = true
        traits.minimumBlock = minimumBlock
        traits.maximumBlock = 1 << 20
        traits.blockChecksum = placement == .numbered ? .crc64nvme : nil
        self.traits = traits
    }

    var location: Location { .file(path: "sink", isDirectory: true) }
    func validate(name: String) throws {}
    func prepare() throws {}

    // MARK: What the test sees and does

    var violations: [String] { state.withLock { $0.violations } }
    func object(_ name: String) -> [UInt8]? { state.withLock { $0.objects[name] } }
    /// The blocks that were sent in this attempt, in any order, and the uploads that were begun.
    var sent: [Int] { state.withLock { $0.sent } }
    var begun: Int { state.withLock { $0.begun } }
    /// Uploads that are neither committed nor taken back.
    var open: Int { state.withLock { $0.uploads.count } }

    /// Begins another attempt.
    func begin(_ mood: Mood) {
        state.withLock { state in
            (state.mood, state.sent, state.begun) = (mood, [], 0)
        }
    }

    /// The blocks of the one open upload that were confirmed and are there as they were; nil where none is open.
    var held: [Int: Block]? {
        state.withLock { state in
            state.uploads.first.map { number, blocks in
                blocks.filter { state.confirmed[number]?.contains($0.key) == true }
            }
        }
    }

    /// Changes what the one open upload has.
    func meddle(_ change: (inout [Int: Block]) -> Void) {
        state.withLock { state in
            guard let number = state.uploads.keys.first else { return }
            let before = state.uploads[number] ?? [:]
            change(&state.uploads[number, default: [:]])
            let after = state.uploads[number] ?? [:]
            for (ordinal, block) in before where after[ordinal] != block { state.confirmed[number]?.remove(ordinal) }
        }
    }

    /// Forgets all uploads.
    func forget() { state.withLock { ($0.uploads, $0.confirmed) = ([:], [:]) } }

    // MARK: Steps

    func serve(_ feed: any StepFeed, slots: Int) {
        while case .step(let step) = feed.next(waker: nil, held: 0) {
            let result = perform(step)
            feed.finish(step, result)
        }
    }

    private func perform(_ step: borrowing SinkStep) -> StepResult {
        let (upload, bytes) = (step.upload, step.body.contents.map { Array($0) } ?? [])
        let number = (upload.session as? Session)?.number
        switch step.action {
        case .whole: return state.withLock { $0.put(upload.name, bytes) }
        case .begin:
            let number = state.withLock { $0.begin() }
            upload.session = Session(number)
            return .confirmed(StepOutcome())
        case .block(let ordinal, let offset):
            let block = Block(offset: offset, bytes: bytes)
            return state.withLock { $0.block(number, ordinal, block) }
        case .commit(let receipts):
            return state.withLock { $0.commit(number, upload.name, receipts, traits) }
        case .abort:
            state.withLock { $0.remove(number) }
            return .confirmed(StepOutcome())
        case .stream: return .failed(Fault(.unexpectedAnswer))
        }
    }

    // MARK: Uploads that are gone on with

    func ticket(of upload: Upload) -> UploadTicket? {
        (upload.session as? Session).map { UploadTicket(bytes: Array("\($0.number)".utf8)) }
    }

    private func number(_ ticket: UploadTicket) -> Int { Int(String(decoding: ticket.bytes, as: UTF8.self)) ?? 0 }

    /// Tells more than it was asked for, too: blocks that no ledger has, be they the object's or not.
    func takeUp(_ ticket: UploadTicket, for upload: Upload, known: [KnownBlock]) throws -> TakenUpload {
        guard let blocks = state.withLock({ $0.uploads[number(ticket)] }) else { return .forgotten }
        upload.session = Session(number(ticket))
        let ours = known.filter { blocks[$0.receipt.ordinal]?.bytes.count == $0.receipt.length }.map(\.receipt)
        let heard = Set(known.map(\.receipt.ordinal))
        let unheard = try blocks.filter { !heard.contains($0.key) }.map { ordinal, block in
            UnheardBlock(
                receipt: BlockReceipt(ordinal: ordinal, length: block.bytes.count, checksum: nil, tag: "\(ordinal)"),
                digest: try Checksum(.md5, of: block.bytes.span.bytes)
            )
        }
        let last = blocks.keys.max() ?? 0
        let strange = BlockReceipt(ordinal: last + 7, length: 5, checksum: nil, tag: "strange")
        return .open(ours + [strange], unheard: unheard + [UnheardBlock(receipt: strange, digest: nil)])
    }

    /// The blocks of the one open upload that nobody has heard of.
    var unheard: [Int: Block] {
        state.withLock { state in
            guard let (number, blocks) = state.uploads.first else { return [:] }
            return blocks.filter { state.confirmed[number]?.contains($0.key) != true }
        }
    }

    func discard(_ ticket: UploadTicket, name: String) throws { state.withLock { $0.remove(number(ticket)) } }
}

extension ResumableStore.State {
    fileprivate mutating func put(_ name: String, _ bytes: [UInt8]) -> StepResult {
        if mood == .commitsFail { return .failed(Fault(.transient)) }
        objects[name] = bytes
        return .confirmed(StepOutcome(bytesSent: bytes.count))
    }

    fileprivate mutating func begin() -> Int {
        begun += 1
        next += 1
        (uploads[next], confirmed[next]) = ([:], [])
        return next
    }

    fileprivate mutating func block(_ number: Int?, _ ordinal: Int, _ block: ResumableStore.Block) -> StepResult {
        guard let number, uploads[number] != nil else {
            violations.append("block \(ordinal) of no upload")
            return .failed(Fault(.unexpectedAnswer))
        }
        sent.append(ordinal)
        if case .blocksFail(let ordinals, let isKept) = mood, ordinals.contains(ordinal) {
            if isKept { uploads[number]?[ordinal] = block }
            return .failed(Fault(.transient))
        }
        uploads[number]?[ordinal] = block
        confirmed[number]?.insert(ordinal)
        return .confirmed(StepOutcome(tag: "\(ordinal)", bytesSent: block.bytes.count))
    }

    fileprivate mutating func commit(
        _ number: Int?,
        _ name: String,
        _ receipts: [BlockReceipt],
        _ traits: SinkTraits
    ) -> StepResult {
        guard mood != .commitsFail else { return .failed(Fault(.transient)) }
        guard let number, let blocks = uploads[number] else {
            violations.append("a commit of no upload")
            return .failed(Fault(.unexpectedAnswer))
        }
        if receipts.map(\.ordinal) != Array(0..<receipts.count) {
            violations.append("a commit out of order: \(receipts.map(\.ordinal))")
        }
        var bytes: [UInt8] = []
        for receipt in receipts {
            guard let block = blocks[receipt.ordinal], block.bytes.count == receipt.length else {
                violations.append("block \(receipt.ordinal) is committed and not there")
                continue
            }
            if receipt != receipts.last, receipt.length < traits.minimumBlock {
                violations.append("block \(receipt.ordinal) is too small")
            }
            if traits.placement == .positioned, block.offset != bytes.count {
                violations.append("block \(receipt.ordinal) lies at \(block.offset)")
            }
            bytes += block.bytes
        }
        objects[name] = bytes
        remove(number)
        return .confirmed(StepOutcome())
    }

    fileprivate mutating func remove(_ number: Int?) {
        guard let number else { return }
        (uploads[number], confirmed[number]) = (nil, nil)
    }
}
