/// One step of putting an object, on its way from the pipeline to a sink's worker and back.
package struct SinkStep: ~Copyable, Sendable {
    package enum Action: Sendable {
        /// Put the whole object in one request.
        case whole
        /// Put the whole object from a stream of chunks whose total may be unknown.
        case stream(any ChunkStream, length: Int?)
        /// Start an upload in blocks.
        case begin
        /// Put one block.
        case block(ordinal: Int, offset: Int)
        /// Put the confirmed blocks together, in order.
        case commit([BlockReceipt])
        /// Forget an upload and what was put of it.
        case abort
    }

    package let upload: Upload
    package let action: Action
    /// The bytes of a `.whole` or `.block` step.
    package var body: StepBody
    /// The body's digest in the algorithm that the sink checks, or nil.
    package var checksum: Checksum?
    /// How often this step was tried before.
    package var attempt = 0
    /// What those attempts have seen of a line that is gone.
    package var outage = Outage()
    /// What earlier attempts have brought to the sink of a body that is read while it is written.
    package var progress = StepProgress()
    /// Bytes of bodies that the last attempt put on the network, whatever came of it.
    package var bytesOnWire = 0
    /// When it was given out for the last time, on a clock of the feed's own. An instant would make the step a value
    /// whose size only the standard library knows, which a loop over a feed can't take apart.
    package var started: Duration?
    /// How long the last attempt waited for us: for bytes, or because of a bound on the rate.
    package var heldBack = Duration.zero
    /// How often it was broken off because others like it were much faster.
    package var cuts = 0

    package init(upload: Upload, action: Action, body: consuming StepBody = StepBody(), checksum: Checksum? = nil) {
        self.upload = upload
        self.action = action
        self.body = body
        self.checksum = checksum
    }
}

/// How far a body that is read while it is written has come.
package struct StepProgress: Sendable {
    /// Bytes from its start that are at the sink.
    package var count = 0
    /// Their digest, where one is computed.
    package var checksum: Checksum?

    package init() {}
}

/// The bytes that a step sends: none, those of a slab, or a range of an object that is read while it is sent; or those
/// that the sink's service copies by itself.
package struct StepBody: ~Copyable, Sendable {
    package var slab: Slab?
    /// An object to be read while it is sent, the place to start, and the digest to compute on the way.
    package let through: (object: any ReadableObject, offset: Int, digest: ChecksumAlgorithm?)?
    /// What the sink's service is to copy instead of being sent it.
    package let copy: CopyRange?
    /// Bytes to send or to copy.
    package let count: Int

    /// No bytes.
    package init() {
        slab = nil
        through = nil
        copy = nil
        count = 0
    }

    /// The bytes of `slab`.
    package init(slab: consuming Slab) {
        count = slab.count
        self.slab = consume slab
        through = nil
        copy = nil
    }

    /// `count` bytes of `object` from `offset`; whoever sends them says their digest in the outcome.
    package init(reading object: any ReadableObject, at offset: Int, count: Int, digest: ChecksumAlgorithm? = nil) {
        slab = nil
        through = (object, offset, digest)
        copy = nil
        self.count = count
    }

    /// `count` bytes that the sink's service copies by itself.
    package init(copying range: CopyRange, count: Int) {
        slab = nil
        through = nil
        copy = range
        self.count = count
    }

    /// The slab's bytes, for as long as this body lives; nil where there is no slab.
    @unsafe package var contents: UnsafeRawBufferPointer? {
        switch slab {
        case .some(let slab): unsafe slab.contents
        case .none: nil
        }
    }
}

extension SinkStep.Action {
    package var isAbort: Bool {
        if case .abort = self { true } else { false }
    }

    package var isWhole: Bool {
        if case .whole = self { true } else { false }
    }

    package var isStream: Bool {
        if case .stream = self { true } else { false }
    }

    package var isCommit: Bool {
        if case .commit = self { true } else { false }
    }
}
