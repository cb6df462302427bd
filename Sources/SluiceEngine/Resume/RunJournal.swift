internal import SluiceCore
internal import SluiceLedger

/// What a run tells its ledger, and what it asks it. A run without a ledger has none.
final class RunJournal: Sendable {
    private let ledger: RunLedger
    private let sink: any ObjectSink
    private let codec: String
    private let leavesUploads: Bool
    private let unheard: UnheardBlocks
    /// Uploads that this attempt has begun, gone on with, or taken back.
    private let seen = Locked<Set<ItemIdentifier>>([])

    /// Nil where nothing could be gone on with: what is read can't be read again.
    ///
    /// - Parameters:
    ///   - checksum: the digest that blocks are put with; nil for none.
    ///   - leavesUploads: whether uploads that break off are left for another attempt; else only a process that dies
    ///     leaves any.
    init?(
        _ ledger: RunLedger?,
        source: any ObjectSource,
        sink: any ObjectSink,
        codec: (any ChunkCodec)?,
        checksum: ChecksumAlgorithm?,
        leavesUploads: Bool = true
    ) {
        guard let ledger, source.isRereadable else { return nil }
        self.ledger = ledger
        self.sink = sink
        self.codec = codec?.name ?? "none"
        self.leavesUploads = leavesUploads
        unheard = UnheardBlocks(source: source, algorithm: checksum)
    }

    /// What an earlier attempt has left of an item.
    enum Earlier: Sendable {
        case nothing
        /// It is at the sink.
        case done(EndedItem)
        /// Its upload has begun.
        case begun(ItemIdentifier, BegunItem)
        /// It is another one now; what had begun of it is to be taken back.
        case changed(ItemIdentifier?, BegunItem?)
    }

    /// - Parameters:
    ///   - name: the item's name in the sink.
    ///   - isAnew: whether an upload that has begun is not to be gone on with.
    func earlier(_ item: SourceItem, as name: String, isAnew: Bool = false) -> Earlier {
        guard ledger.hasEarlierItems, let state = ledger.lookup(ItemName(item.name)) else { return .nothing }
        let version = SourceVersion(item)
        return switch state {
        case .done(let ended):
            ended.version == version && sink.stillHolds(name: name, bytes: ended.bytesWritten) ? .done(ended) : .changed(nil, nil)
        case .begun(let id, let begun): begun.version == version && !isAnew ? .begun(id, begun) : .changed(id, begun)
        }
    }

    /// Whether an upload by this plan that breaks off is left for another attempt.
    func leaves(_ plan: TransferPlan) -> Bool { leavesUploads && mayLeave(plan) }

    /// Whether another attempt could go on with an upload by this plan.
    private func mayLeave(_ plan: TransferPlan) -> Bool {
        plan.isResumable && sink.traits.canTakeUp && ledger.problem == nil
    }

    /// What came of the attempt to go on with an upload.
    enum Resumption: Sendable {
        case restored(ItemIdentifier, RestoredUpload)
        /// The object is there, whole.
        case committed(ItemIdentifier, [BlockReceipt], entityTag: String?)
        /// It has to be sent from its start; what stood in the ledger is to be forgotten.
        case anew(replacing: ItemIdentifier?)
    }

    /// Asks the sink what it has of an upload of an earlier attempt, and takes back what can't be gone on with; blocks.
    ///
    /// - Throws: when the sink can't be asked: then everything stays as it is.
    func takeUp(_ earlier: Earlier, _ plan: TransferPlan, _ item: SourceItem, _ upload: Upload) throws -> Resumption {
        switch earlier {
        case .nothing, .done: return .anew(replacing: nil)
        case .changed(let id, let begun):
            try discard(id, begun, upload.name)
            return .anew(replacing: id)
        case .begun(let id, let begun):
            _ = seen.withLock { $0.insert(id) }
            guard let size = item.size, plan.isResumable, plan.signature(codec: codec) == begun.plan else {
                try discard(id, begun, upload.name)
                return .anew(replacing: id)
            }
            return try takeUp(id, begun, plan, item, size, upload)
        }
    }

    private func takeUp(
        _ id: ItemIdentifier,
        _ begun: BegunItem,
        _ plan: TransferPlan,
        _ item: SourceItem,
        _ size: Int,
        _ upload: Upload
    ) throws -> Resumption {
        let blocks = ledger.blocks(of: id)
        let known = RestoredUpload(plan, size: size, blocks: blocks)
        switch try sink.takeUp(UploadTicket(bytes: begun.session), for: upload, known: known.known(plan)) {
        case .committed(let tag) where known.sourceBytes == size:
            return .committed(id, known.receipts, entityTag: tag)
        case .forgotten, .committed:
            return .anew(replacing: id)
        case .open(let receipts, let others):
            let present = Set(receipts.map(\.ordinal))
            let there = blocks.filter { present.contains($0.receipt.ordinal) }
            let found = unheard.records(others, of: item, size: size, plan)
            for block in found { ledger.record(block, of: id) }
            return .restored(id, RestoredUpload(plan, size: size, blocks: there + found))
        }
    }

