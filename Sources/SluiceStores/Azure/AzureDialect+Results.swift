package import SluiceCore

extension AzureDialect {
    package func result(of step: borrowing SinkStep, _ response: HTTPResponse, now: Timestamp) -> StepResult {
        guard response.isSuccess else { return .failed(refusal(of: step, response, now)) }
        switch step.action {
        case .whole:
            guard let tag = response["etag"], !tag.isEmpty else {
                return .failed(unexpected(step, response, "it has no entity tag"))
            }
            return step.body.copy == nil ? putResult(of: step, response, tag: tag) : copyResult(of: step, response)
        case .block(let ordinal, _):
            // Put Block has no entity tag; any server of files may answer 201.
            guard response["x-ms-request-id"] != nil || response["x-ms-version"] != nil else {
                return .failed(unexpected(step, response, "it has no x-ms-request-id"))
            }
            return putResult(of: step, response, tag: names(of: step.upload).name(ordinal))
        case .commit:
            guard let tag = response["etag"], !tag.isEmpty else {
                return .failed(unexpected(step, response, "it has no entity tag"))
            }
            return .confirmed(StepOutcome(tag: tag))
        case .begin, .abort, .stream:
            preconditionFailure("these steps have no request")
        }
    }

    /// The answer to a body, with the digest that the service computed of it.
    private func putResult(of step: borrowing SinkStep, _ response: HTTPResponse, tag: String) -> StepResult {
        let stored = AzureDialect.storedChecksum(response, sent: step.checksum)
        if let sent = step.checksum, sent.algorithm == .crc64nvme || sent.algorithm == .md5 {
            if let stored, stored != sent {
                return .failed(
                    StoreError(
                        .integrity,
                        step.doing(at: service.place),
                        cause:
                            "the service has \(stored.hex) as its \(sent.algorithm.rawValue), and \(sent.hex) was sent",
                        advice: "The bytes changed on the way: copy again",
                        status: response.status
                    )
                )
            }
            if stored == nil, sent.algorithm == .crc64nvme {
                service.note("the service does not confirm CRC64 checksums, and may not check them")
            }
        }
        guard step.body.copy == nil else {
            // What was taken of the source is what this digest is of, by the service's word.
            var outcome = StepOutcome(tag: tag, storedChecksum: stored)
            outcome.sentChecksum = stored
            return .confirmed(outcome)
        }
        return .confirmed(StepOutcome(tag: tag, bytesSent: step.body.count, storedChecksum: stored))
    }

    private func refusal(of step: borrowing SinkStep, _ response: HTTPResponse, _ now: Timestamp) -> StoreError {
        let error = service.error(response, what: step.doing(at: service.place), attempt: step.attempt, now: now)
        guard error.kind == .precondition, let words = step.mayHaveSucceededBefore else { return error }
        return StoreError(.precondition, error.what, cause: error.cause, advice: words, status: error.status)
    }

    private func unexpected(_ step: borrowing SinkStep, _ response: HTTPResponse, _ why: String) -> StoreError {
        StoreError(
            .unexpectedAnswer,
            step.doing(at: service.place),
            cause: "the answer is not one of the Blob service: \(why) (HTTP \(response.status))",
            advice: "Check that the endpoint is that of an Azure Blob service",
            status: response.status
        )
    }
}
