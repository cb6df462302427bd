internal import SluiceCore
internal import SluicePipeline
internal import SluiceStores

/// What is only at the sink.
extension VerifyRun {
    /// Refuses what names at the sink can't be traced back from.
    func checkExtra(_ endpoints: CopyEndpoints) throws {
        let keepsNames = specification.layout == .preserve && !specification.decompresses
        guard endpoints.naming.exactName == nil, keepsNames else {
            throw CopyError(
                .usage,
                "--extra looks for objects in folders that keep their names",
                advice: "Leave --extra out"
            )
        }
    }

    /// Lists the sink and asks the source for each name that the selection takes.
    func findExtra(_ endpoints: CopyEndpoints, _ factory: StoreFactory, _ target: StoreTarget) throws {
        let suffix = endpoints.naming.suffix
        let isLocal = if case .file = specification.source { true } else { false }
        let index = DestinationIndex(
            try factory.sourceFolder(),
            lookups: isLocal ? 1 : Lookup.remote,
            folder: specification.mergesListings && !isLocal ? endpoints.source : nil,
            nameInStore: { String($0.name.dropLast(suffix.count)) }
        )
        var batch: [SourceItem] = []
        func flush() throws {
            for (item, standing) in zip(batch, try index.standing(batch)) { extra(item, standing, endpoints.naming) }
            batch.removeAll(keepingCapacity: true)
        }
        try factory.sinkFolder(target).list { entry in
            if cancellation.isCancelled { throw Cancelled() }
            switch entry {
            case .item(let item), .unchanged(let item):
                guard item.name.hasSuffix(suffix) else { return extra(item, .success(nil), endpoints.naming) }
                guard specification.selection.takes(name: String(item.name.dropLast(suffix.count))) else { return }
                batch.append(item)
                if batch.count == index.batch { try flush() }
            case .failure(let name, let failure): record(VerifyRecord(name: name, sinkName: name, .failed(failure)))
            }
        }
        try flush()
    }

    private func extra(_ item: SourceItem, _ standing: Result<SourceItem?, CopyError>, _ naming: SinkNaming) {
        let name = naming.prefix + item.name
        switch standing {
        case .success(.some): break
        case .success(nil):
            var record = VerifyRecord(name: item.name, sinkName: name, .different(.extra))
            record.sinkSize = item.size
            self.record(record)
        case .failure(let failure): record(VerifyRecord(name: item.name, sinkName: name, .failed(failure)))
        }
    }
}
