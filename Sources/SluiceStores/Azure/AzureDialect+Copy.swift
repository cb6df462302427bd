package import SluiceCore

/// A blob, as the Blob service copies it by itself.
final class AzureCopySource: CopySource {
    let service: AzureService
    let name: String
    let entityTag: String

    init(service: AzureService, name: String, entityTag: String) {
        self.service = service
        self.name = name
        self.entityTag = entityTag
    }
}

extension AzureReadDialect {
    /// Nil without a tag: nobody could tell then which version was copied.
    package func copySource(name: String, entityTag: String?) throws -> (any CopySource)? {
        guard let entityTag else { return nil }
        return AzureCopySource(service: service, name: try blobName(name), entityTag: entityTag)
    }
}

/// Copies that the service makes by itself.
extension AzureDialect {
    package func copies(from source: any BlobReadDialect) -> Bool {
        guard let source = source as? AzureReadDialect else { return false }
        return service.isSame(as: source.service)
    }

    /// Source: Azure Storage REST API, "Put Blob From URL". What the blob keeps beside its bytes is said as for one that is
    /// put, so that both ways leave the same.
    func copyRequest(_ step: borrowing SinkStep, _ source: AzureCopySource, _ now: Timestamp) throws -> HTTPRequest {
        var headers = try contentHeaders(step.upload) + sourceHeaders(source, now)
        headers.append(.init("x-ms-blob-type", "BlockBlob"))
        headers.append(.init("x-ms-copy-source-blob-properties", "false"))
        appendCondition(step.upload.condition, to: &headers)
        return try service.request(.put, name: step.upload.name, headers: headers, now: now)
    }

    /// Source: Azure Storage REST API, "Put Block From URL".
    func copyBlockRequest(
        _ step: borrowing SinkStep,
        _ source: AzureCopySource,
        offset: Int,
        parameters: [(name: String, value: String)],
        _ now: Timestamp
    ) throws -> HTTPRequest {
        var headers = try sourceHeaders(source, now)
        headers.append(.init("x-ms-source-range", "bytes=\(offset)-\(offset + step.body.count - 1)"))
        return try service.request(.put, name: step.upload.name, parameters: parameters, headers: headers, now: now)
    }

    private func sourceHeaders(_ source: AzureCopySource, _ now: Timestamp) throws -> [HTTPRequest.Header] {
        try source.service.copySourceHeaders(name: source.name, now: now)
            + [.init("x-ms-source-if-match", source.entityTag)]
    }

    // MARK: Answers

    /// The answer to a copy in one request.
    func copyResult(of step: borrowing SinkStep, _ response: HTTPResponse) -> StepResult {
        do {
            return .confirmed(try CopyCheck.matched(copyOutcome(of: step, response), of: step, place: service.place))
        } catch {
            return .failed(error)
        }
    }

    /// The service says the MD5 of a whole copy, or its CRC64.
    private func copyOutcome(of step: borrowing SinkStep, _ response: HTTPResponse) -> StepOutcome {
        var outcome = StepOutcome(tag: response["etag"])
        let isMD5 = step.body.copy?.digest?.algorithm == .md5
        outcome.storedChecksum = AzureDialect.storedChecksum(response, sent: isMD5 ? step.body.copy?.digest : nil)
        return outcome
    }

    /// The question what the service has made of copies, where its answer does not show it.
    func copyInquiry(after response: HTTPResponse, of step: borrowing SinkStep, _ now: Timestamp) throws -> HTTPRequest?
    {
        if let range = step.body.copy, CopyCheck.isProven(copyOutcome(of: step, response), range) { return nil }
        return try service.request(.head, name: step.upload.name, now: now)
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
            return .failed(service.error(inquiry, what: what, attempt: step.attempt, now: now))
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
                    stored: step.action.isWhole ? inquiry.azureMD5 : nil,
                    place: service.place
                )
            )
        } catch {
            return .failed(error)
        }
    }
}

extension HTTPResponse {
    /// The MD5 of a blob: the service computes it of those that are put whole, and keeps what a client says of others.
    var azureMD5: Checksum? {
        let text = self["x-ms-blob-content-md5"] ?? self["content-md5"]
        guard let digest = text.flatMap(Base64.decode), digest.count == 16 else { return nil }
        return Checksum(algorithm: .md5, bytes: digest)
    }
}
