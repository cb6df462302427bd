internal import SluiceCore
package import SluicePipeline
internal import SluiceTables

/// Where the two halves of a staged copy meet: the staging store's folder of the run, and what is known of it. From any
/// thread.
final class StagingArea: Sendable {
    let store: StagingStore
    private let state: Monitor<StagingState>
    private let columnsOfTable = Locked<[Column]?>(nil)

    init(_ store: StagingStore, limit: ByteCount?) {
        self.store = store
        state = Monitor(StagingState(limit: limit?.rawValue))
    }

    // MARK: The first half

    /// Blocks until there is room for an object of the source.
    /// - Throws: `Cancelled` when nobody waits for it any more.
    func admit(_ item: SourceItem) throws {
        let isAdmitted: Bool = state.wait { state in
            if state.isClosed { return false }
            return state.admit(item.name, size: item.size) ? true : nil
        }
        guard isAdmitted else { throw Cancelled() }
    }

    func stage(_ object: StagedObject, of name: String) { change { $0.stage(object, of: name) } }
    func end(_ record: ItemRecord) {
        let name = store.name(inSink: record.sinkName)
        change { $0.end(record, leaving: name) }
    }
    func finish(_ failure: (any Failure)?) { change { $0.finish(failure) } }

    /// The columns of the table that is staged, with their types, which its texts do not tell; nil for files.
    var columns: [Column]? {
        get { columnsOfTable.withLock { $0 } }
        set { columnsOfTable.withLock { $0 = newValue } }
    }

    // MARK: The second half

    /// What comes next; blocks.
    func next() -> StagingState.Arrival { state.wait { $0.take() } }

    /// The object of this name below the run's folder.
    func object(_ name: String) -> StagedObject? { state.withLock { $0.present[name] } }

    /// Removes an object from the store; blocks.
    func remove(_ name: String) throws {
        try store.remove(name)
        change { $0.remove(name) }
    }

    // MARK: The end

    /// Names of all that the run may have left in the store; blocks.
    var leftovers: [String] {
        let known = state.withLock { Set($0.present.keys).union($0.doubtful) }
        return store.names() ?? Array(known)
    }

    /// Lets go whoever waits.
    func close() { change { $0.close() } }

    var facts: StagingFacts {
        state.withLock { StagingFacts(objects: $0.staged.objects, bytes: $0.staged.bytes, peak: $0.peak) }
    }

    private func change(_ body: (inout StagingState) -> Void) {
        state.withLock { body(&$0) }
        state.broadcast()
    }
}

/// What a staged copy says of its staging.
package struct StagingFacts: Sendable {
    /// Objects that were put there, and their bytes.
    package var objects: Int
    package var bytes: Int
    /// The most bytes that lay there at a time.
    package var peak: Int
    /// Bytes that were read from the source for them.
    package var bytesRead = 0
    package var codec = "none"
    package var location = ""
    /// As ADF names the store.
    var storeType = ""
    /// Objects that could not be removed again.
    package var left = 0
    /// From the beginning of the first half to its end, and to the end of all.
    package var unloadDuration = Duration.zero
    package var stages: RunReport.Stages?
    package var counts: WriteStage.Counts?

    init(objects: Int, bytes: Int, peak: Int) {
        self.objects = objects
        self.bytes = bytes
        self.peak = peak
    }
}
