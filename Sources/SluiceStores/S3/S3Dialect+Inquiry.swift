package import SluiceCore
internal import SluiceDigests

/// What became of a step whose answer was lost: the object that stands there tells.
extension S3Dialect {
    package func inquiry(
        after refusal: HTTPResponse,
        of step: borrowing SinkStep,
        now: Timestamp
    ) throws -> HTTPRequest? {
        if refusal.isSuccess, step.endsCopy { return try copyInquiry(after: refusal, of: step, now) }
        // A commit alone is refused by an answer of success: its status is sent before it is known how it ends.
        guard !refusal.isSuccess || step.action.isCommit else { return nil }
        guard isInDoubt(S3Fault(refusal), step) else { return nil }
        return try headRequest(step.upload.name, now)
    }

    /// Asks for an object's size, tag and digest.
    func headRequest(_ name: String, _ now: Timestamp) throws -> HTTPRequest {
        try service.request(.head, key: name, headers: [S3Service.checksumMode], now: now)
    }

    /// Whether an earlier attempt of the step can be why it is refused now.
    private func isInDoubt(_ fault: S3Fault, _ step: borrowing SinkStep) -> Bool {
        let kind = S3Failure.meaning(of: fault.code)?.kind ?? ServiceFailure.kind(status: fault.status)
        let hasFailedCondition = kind == .precondition && step.upload.condition != .none
        switch step.action {
        // Without an earlier attempt it is what the user asked for that keeps the object from being put.
        case .whole: return hasFailedCondition && step.attempt > 0
        // Even the first attempt: libcurl may have sent a commit again by itself.
        case .commit: return hasFailedCondition || kind == .notFound
        case .begin, .block, .abort, .stream: return false
        }
    }

    package func result(
        of step: borrowing SinkStep,
        refusal: HTTPResponse,
        inquiry: HTTPResponse,
        now: Timestamp
    ) -> StepResult {
        if refusal.isSuccess, step.endsCopy { return copyResult(of: step, refusal, inquiry: inquiry, now) }
        let refused = result(of: step, refusal, now: now)
        guard case .failed(let failure) = refused, let error = failure as? StoreError else { return refused }
        guard inquiry.isSuccess else {
            let what = "looking what became of \"\(step.upload.name)\" in \(service.place)"
            let asked = service.error(S3Fault(inquiry), inquiry, what: what, attempt: step.attempt, now: now)
            if asked.isRetryable { return .failed(asked) }
            return inquiry.status == 404 ? .failed(error.adding("nothing of this name stands there")) : refused
        }
        let began = (step.upload.session as? S3Upload)?.began
        guard isOurs(step, inquiry), !S3Dialect.isOlder(inquiry, than: began, now) else {
            let size = inquiry["content-length"].map { " of \($0) bytes" } ?? ""
            return .failed(error.adding("what stands there is another object\(size)"))
        }
        if step.action.isCommit { step.upload.session = nil }
        let stored = inquiry.s3WholeChecksum
        return .confirmed(StepOutcome(tag: inquiry["etag"], bytesSent: step.body.count, storedChecksum: stored))
    }

    /// Whether the object of an answer to HEAD is what the step was to put: of its size, and of its digest or tag.
    private func isOurs(_ step: borrowing SinkStep, _ object: HTTPResponse) -> Bool {
        if case .commit(let receipts) = step.action { return S3Dialect.isMade(object, of: receipts) }
        guard object["content-length"] == "\(step.body.count)" else { return false }
        let tag = object["etag"].map(S3Dialect.unquoted)
        if let copy = step.body.copy {
            if let stored = object.s3WholeChecksum, stored == copy.digest { return true }
            return tag != nil && tag == S3Dialect.unquoted(copy.source.entityTag)
        }
        if let stored = object.s3WholeChecksum, let sent = step.checksum, stored.algorithm == sent.algorithm {
            return stored == sent
        }
        return tag != nil && tag == step.body.md5()?.hex
    }

    /// Whether the object of an answer to HEAD is what these parts, in order, make.
    static func isMade(_ object: HTTPResponse, of receipts: [BlockReceipt]) -> Bool {
        guard object["content-length"] == "\(receipts.reduce(0) { $0 + $1.length })" else { return false }
        if let tag = object["etag"].map(unquoted), tag == S3Dialect.tag(of: receipts) { return true }
        guard let stored = object.s3WholeChecksum else { return false }
        return stored == wholeChecksum(receipts, stored.algorithm)
    }

    /// Whether the object stood there, by the service's clock, before the upload was started, by ours: then it is
    /// another's, whatever it holds. S3 dates an object of parts by the start of its upload.
    static func isOlder(_ object: HTTPResponse, than began: Timestamp?, _ now: Timestamp) -> Bool {
        guard let began,
            let date = object["date"].flatMap({ Timestamp(httpDate: $0) }),
            let modified = object["last-modified"].flatMap({ Timestamp(httpDate: $0) })
        else { return false }
        // Both dates are cut to the second.
        return date.seconds - modified.seconds > now.seconds - began.seconds + 2
    }

    /// The entity tag of an object that was put together from parts: the MD5 of their MD5s, and how many they are; nil
    /// unless the tag of each part is an MD5.
    ///
    /// Source: Amazon S3 User Guide, "Checking object integrity"; services that encrypt with keys of their own differ.
    static func tag(of receipts: [BlockReceipt]) -> String? {
        var digests: [UInt8] = []
        for receipt in receipts {
            guard let digest = Hex.decode(unquoted(receipt.tag)), digest.count == 16 else { return nil }
            digests += digest
        }
        let digest = unsafe try? Checksum(.md5, of: digests.span.bytes)
        return digest.map { "\($0.hex)-\(receipts.count)" }
    }

    static func unquoted(_ tag: String) -> String {
        tag.count >= 2 && tag.hasPrefix("\"") && tag.hasSuffix("\"") ? String(tag.dropFirst().dropLast()) : tag
    }
}

extension S3Service {
    /// Asks HEAD for the digests that the service has of an object (Amazon S3 API Reference, "HeadObject").
    static let checksumMode = HTTPRequest.Header("x-amz-checksum-mode", "ENABLED")
}

extension HTTPResponse {
    /// The CRC of the whole object, as an answer to HEAD says it; nil where it says none, or one of digests of parts.
    var s3WholeChecksum: Checksum? {
        guard self["x-amz-checksum-type"] ?? "FULL_OBJECT" == "FULL_OBJECT" else { return nil }
        return ChecksumAlgorithm.crc64nvme.s3Checksum(in: self) ?? ChecksumAlgorithm.crc32c.s3Checksum(in: self)
    }
}
