internal import SluiceCore
internal import SluiceTables

/// A table whose partitions are cut into files of so many rows at most.
///
/// A partition is read by one connection from its first row to its last, and each file is listed once its first row is
/// there. What is told of its files waits until all of them are at the sink (`CutFiles`).
struct CutTable: ObjectSource, TableColumns {
    private let table: TableSource
    private let most: Int
    private let cut: Cut?

    /// What only a copy has.
    struct Cut: Sendable {
        let files: CutFiles
        let plan: CutPlan
        /// Where files go, once that is known.
        let sink: Locked<CutSink?>

        /// A file has ended; what is to be told of it now, and of those before it.
        func end(_ record: ItemRecord, _ traits: SinkTraits) -> CutFiles.End {
            let end = files.end(record, traits)
            // What the ledger says of the files counts for another attempt only with this.
            if !end.records.isEmpty { plan.keep(files) }
            return end
        }
    }

    /// - Parameters:
    ///   - most: rows of a file at most.
    ///   - cut: nil for whoever copies nothing, and sees no more than the first file of each partition.
    init(_ table: TableSource, most: Int, _ cut: Cut?) {
        self.table = table
        self.most = most
        self.cut = cut
    }

    var location: Location { table.location }
    var columns: [Column]? { table.columns }
    var isRereadable: Bool { table.isRereadable }
    var isSingleObject: Bool { false }
    var allowsReadThrough: Bool { table.allowsReadThrough }
    var mostOpen: Int? { table.mostOpen }
    var rowFacts: RowFacts? { table.rowFacts }
    /// A file alone is never read again.
    func mayStartOver(after failure: any Failure) -> Bool { false }
    func finish() { table.finish() }

    func list(_ body: (ListEntry) throws -> Void) throws {
        let partitions = try table.prepare()
        guard let cut else {
            for index in partitions.indices {
                try body(.item(SourceItem(name: table.name(index + 1, file: 1), size: nil)))
            }
            return
        }
        let kept = cut.plan.partitions
        // Partitions that are no more, where the division had to be made anew.
        for (index, gone) in kept.enumerated().dropFirst(partitions.count) {
            _ = try remove(0..<gone.begun, of: index, cut, body)
        }
        cut.files.begin(partitions.indices.map { kept.indices.contains($0) ? kept[$0] : KeptCut.Partition() })
        while true {
            switch try cut.files.next(most: table.mostOpen ?? 1) {
            case .begin(let index):
                let rows = try table.rows(of: partitions[index])
                cut.files.begin(index, PartitionReading(rows, most: most))
                cut.plan.keep(cut.files)
            case .list(let index, let file):
                let name = table.name(index + 1, file: file)
                let reading = cut.files.list(index, as: name)
                // Before the sink hears of it: none may lie there that no later attempt knows of.
                cut.plan.keep(cut.files)
                // Files of another reading have other rows, and are never taken for these.
                try body(.item(SourceItem(name: name, size: nil, entityTag: "\(table.version ?? "")-\(reading)")))
            case .ended(let index):
                let stale = cut.files.stale(index)
                if !stale.isEmpty, try remove(stale, of: index, cut, body) {
                    cut.files.staleRemoved(index)
                    cut.plan.keep(cut.files)
                }
            case .end: return
            }
        }
    }

    /// Removes what is left of readings that broke and had more files; whether nothing is. What can't be removed is
    /// listed as a failure.
    private func remove(_ files: Range<Int>, of index: Int, _ cut: Cut, _ body: (ListEntry) throws -> Void) throws
        -> Bool
    {
        var isRemoved = true
        for file in files {
            let name = table.name(index + 1, file: file + 1)
            do {
                guard try cut.sink.withLock({ $0 })?.remove(name) == true else {
                    throw StaleFile(name: name, cause: "the sink has no way to do it")
                }
            } catch {
                isRemoved = false
                let failure =
                    error as? StaleFile ?? StaleFile(name: name, cause: SluiceCore.failure(from: error).description)
                try body(.failure(name: name, failure))
            }
        }
        return isRemoved
    }

    func open(_ item: SourceItem) throws -> any ReadableObject {
        guard let cut else { preconditionFailure("a preview opens nothing") }
        guard let (reading, partition) = cut.files.reading(of: item.name) else { throw KeptFileGone(name: item.name) }
        return CutFile(reading) { cut.files.fileRead(of: partition, isLast: $0) }
    }
}

/// Where the files of a table go.
struct CutSink: Sendable {
    let sink: any ObjectSink
    let naming: SinkNaming

    /// Removes the object of an item of this name; blocks. False where there is no way to do it.
    func remove(_ name: String) throws -> Bool {
        try sink.remove(name: naming.name(for: SourceItem(name: name, size: nil)))
    }
}

/// A file of a reading that broke, which is no part of the table's copy, and can't be removed.
private struct StaleFile: Failure {
    let name: String
    let cause: String?
    var kind: FailureKind { .inputOutput }
    var what: String {
        "\"\(name)\" is left of rows that were read again and are in other files now, and can't be removed"
    }
    var advice: String? { "Remove it" }
}
