package import SluiceCore
internal import SluiceDigests

/// S3 and everything that speaks it, as a sink: `PutObject`, or a multipart upload.
///
/// An `Upload`'s name is the object's whole key in the bucket. Nothing of an upload can be seen before its commit;
/// parts of one that was neither committed nor aborted are kept, and paid for, until a lifecycle rule removes them.
package struct S3Dialect: BlobDialect {
    package let location: Location
    let service: S3Service
    /// The digest that bodies are sent with; nil for none.
    let checksum: ChecksumAlgorithm?

    init(service: S3Service, checksum: ChecksumAlgorithm? = .crc64nvme) {
        self.service = service
        self.checksum = checksum
        location = service.location
    }

    package var notes: [String] { service.notes }

    /// Source: Amazon S3 User Guide, "Amazon S3 multipart upload limits".
    package var traits: SinkTraits {
        var traits = SinkTraits(placement: .numbered, isRemote: true)
        traits.minimumBlock = 5 << 20
        traits.maximumBlock = 5 << 30
        traits.maximumBlocks = 10_000
        traits.maximumWhole = 5 << 30
        // 48.8 TiB: as much as that many parts hold.
        traits.maximumObject = 10_000 * (5 << 30)
        traits.blockChecksum = service.takesChecksums ? checksum : nil
        traits.canTakeUp = true
        return traits
    }

    /// Source: Amazon S3 User Guide, "Naming Amazon S3 objects". Segments `.` and `..` are names like any other there.
    package func validate(name: String) throws {
        func refusal(_ cause: String) -> StoreError {
            StoreError(
                .invalidName,
                "no object in \(service.place) can be called \"\(name.prefix(80))\"",
                cause: cause,
                advice: "Rename it"
            )
        }
        guard !name.isEmpty else { throw refusal("the name is empty") }
        guard name.utf8.count <= 1024 else { throw refusal("it has \(name.utf8.count) bytes, and S3 takes 1024") }
        guard !name.utf8.contains(0) else { throw refusal("it holds a NUL character") }
    }

    // MARK: Probe

    /// A list of one object: unlike `HeadBucket` its refusal has a document that says what is wrong.
    package func probe(now: Timestamp) throws -> HTTPRequest? {
        try service.request(.get, key: nil, query: "encoding-type=url&list-type=2&max-keys=1", headers: [], now: now)
    }

    package func checkProbe(_ response: HTTPResponse, now: Timestamp) throws {
        guard !response.isSuccess else { return }
        let fault = S3Fault(response)
        // Keys that may only put can't list: then the first put decides.
        if fault.code == "AccessDenied" || fault.code == "AllAccessDisabled" { return }
        throw service.error(fault, response, what: "looking into \(service.place)", attempt: 0, now: now)
    }

    // MARK: Requests

    package func request(for step: borrowing SinkStep, now: Timestamp) throws -> HTTPRequest? {
        let name = step.upload.name
        // Without a key these would be requests about the bucket: one of them deletes it.
        precondition(!name.isEmpty, "names are validated before they are put")
        switch step.action {
        case .whole: return try wholeRequest(step, now)
        case .begin: return try beginRequest(step.upload, now)
        case .block(let ordinal, _): return try blockRequest(step, ordinal, now)
        case .commit(let receipts): return try commitRequest(step.upload, upload(of: step), receipts, now)
        case .abort:
            guard let upload = step.upload.session as? S3Upload else { return nil }
            return try abortRequest(upload.id, of: name, now)
        case .stream:
            preconditionFailure("a sink of numbered blocks takes no streams")
        }
    }

    private func wholeRequest(_ step: borrowing SinkStep, _ now: Timestamp) throws -> HTTPRequest {
        if let source = step.body.copy?.source as? S3CopySource { return try copyRequest(step, source, now) }
        var headers = try putHeaders(step.upload)
        appendCondition(step.upload.condition, to: &headers)
        appendChecksum(step.checksum, to: &headers)
        let hash = bodyHash(step)
        return try service.request(
            .put,
            key: step.upload.name,
            headers: headers,
            body: .step,
            bodyHash: hash,
            now: now
        )
    }

    private func blockRequest(_ step: borrowing SinkStep, _ ordinal: Int, _ now: Timestamp) throws -> HTTPRequest {
        let upload = try upload(of: step)
        // Parts are numbered from one.
        let query = "partNumber=\(ordinal + 1)&uploadId=\(PercentEncoding.encode(upload.id))"
        if let copy = step.body.copy, let source = copy.source as? S3CopySource {
            return try copyPartRequest(step, source, offset: copy.offset, query: query, now)
        }
        var headers: [HTTPRequest.Header] = []
        if step.checksum?.algorithm == upload.checksum || step.checksum?.algorithm == .md5 {
            appendChecksum(step.checksum, to: &headers)
        }
        let hash = bodyHash(step)
        return try service.request(
            .put,
            key: step.upload.name,
            query: query,
            headers: headers,
            body: .step,
            bodyHash: hash,
            now: now
        )
    }

    /// Source: Amazon S3 API Reference, "DeleteObject". In a bucket with versions the object's versions stay.
    package func deleteRequest(name: String, now: Timestamp) throws -> HTTPRequest? {
        precondition(!name.isEmpty, "without a key this would delete the bucket")
        return try service.request(.delete, key: name, headers: [], now: now)
    }

    package func deleteFailure(_ response: HTTPResponse, name: String, now: Timestamp) -> StoreError {
        let what = "removing \"\(name)\" from \(service.place)"
        return service.error(S3Fault(response), response, what: what, attempt: 0, now: now)
    }

    private func upload(of step: borrowing SinkStep) throws -> S3Upload {
        guard let upload = step.upload.session as? S3Upload else {
            throw StoreError(
                .unexpectedAnswer,
                "\(step.doing(at: service.place)) failed",
                cause: "its upload was not started"
            )
        }
        return upload
    }

    private func beginRequest(_ upload: Upload, _ now: Timestamp) throws -> HTTPRequest {
        var headers = try putHeaders(upload)
        if let checksum, let name = checksum.s3Name, service.takesChecksums {
            headers.append(.init("x-amz-checksum-algorithm", name))
            headers.append(.init("x-amz-checksum-type", checksum.isCombinable ? "FULL_OBJECT" : "COMPOSITE"))
        }
        return try service.request(.post, key: upload.name, query: "uploads=", headers: headers, now: now)
    }

    /// The hash of a slab's bytes, where the signature needs it.
    private func bodyHash(_ step: borrowing SinkStep) -> [UInt8]? {
        guard service.signsBodies else { return nil }
        if step.body.count == 0 { return SHA256.hash([UInt8]()) }
        return step.body.slab?.withBytes { SHA256.hash($0) }
    }
}
