package import SluiceCore

/// An object of a bucket, as S3 copies it by itself.
final class S3CopySource: CopySource {
    let bucket: String
    let key: String
    let entityTag: String

    init(bucket: String, key: String, entityTag: String) {
        self.bucket = bucket
        self.key = key
        self.entityTag = entityTag
    }

    /// Names the object, and the version that it must still have.
    var headers: [HTTPRequest.Header] {
        [
            .init("x-amz-copy-source", "/\(bucket)/" + PercentEncoding.encode(key, keeping: "/")),
            .init("x-amz-copy-source-if-match", entityTag),
        ]
    }
}

extension S3ReadDialect {
    /// Nil without a tag: nobody could tell then which version was copied.
    package func copySource(name: String, entityTag: String?) throws -> (any CopySource)? {
        guard let entityTag else { return nil }
        return S3CopySource(bucket: service.bucket, key: try key(of: name), entityTag: entityTag)
    }
}

/// Copies that the service makes by itself.
extension S3Dialect {
    package func copies(from source: any BlobReadDialect) -> Bool {
        guard let source = source as? S3ReadDialect else { return false }
        return service.isSame(as: source.service)
    }

    /// Source: Amazon S3 API Reference, "CopyObject". What the object keeps beside its bytes is said as for one that is
    /// put, so that both ways leave the same; tags are not kept on either.
    func copyRequest(_ step: borrowing SinkStep, _ source: S3CopySource, _ now: Timestamp) throws -> HTTPRequest {
        var headers = try putHeaders(step.upload) + source.headers
        headers.append(.init("x-amz-metadata-directive", "REPLACE"))
        headers.append(.init("x-amz-tagging-directive", "REPLACE"))
        appendCondition(step.upload.condition, to: &headers)
        if let name = (step.body.copy?.digest?.algorithm ?? checksum)?.s3Name, service.takesChecksums {
            headers.append(.init("x-amz-checksum-algorithm", name))
        }
        return try service.request(.put, key: step.upload.name, headers: headers, now: now)
    }

    /// Source: Amazon S3 API Reference, "UploadPartCopy": a range is refused of sources up to 5 MiB.
    func copyPartRequest(
        _ step: borrowing SinkStep,
        _ source: S3CopySource,
        offset: Int,
        query: String,
        _ now: Timestamp
    ) throws -> HTTPRequest {
        var headers = source.headers
        let count = step.body.count
        if offset > 0 || count != step.upload.size {
            headers.append(.init("x-amz-copy-source-range", "bytes=\(offset)-\(offset + count - 1)"))
        }
        return try service.request(.put, key: step.upload.name, query: query, headers: headers, now: now)
    }

    // MARK: Answers

    /// The answer to a copy. S3 sends its status before it knows how the copy ends, so that a document of success is the
    /// only proof (Amazon S3 API Reference, "CopyObject").
    func copyResult(of step: borrowing SinkStep, _ response: HTTPResponse, _ now: Timestamp) -> StepResult {
        do {
            let outcome = try copyOutcome(of: step, response, now)
            return .confirmed(try CopyCheck.matched(outcome, of: step, place: service.place))
        } catch {
            return .failed(SluiceCore.failure(from: error))
        }
    }

    private func copyOutcome(
        of step: borrowing SinkStep,
        _ response: HTTPResponse,
        _ now: Timestamp
    ) throws -> StepOutcome {
        let fault = S3Fault(response)
        if fault.code != nil { throw copyFailure(fault, of: step, response, now) }
        let names = ["ETag", "ChecksumType"] + ChecksumAlgorithm.allCases.compactMap(\.s3Element)
        let root = step.action.isWhole ? "CopyObjectResult" : "CopyPartResult"
        do {
            let document = try S3Document(response.body, root: root, holding: names)
            guard let tag = document["ETag"], !tag.isEmpty else { throw XMLError("it has no entity tag", at: 0) }
            var outcome = StepOutcome(tag: tag)
            outcome.storedChecksum = storedChecksum(of: step, document)
            // Of a part: what was taken of the source is what this digest is of, by the service's word.
            if !step.action.isWhole { outcome.sentChecksum = outcome.storedChecksum }
            return outcome
        } catch {
            // It may have been cut on the way: the copy can be asked for again.
            throw StoreError(
                fault.isWebPage ? .unexpectedAnswer : .transient,
                step.doing(at: service.place),
                cause: "the answer says neither success nor failure: \(error)",
                status: response.status
            )
        }
    }

    private func storedChecksum(of step: borrowing SinkStep, _ document: S3Document) -> Checksum? {
        guard document["ChecksumType"] ?? "FULL_OBJECT" == "FULL_OBJECT" else { return nil }
        let wanted = step.action.isWhole ? step.body.copy?.digest?.algorithm ?? checksum : checksum
        return wanted.flatMap { algorithm in
            algorithm.s3Element.flatMap { algorithm.s3Checksum(text: document[$0]) }
        }
    }

    /// The error that a refused copy is. A condition is the source's unless the step has one for the sink.
    func copyFailure(
        _ fault: S3Fault,
        of step: borrowing SinkStep,
        _ response: HTTPResponse,
        _ now: Timestamp
    ) -> StoreError {
        let what = step.doing(at: service.place)
        let error = service.error(fault, response, what: what, attempt: step.attempt, now: now)
        let isOfSource = fault.subject?.lowercased().contains("copy-source") ?? false
        guard error.kind == .precondition, isOfSource || !step.action.isWhole || step.upload.condition == .none else {
            return error
        }
        return StoreError(
            .sourceChanged,
            what,
            cause: "the source was replaced since it was listed (HTTP \(response.status))",
            advice: "Copy it again",
            status: response.status
        )
    }

    /// The question what the service has made of copies, where its answer does not show it.
    func copyInquiry(after response: HTTPResponse, of step: borrowing SinkStep, _ now: Timestamp) throws -> HTTPRequest?
    {
        guard S3Fault(response).code == nil else { return nil }
        if let range = step.body.copy, let outcome = try? copyOutcome(of: step, response, now),
            CopyCheck.isProven(outcome, range)
        {
            return nil
        }
        return try headRequest(step.upload.name, now)
    }

    /// What the answer to `copyInquiry` means for the step.
    func copyResult(
        of step: borrowing SinkStep,
        _ response: HTTPResponse,
        inquiry: HTTPResponse,
        _ now: Timestamp
    ) -> StepResult {
        guard inquiry.isSuccess else {
            let what = "looking what the service has made of \"\(step.upload.name)\" in \(service.place)"
            return .failed(service.error(S3Fault(inquiry), inquiry, what: what, attempt: step.attempt, now: now))
        }
        let made = result(of: step, response, now: now)
        guard case .confirmed(let outcome) = made else { return made }
        do {
            return .confirmed(
                try CopyCheck.checked(
                    outcome,
                    of: step,
                    inquiry,
                    size: step.upload.size ?? step.body.count,
                    stored: inquiry.s3WholeChecksum,
                    place: service.place
                )
            )
        } catch {
            return .failed(error)
        }
    }
}