    private func discard(_ id: ItemIdentifier?, _ begun: BegunItem?, _ name: String) throws {
        guard let id, let begun else { return }
        _ = seen.withLock { $0.insert(id) }
        try sink.discard(UploadTicket(bytes: begun.session), name: begun.sinkName.map { $0.description } ?? name)
    }

    // MARK: Recording

    /// The sink has begun the upload of a transfer: it is recorded, where it can be gone on with.
    func begun(_ transfer: ItemTransfer) {
        guard mayLeave(transfer.plan), let ticket = sink.ticket(of: transfer.upload) else { return }
        let item = BegunItem(
            name: ItemName(transfer.item.name),
            version: SourceVersion(transfer.item),
            sinkName: ItemName(transfer.upload.name),
            session: ticket.bytes,
            plan: transfer.plan.signature(codec: codec)
        )
        let id = ledger.begin(item, replacing: transfer.replaces)
        // Before its first block goes: nothing may lie at the sink that no later attempt knows of.
        ledger.flush()
        _ = seen.withLock { $0.insert(id) }
        transfer.withState { $0.ledgerItem = id }
    }

    /// A block was confirmed.
    func confirmed(_ receipt: BlockReceipt, of transfer: ItemTransfer) {
        let record: (ItemIdentifier, BlockRecord)? = transfer.withState { state in
            guard let id = state.ledgerItem,
                let range = state.sourceRange(ofBlock: receipt.ordinal, transfer.plan, size: transfer.item.size)
            else { return nil }
            return (id, BlockRecord(receipt: receipt, offset: range.lowerBound, length: range.count))
        }
        if let record { ledger.record(record.1, of: record.0) }
    }

    /// The commit of a transfer goes now: all its blocks are recorded, so that another attempt can tell an object that
    /// they make from any other, should this process end before it has heard of the commit's success.
    func commits(_ transfer: ItemTransfer) {
        if transfer.withState({ $0.ledgerItem != nil }) { ledger.flush() }
    }

    /// A transfer has ended so that its object is started over, and nothing of its upload is left.
    func forget(_ transfer: ItemTransfer) {
        if let id = transfer.withState({ $0.ledgerItem }) { ledger.forget(id) }
    }

    /// An item has ended.
    func ended(_ record: ItemRecord) {
        guard let item = EndedItem(record) else { return }
        ledger.end(item, begun: record.ledgerItem)
    }

    /// Takes back uploads of earlier attempts whose objects are no longer in the source; blocks.
    func sweep() {
        let left = ledger.begun().filter { id, _ in seen.withLock { !$0.contains(id) } }
        for (id, begun) in left {
            // What can't be taken back stays in the ledger, and the next attempt tries again.
            guard (try? sink.discard(UploadTicket(bytes: begun.session), name: (begun.sinkName ?? begun.name).description)) != nil
            else { continue }
            ledger.forget(id)
        }
    }
}

extension EndedItem {
    /// How an item has ended, for the ledger; nil for one that stands there already, or is looked at again by the next
    /// attempt.
    init?(_ record: ItemRecord) {
        let outcome: EndedItem.Outcome
        switch record.outcome {
        case .resumed, .unchanged: return nil
        case .copied: outcome = .done
        case .skipped(let failure): outcome = .skipped(failure.description)
        case .failed(let failure): outcome = .failed(failure.description)
        }
        self.init(
            name: ItemName(record.name),
            version: record.version.map { SourceVersion($0) } ?? SourceVersion(),
            sinkName: record.sinkName == record.name ? nil : ItemName(record.sinkName),
            outcome: outcome,
            bytesWritten: record.bytesWritten,
            digest: record.checksum
        )
    }
}

extension SourceVersion {
    init(_ item: SourceItem) { self.init(size: item.storedSize, modified: item.modified, entityTag: item.entityTag) }
}

extension RestoredUpload {
    /// The blocks with their places in the sink's object.
    fileprivate func known(_ plan: TransferPlan) -> [KnownBlock] {
        var offset = 0
        return receipts.map { receipt in
            defer { offset += receipt.length }
            return KnownBlock(receipt: receipt, offset: plan.isCompressed ? offset : receipt.ordinal * plan.chunkSize)
        }
    }
}
