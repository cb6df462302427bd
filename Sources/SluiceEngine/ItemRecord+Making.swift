internal import SluiceCore
internal import SluicePipeline

extension ItemRecord {
    /// The record of a transfer that has ended.
    static func of(_ transfer: ItemTransfer, _ specification: CopySpecification) -> ItemRecord {
        transfer.withState { state in
            ItemRecord(
                name: transfer.item.name,
                sinkName: transfer.upload.name,
                outcome: state.committer.failure.map { outcome(of: $0, specification) } ?? .copied,
                bytesRead: state.bytesRead,
                bytesWritten: state.committer.failure == nil ? state.bytesWritten : 0,
                modified: transfer.item.modified,
                checksum: state.committer.failure == nil ? state.digest.checksum : nil,
                entityTag: state.entityTag,
                isReadBack: false,
                isConfirmedByDigest: state.committer.failure == nil && state.isConfirmedByDigest,
                version: transfer.item
            )
        }
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

    /// The record of an item that the sink has already.
    static func unchanged(_ item: SourceItem, sinkName: String) -> ItemRecord {
        ItemRecord(
            name: item.name, sinkName: sinkName, outcome: .unchanged, bytesRead: 0, bytesWritten: 0, modified: item.modified,
            checksum: nil, entityTag: nil, isReadBack: false, isConfirmedByDigest: false
        )
    }

    private static func outcome(of failure: any Failure, _ specification: CopySpecification) -> Outcome {
        switch failure.kind {
        case .sourceVanished where specification.skipsMissing: .skipped(failure)
        case .forbidden where failure is ForbiddenSource: .skipped(failure)
        case .precondition where specification.overwrite == .never: .skipped(failure)
        default: .failed(failure)
        }
    }
}
