internal import SluiceCore
internal import SluiceLedger

/// Another source, whose objects are listed as there is room for them in the staging store.
struct AdmittedSource: ObjectSource {
    private let base: any ObjectSource
    private let area: StagingArea
    private let onStart: @Sendable (Bool) -> Void

    /// - Parameter onStart: told whether it is one object, when it is listed: both ends of the copy have been found then.
    init(_ base: any ObjectSource, _ area: StagingArea, onStart: @escaping @Sendable (_ isSingleObject: Bool) -> Void) {
        self.base = base
        self.area = area
        self.onStart = onStart
    }

    var location: Location { base.location }
    var isRereadable: Bool { base.isRereadable }
    var isSingleObject: Bool { base.isSingleObject }
    var allowsReadThrough: Bool { base.allowsReadThrough }
    var requestSize: ClosedRange<Int>? { base.requestSize }
    var mostOpen: Int? { base.mostOpen }
    var rowFacts: RowFacts? { base.rowFacts }

    func list(_ body: (ListEntry) throws -> Void) throws {
        onStart(base.isSingleObject)
        try base.list { entry in
            if area.columns == nil { area.columns = (base as? any TableColumns)?.columns }
            if case .item(let item) = entry { try area.admit(item) }
            try body(entry)
        }
    }

    func open(_ item: SourceItem) throws -> any ReadableObject { try base.open(item) }
    func mayStartOver(after failure: any Failure) -> Bool { base.mayStartOver(after: failure) }
    func finish() { base.finish() }
}

/// The staging store as a sink, which knows of objects that were there and have gone where they were to go.
struct StagingSink: ObjectSink {
    private let base: any ObjectSink
    private let store: StagingStore
    private let loads: RunLedger?

    /// - Parameter loads: the ledger of what has left the store for the copy's sink.
    init(_ base: any ObjectSink, _ store: StagingStore, _ loads: RunLedger?) {
        self.base = base
        self.store = store
        self.loads = loads
    }

    var location: Location { base.location }
    var traits: SinkTraits { base.traits }
    var notes: [String] { base.notes }
    func validate(name: String) throws { try base.validate(name: name) }
    func prepare() throws { try base.prepare() }
    func serve(_ feed: any StepFeed, slots: Int) { base.serve(feed, slots: slots) }
    func remove(name: String) throws -> Bool { try base.remove(name: name) }
    func ticket(of upload: Upload) -> UploadTicket? { base.ticket(of: upload) }
    func takeUp(_ ticket: UploadTicket, for upload: Upload, known: [KnownBlock]) throws -> TakenUpload {
        try base.takeUp(ticket, for: upload, known: known)
    }
    func leave(_ upload: Upload) { base.leave(upload) }
    func discard(_ ticket: UploadTicket, name: String) throws { try base.discard(ticket, name: name) }

    /// What is at the copy's sink need not be here; all else is asked for.
    func stillHolds(name: String, bytes: Int) -> Bool {
        let staged = store.name(inSink: name)
        if case .done? = loads?.lookup(ItemName(staged)) { return true }
        return (try? store.find(staged))??.size == bytes
    }
}
