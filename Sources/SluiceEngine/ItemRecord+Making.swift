internal import SluiceCore
internal import SluiceLedger
internal import SluicePipeline

extension ItemRecord {
    /// The record of a transfer that has ended.
    static func of(_ transfer: ItemTransfer, _ specification: CopySpecification) -> ItemRecord {
        transfer.withState { state in
            // Of what the service has copied by itself, the source's digest is the one to compare with.
            let digest = transfer.upload.isCopy ? state.storedInSource ?? state.digest.checksum : state.digest.checksum
            return ItemRecord(
                name: transfer.item.name,
                sinkName: transfer.upload.name,
                outcome: state.committer.failure.map { outcome(of: $0, specification) } ?? .copied,
                bytesRead: min(state.bytesRead, transfer.item.encoding?.size ?? .max),
                bytesWritten: state.committer.failure == nil ? state.bytesWritten : 0,
                modified: transfer.item.modified,
                checksum: state.committer.failure == nil ? digest : nil,
                entityTag: state.entityTag,
                isReadBack: false,
                isConfirmedByDigest: state.committer.failure == nil && state.isConfirmedByDigest,
                isSourceUnchecked: state.isSourceUnchecked,
                version: transfer.item,
                bytesResumed: state.bytesResumed,
                bytesWrittenBefore: state.bytesWrittenBefore,
                bytesCopiedByService: transfer.upload.isCopy && state.committer.failure == nil ? state.bytesWritten - state.bytesWrittenBefore : 0,
                rows: state.committer.failure == nil ? state.rows : nil,
                link: transfer.item.link,
                ledgerItem: state.committer.isClosed ? state.ledgerItem : nil
            )
        }
    }

    /// The record of an item that an earlier attempt has copied.
    static func resumed(_ item: SourceItem, sinkName: String, _ earlier: EndedItem) -> ItemRecord {
        ItemRecord(
            name: item.name,
            sinkName: sinkName,
            outcome: .resumed,
            bytesRead: 0,
            bytesWritten: earlier.bytesWritten,
            modified: item.modified,
            checksum: earlier.digest,
            entityTag: nil,
            isReadBack: false,
            bytesResumed: item.size ?? earlier.bytesWritten,
            link: item.link
        )
    }

    /// The record of an item whose commit took effect although its answer was lost.
    static func committed(
        _ item: SourceItem,
        _ upload: Upload,
        _ receipts: [BlockReceipt],
        _ tag: String?,
        _ id: ItemIdentifier
    ) -> ItemRecord {
        var digest = ObjectDigest()
        for receipt in receipts.sorted(by: { $0.ordinal < $1.ordinal }) {
            digest.append(receipt.checksum, length: receipt.length)
        }
        return ItemRecord(
            name: item.name,
            sinkName: upload.name,
            outcome: .copied,
            bytesRead: 0,
            bytesWritten: receipts.reduce(0) { $0 + $1.length },
            modified: item.modified,
            checksum: digest.checksum,
            entityTag: tag,
            isReadBack: false,
            version: item,
            bytesResumed: item.size ?? 0,
            bytesWrittenBefore: receipts.reduce(0) { $0 + $1.length },
            ledgerItem: id
        )
    }

    /// The record of an item that failed before its transfer began.
    static func of(_ item: SourceItem, sinkName: String, failure: any Failure, _ specification: CopySpecification) -> ItemRecord {
        ItemRecord(
            name: item.name,
            sinkName: sinkName,
            outcome: outcome(of: failure, specification),
            bytesRead: 0,
            bytesWritten: 0,
            modified: item.modified,
            checksum: nil,
            entityTag: nil,
            isReadBack: false,
            isConfirmedByDigest: false
        )
    }

    /// The record of a file or table whose rows went into a table.
    static func loaded(
        _ item: SourceItem,
        into table: String,
        _ counts: ItemLoad.State,
        bytesRead: Int,
        _ specification: CopySpecification
    ) -> ItemRecord {
        let failure = counts.failure.map { failure in
            failure is Cancelled || counts.copied == 0 ? failure : PartlyLoaded(failure, rows: counts.copied)
        }
        var record = ItemRecord(
            name: item.name, sinkName: table, outcome: failure.map { outcome(of: $0, specification) } ?? .copied,
            bytesRead: bytesRead, bytesWritten: counts.bytes, modified: item.modified, checksum: nil, entityTag: nil,
            isReadBack: false
        )
        record.rows = RowCount(read: counts.read, copied: counts.copied, skipped: counts.skipped)
        return record
    }

    /// The same once its skipped rows are kept; what keeps them from that is the item's failure.
    func keeping(_ skipped: SkippedRows) -> ItemRecord {
        do {
            try skipped.ended(name)
            return self
        } catch {
            var record = self
            record.outcome = .failed(SluiceCore.failure(from: error))
            return record
        }
    }

    /// The record of an item that the sink has already.
    static func unchanged(_ item: SourceItem, sinkName: String) -> ItemRecord {
        ItemRecord(
            name: item.name, sinkName: sinkName, outcome: .unchanged, bytesRead: 0, bytesWritten: 0, modified: item.modified,
            checksum: nil, entityTag: nil, isReadBack: false, isConfirmedByDigest: false, link: item.link
        )
    }

    private static func outcome(of failure: any Failure, _ specification: CopySpecification) -> Outcome {
        switch failure.kind {
        case .sourceVanished where specification.skipsMissing: .skipped(failure)
        case .forbidden where failure is ForbiddenSource: .skipped(failure)
        case .precondition where specification.overwrite == .never: .skipped(failure)
        // Of a table nobody takes rows back.
        case .integrity where specification.skipsInconsistent && !(failure is PartlyLoaded): .skipped(failure)
        case .sourceChanged where specification.skipsInconsistent && !(failure is PartlyLoaded): .skipped(failure)
        case .invalidName where specification.skipsInvalidNames: .skipped(failure)
        default: .failed(failure)
        }
    }
}
