package import SluiceCore
internal import SluiceDigests

/// What became of a step whose answer was lost: the blob that stands there tells.
extension AzureDialect {
    package func inquiry(
        after refusal: HTTPResponse,
        of step: borrowing SinkStep,
        now: Timestamp
    ) throws -> HTTPRequest? {
        if refusal.isSuccess, step.endsCopy { return try copyInquiry(after: refusal, of: step, now) }
        guard !refusal.isSuccess, step.upload.condition != .none, isPrecondition(refusal) else { return nil }
        let name = step.upload.name
        switch step.action {
        case .commit:
            // The names of blocks are this run's alone and prove whose commit it was: so the first attempt is asked
            // about as well, which libcurl may have sent again by itself.
            let parameters = [("comp", "blocklist"), ("blocklisttype", "committed")]
            return try service.request(.get, name: name, parameters: parameters, now: now)
        case .whole:
            // Without an earlier attempt it is somebody else's blob.
            return step.attempt > 0 ? try service.request(.head, name: name, now: now) : nil
        case .begin, .block, .abort, .stream: return nil
        }
    }

    private func isPrecondition(_ refusal: HTTPResponse) -> Bool {
        let known = AzureFault(refusal).code.flatMap { AzureFailure.meaning(of: $0) }
        return (known?.kind ?? ServiceFailure.kind(status: refusal.status)) == .precondition
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
            let asked = service.error(inquiry, what: what, attempt: step.attempt, now: now)
            return asked.isRetryable ? .failed(asked) : refused
        }
        guard isOurs(step, inquiry) else { return .failed(error.adding("what stands there is another blob")) }
        return .confirmed(StepOutcome(tag: inquiry["etag"], bytesSent: step.body.count))
    }

    /// Whether the blob that an answer is about is what the step was to put.
    private func isOurs(_ step: borrowing SinkStep, _ answer: HTTPResponse) -> Bool {
        if case .commit(let receipts) = step.action {
            return (try? AzureBlockList(answer.body))?.committed.map(\.name) == receipts.map(\.tag)
        }
        // The service computes the MD5 of every blob that is put whole (Azure Storage REST API, "Put Blob").
        guard answer["content-length"] == "\(step.body.count)", let stored = answer["content-md5"] else { return false }
        if let copy = step.body.copy { return stored == copy.digest?.base64 }
        return stored == step.body.md5()?.base64
    }
}
