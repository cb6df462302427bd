internal import SluiceCore

/// Holds what a service has made by itself against what it was to copy.
enum CopyCheck {
    /// Whether an answer alone shows that a copy in one request is the whole source: by its digest, or, where the source has
    /// none, by its tag being the source's.
    static func isProven(_ outcome: StepOutcome, _ range: CopyRange) -> Bool {
        if let digest = range.digest { return outcome.storedChecksum == digest }
        return outcome.tag != nil && outcome.tag == range.source.entityTag
    }

    /// The outcome of a step that made a whole object of copies, by what HEAD says of the object.
    ///
    /// - Parameters:
    ///   - outcome: what the answer to the copy or the commit says.
    ///   - size: bytes of the source.
    ///   - stored: the digest that the answer to HEAD says.
    /// - Throws: a `StoreError` of kind `.integrity` where the object is another one than the source.
    static func checked(
        _ outcome: StepOutcome,
        of step: borrowing SinkStep,
        _ object: HTTPResponse,
        size: Int,
        stored: Checksum?,
        place: String
    ) throws(StoreError) -> StepOutcome {
        guard let found = object["content-length"], found == "\(size)" else {
            throw StoreError(
                .integrity,
                step.doing(at: place),
                cause: "the service has made \(object["content-length"] ?? "an unknown number of") bytes of \(size)",
                advice: "Copy it again with --no-server-side-copy",
                status: object.status
            )
        }
        var outcome = outcome
        outcome.tag = object["etag"] ?? outcome.tag
        outcome.storedChecksum = outcome.storedChecksum ?? stored
        return try matched(outcome, of: step, place: place)
    }

    /// The outcome of a copy in one request, with the source's digest as that of what was sent.
    ///
    /// - Throws: a `StoreError` of kind `.integrity` where the digests differ.
    static func matched(
        _ outcome: StepOutcome,
        of step: borrowing SinkStep,
        place: String
    ) throws(StoreError) -> StepOutcome {
        guard let digest = step.body.copy?.digest, step.action.isWhole else { return outcome }
        if let stored = outcome.storedChecksum, stored.algorithm == digest.algorithm, stored != digest {
            throw StoreError(
                .integrity,
                step.doing(at: place),
                cause: "the copy's \(digest.algorithm.rawValue) is \(stored.hex), and its source's \(digest.hex)",
                advice: "Copy it again with --no-server-side-copy"
            )
        }
        var outcome = outcome
        outcome.sentChecksum = digest
        return outcome
    }
}

extension SinkStep {
    /// Whether its success makes an object of what the service has copied by itself.
    var endsCopy: Bool { upload.isCopy && (action.isWhole || action.isCommit) }
}
