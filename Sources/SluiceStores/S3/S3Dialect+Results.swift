package import SluiceCore

extension S3Dialect {
    package func result(of step: borrowing SinkStep, _ response: HTTPResponse, now: Timestamp) -> StepResult {
        guard response.isSuccess else { return refusal(of: step, response, now) }
        switch step.action {
        case .whole where step.body.copy != nil, .block where step.body.copy != nil:
            return copyResult(of: step, response, now)
        case .whole, .block: return putResult(of: step, response)
        case .begin: return beginResult(of: step, response, now)
        case .commit(let receipts): return commitResult(of: step, receipts, response, now)
        case .abort:
            step.upload.session = nil
            return .confirmed(StepOutcome())
        case .stream: preconditionFailure("a sink of numbered blocks takes no streams")
        }
    }

    private func refusal(of step: borrowing SinkStep, _ response: HTTPResponse, _ now: Timestamp) -> StepResult {
        let fault = S3Fault(response)
        if step.action.isAbort, fault.code == "NoSuchUpload" || (fault.code == nil && fault.status == 404) {
            step.upload.session = nil
            return .confirmed(StepOutcome())
        }
        if step.body.copy != nil { return .failed(copyFailure(fault, of: step, response, now)) }
        return .failed(error(fault, of: step, response, now))
    }

    private func error(
        _ fault: S3Fault,
        of step: borrowing SinkStep,
        _ response: HTTPResponse,
        _ now: Timestamp
    ) -> StoreError {
        let what = step.doing(at: service.place)
        let hasCondition = step.upload.condition != .none && (step.action.isWhole || step.action.isCommit)
        if step.mayCarryChecksum,
            fault.refusesChecksum(hasCondition: hasCondition), service.learnChecksumRefusal(attempt: step.attempt)
        {
            let cause = fault.message.map { "the service takes no checksum: \($0)" }
            return StoreError(.transient, what, cause: cause, status: fault.status)
        }
        let error = service.error(fault, response, what: what, attempt: step.attempt, now: now)
        func told(_ kind: FailureKind, _ advice: String) -> StoreError {
            StoreError(kind, error.what, cause: error.cause, advice: advice, status: error.status)
        }
        switch error.kind {
        case .precondition, .notFound:
            return step.mayHaveSucceededBefore.map { told(error.kind, $0) } ?? error
        case .unexpectedAnswer where hasCondition && fault.code == "NotImplemented":
            return told(.unexpectedAnswer, "The service knows no preconditions: use --overwrite always")
        case .unexpectedAnswer where fault.status == 400 && S3Dialect.isUnusual(name: step.upload.name):
            return told(.invalidName, S3Failure.nameAdvice)
        default:
            return error
        }
    }

    /// Whether a name has segments that S3 takes and services on top of a file system don't.
    private static func isUnusual(name: String) -> Bool {
        name.pathParts.contains { ["", ".", ".."].contains($0) }
    }

    /// The answer to a body: its entity tag, and the digest that the service has of it.
    private func putResult(of step: borrowing SinkStep, _ response: HTTPResponse) -> StepResult {
        guard let tag = response["etag"], !tag.isEmpty else {
            return .failed(unexpected(step, response, "it has no entity tag"))
        }
        let stored = (step.checksum?.algorithm ?? checksum)?.s3Checksum(in: response)
        if let sent = step.checksum, sent.algorithm != .md5, service.takesChecksums {
            service.learnChecksumAnswer(sent.algorithm, isRepeated: stored != nil)
            if let stored, stored != sent { return .failed(mismatch(step, stored, sent, response)) }
        }
        return .confirmed(StepOutcome(tag: tag, bytesSent: step.body.count, storedChecksum: stored))
    }

    private func beginResult(of step: borrowing SinkStep, _ response: HTTPResponse, _ now: Timestamp) -> StepResult {
        do {
            let document = try S3Document(response.body, root: "InitiateMultipartUploadResult", holding: ["UploadId"])
            guard let id = document["UploadId"], !id.isEmpty else { throw XMLError("there is no UploadId", at: 0) }
            // A service that ignores the algorithm may refuse the parts' digests; that is learned then.
            step.upload.session = S3Upload(
                id: id,
                checksum: service.takesChecksums ? checksum : nil,
                began: now
            )
            return .confirmed(StepOutcome())
        } catch {
            return .failed(unexpected(step, response, "\(error)"))
        }
    }

    /// The answer to a commit. S3 sends its status before it knows how the commit ends, so that a document of success
    /// is the only proof (Amazon S3 API Reference, "CompleteMultipartUpload").
    private func commitResult(
        of step: borrowing SinkStep,
        _ receipts: [BlockReceipt],
        _ response: HTTPResponse,
        _ now: Timestamp
    ) -> StepResult {
        let fault = S3Fault(response)
        if fault.code != nil { return .failed(error(fault, of: step, response, now)) }
        do {
            let names = ["ETag", "ChecksumType"] + ChecksumAlgorithm.allCases.compactMap(\.s3Element)
            let document = try S3Document(response.body, root: "CompleteMultipartUploadResult", holding: names)
            let algorithm = (step.upload.session as? S3Upload)?.checksum
            let stored = algorithm.flatMap { S3Dialect.storedChecksum($0, document, response) }
            if let algorithm, let stored, let sent = S3Dialect.wholeChecksum(receipts, algorithm), stored != sent {
                return .failed(mismatch(step, stored, sent, response))
            }
            step.upload.session = nil
            return .confirmed(StepOutcome(tag: document["ETag"], storedChecksum: stored))
        } catch {
            // It may have been cut on the way: the commit can be asked for again.
            return .failed(
                StoreError(
                    fault.isWebPage ? .unexpectedAnswer : .transient,
                    step.doing(at: service.place),
                    cause: "the answer says neither success nor failure: \(error)",
                    status: response.status
                )
            )
        }
    }

    /// The digest of the object that a commit made; nil where the service says none, or one of digests.
    private static func storedChecksum(
        _ algorithm: ChecksumAlgorithm,
        _ document: S3Document,
        _ response: HTTPResponse
    ) -> Checksum? {
        guard algorithm.isCombinable, document["ChecksumType"] ?? "FULL_OBJECT" == "FULL_OBJECT" else { return nil }
        let text = algorithm.s3Element.flatMap { document[$0] }
        return algorithm.s3Checksum(text: text) ?? algorithm.s3Checksum(in: response)
    }

    private func mismatch(
        _ step: borrowing SinkStep,
        _ stored: Checksum,
        _ sent: Checksum,
        _ response: HTTPResponse
    ) -> StoreError {
        StoreError(
            .integrity,
            step.doing(at: service.place),
            cause: "the service has \(stored.hex) as its \(sent.algorithm.rawValue), and \(sent.hex) was sent",
            advice: "The bytes changed on the way: copy again",
            status: response.status
        )
    }

    private func unexpected(_ step: borrowing SinkStep, _ response: HTTPResponse, _ why: String) -> StoreError {
        StoreError(
            .unexpectedAnswer,
            step.doing(at: service.place),
            cause: "the answer is not one of S3: \(why) (HTTP \(response.status))",
            advice: "Check that the endpoint is that of an S3 service",
            status: response.status
        )
    }
}

extension SinkStep {
    /// Whether the request of a step names a digest.
    fileprivate var mayCarryChecksum: Bool {
        switch action {
        case .begin, .commit: true
        case .whole, .stream, .block, .abort: checksum != nil
        }
    }
}
