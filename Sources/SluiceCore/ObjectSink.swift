/// How a sink takes the blocks of an object.
package enum BlockPlacement: Sendable {
    /// Numbered blocks in any order and at the same time, put together by a commit: S3, Azure.
    case numbered
    /// Bytes at their offset, in any order and at the same time: a file.
    case positioned
    /// One stream from front to back: plain HTTP PUT, standard output.
    case sequential
}

/// What a sink can hold; checked before the first byte is sent.
package struct SinkTraits: Sendable {
    /// How the blocks of one object are put.
    package var placement: BlockPlacement
    /// The smallest block but the last, in bytes.
    package var minimumBlock: Int = 1
    /// The largest block in bytes.
    package var maximumBlock: Int = .max
    /// How many blocks an object can have.
    package var maximumBlocks: Int = .max
    /// The largest object that one request can put, in bytes.
    package var maximumWhole: Int = .max
    /// The largest object in bytes.
    package var maximumObject: Int = .max
    /// The digest of each block that the sink checks; nil where it checks none.
    package var blockChecksum: ChecksumAlgorithm?
    /// Whether a stream that broke off leaves nothing behind, so that it can be sent again from its start.
    package var canStartOver: Bool = true
    /// Whether another process can go on with an upload in blocks that was begun here.
    package var canTakeUp: Bool = false
    /// Whether a copy that the service makes by itself in one request can have a condition on what stands there. Where it
    /// can't, the condition goes with the commit of blocks.
    package var copiesConditionally: Bool = false
    /// Whether each block costs a round trip to another machine, so that more connections can help.
    package var isRemote: Bool

    package init(placement: BlockPlacement, isRemote: Bool) {
        self.placement = placement
        self.isRemote = isRemote
    }
}

/// A place that objects are written to.
///
/// A sink turns steps into requests or system calls and says what came of each; it knows nothing of chunks, retries
/// or other steps. Nothing may change at the destination until a `.whole`, `.stream` or `.commit` step is confirmed.
package protocol ObjectSink: Sendable {
    /// Where objects go, as the user wrote it.
    var location: Location { get }
    var traits: SinkTraits { get }
    /// What was found out about the store that the user should know, for the report.
    var notes: [String] { get }

    /// Throws a `Failure` of kind `.invalidName` when no object of this name can be held.
    func validate(name: String) throws

    /// Checks that the place is there and lets us in, before the first byte; blocks.
    func prepare() throws

    /// Takes steps from `feed` and performs them until the feed ends; blocks the calling thread.
    ///
    /// Up to `slots` steps are under way at a time.
    func serve(_ feed: any StepFeed, slots: Int)

    /// Removes the object of this name; blocks. One that is not there is no error.
    ///
    /// - Returns: false where the sink has no way to do it.
    func remove(name: String) throws -> Bool

    /// Whether what an earlier attempt has put as this name is there still, as far as that can be told at once; true
    /// where it would take a request.
    func stillHolds(name: String, bytes: Int) -> Bool

    /// What is to be kept of an upload that has begun, so that another process can go on with it; nil where none can.
    func ticket(of upload: Upload) -> UploadTicket?

    /// Goes on with an upload of an earlier process, which is `upload`'s session from then on; blocks.
    ///
    /// - Parameter known: the blocks that were confirmed, as the earlier process recorded them. The store is believed
    ///   over them.
    func takeUp(_ ticket: UploadTicket, for upload: Upload, known: [KnownBlock]) throws -> TakenUpload

    /// Leaves an upload as it is, for another process to go on with.
    func leave(_ upload: Upload)

    /// Takes back what an earlier process has begun and nobody goes on with; blocks. What is gone is no error.
    func discard(_ ticket: UploadTicket, name: String) throws
}

extension ObjectSink {
    package func ticket(of upload: Upload) -> UploadTicket? { nil }
    package func takeUp(_ ticket: UploadTicket, for upload: Upload, known: [KnownBlock]) throws -> TakenUpload { .forgotten }
    package func leave(_ upload: Upload) {}
    package func discard(_ ticket: UploadTicket, name: String) throws {}
    package func remove(name: String) throws -> Bool { false }
    package func stillHolds(name: String, bytes: Int) -> Bool { true }
    package var notes: [String] { [] }
}
