package import SluiceCore

/// Azure block blobs as a sink: Put Blob, or Put Block and Put Block List.
///
/// An `Upload`'s name is the blob's whole name in the container. Blocks can't be seen before their list is committed,
/// and an upload that is given up needs no request: the service discards uncommitted blocks after a week, or when
/// someone puts the blob (Azure Storage REST API, "Put Block").
package struct AzureDialect: BlobDialect {
    package let location: Location
    let service: AzureService
    /// What the ids of this run's blocks start with.
    private let nonce: AzureBlockName

    init(service: AzureService, nonce: AzureBlockName = AzureBlockName()) {
        self.service = service
        self.nonce = nonce
        location = service.location
    }

    package var notes: [String] { service.notes }

    /// Source: Azure Storage documentation, "Scalability and performance targets for Blob storage".
    package var traits: SinkTraits {
        var traits = SinkTraits(placement: .numbered, isRemote: true)
        traits.maximumBlock = 4000 << 20
        traits.maximumBlocks = 50_000
        traits.maximumWhole = 5000 << 20
        // 190.7 TiB: as much as that many blocks hold.
        traits.maximumObject = 50_000 * (4000 << 20)
        traits.blockChecksum = .crc64nvme
        traits.canTakeUp = true
        traits.copiesConditionally = true
        return traits
    }

    /// Source: Azure Storage REST API, "Naming and referencing containers, blobs, and metadata".
    package func validate(name: String) throws {
        func refusal(_ cause: String) -> StoreError {
            StoreError(
                .invalidName,
                "no blob in \(service.place) can be called \"\(name.prefix(80))\"",
                cause: cause,
                advice: "Rename it"
            )
        }
        guard !name.isEmpty else { throw refusal("the name is empty") }
        guard name.utf16.count <= 1024 else {
            throw refusal("it has \(name.utf16.count) characters, and Azure takes 1024")
        }
        let segments = name.pathParts
        guard segments.count <= 254 else { throw refusal("it has \(segments.count) segments, and Azure takes 254") }
        // The service resolves these, however they are encoded, and would put another blob.
        guard !segments.contains("."), !segments.contains("..") else {
            throw refusal("it has the segment \".\" or \"..\"")
        }
        guard
            name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control && $0.value & 0xFFFE != 0xFFFE })
        else { throw refusal("it holds a control character") }
    }

    // MARK: Probe

    /// A list of one blob. None for a credential that is for a part of the container, and may well do for what is put.
    package func probe(now: Timestamp) throws -> HTTPRequest? {
        guard !service.isAnonymous else {
            throw StoreError(
                .forbidden,
                "nothing can be put into \(service.place) without a credential",
                advice: "Set AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN or another credential"
            )
        }
        guard !service.isForPart else { return nil }
        let parameters = [("restype", "container"), ("comp", "list"), ("maxresults", "1")]
        return try service.request(.get, name: nil, parameters: parameters, now: now)
    }

    package func checkProbe(_ response: HTTPResponse, now: Timestamp) throws {
        guard !response.isSuccess else { return }
        // A credential that may only put can't list: then the first put decides.
        let harmless = ["AuthorizationPermissionMismatch", "AuthorizationResourceTypeMismatch", "AuthorizationFailure"]
        if let code = AzureFault(response).code, harmless.contains(code) { return }
        throw service.error(response, what: "looking into \(service.place)", attempt: 0, now: now)
    }

    // MARK: Requests

    package func request(for step: borrowing SinkStep, now: Timestamp) throws -> HTTPRequest? {
        let name = step.upload.name
        // Without a name these would be requests about the container.
        precondition(!name.isEmpty, "names are validated before they are put")
        switch step.action {
        case .whole: return try wholeRequest(step, now)
        case .block(let ordinal, _): return try blockRequest(step, ordinal, now)
        case .commit(let receipts): return try commitRequest(step.upload, receipts, now)
        case .begin, .abort: return nil
        case .stream: preconditionFailure("a sink of numbered blocks takes no streams")
        }
    }

    private func wholeRequest(_ step: borrowing SinkStep, _ now: Timestamp) throws -> HTTPRequest {
        if let source = step.body.copy?.source as? AzureCopySource { return try copyRequest(step, source, now) }
        var headers = try contentHeaders(step.upload)
        headers.append(.init("x-ms-blob-type", "BlockBlob"))
        appendCondition(step.upload.condition, to: &headers)
        appendChecksum(step.checksum, to: &headers)
        return try service.request(
            .put,
            name: step.upload.name,
            headers: headers,
            body: .step,
            contentLength: step.body.count,
            now: now
        )
    }

    private func blockRequest(_ step: borrowing SinkStep, _ ordinal: Int, _ now: Timestamp) throws -> HTTPRequest {
        let parameters = [("comp", "block"), ("blockid", names(of: step.upload).name(ordinal))]
        if let copy = step.body.copy, let source = copy.source as? AzureCopySource {
            return try copyBlockRequest(step, source, offset: copy.offset, parameters: parameters, now)
        }
        var headers: [HTTPRequest.Header] = []
        appendChecksum(step.checksum, to: &headers)
        return try service.request(
            .put,
            name: step.upload.name,
            parameters: parameters,
            headers: headers,
            body: .step,
            contentLength: step.body.count,
            now: now
        )
    }

    private func commitRequest(_ upload: Upload, _ receipts: [BlockReceipt], _ now: Timestamp) throws -> HTTPRequest {
        var headers = try contentHeaders(upload)
        headers.append(.init("content-type", "application/xml"))
        appendCondition(upload.condition, to: &headers)
        return try service.request(
            .put,
            name: upload.name,
            parameters: [("comp", "blocklist")],
            headers: headers,
            body: .bytes(AzureDialect.blockList(receipts)),
            now: now
        )
    }

    /// Source: Azure Storage REST API, "Delete Blob". A blob that has snapshots is not deleted.
    package func deleteRequest(name: String, now: Timestamp) throws -> HTTPRequest? {
        precondition(!name.isEmpty, "names are validated before they are used")
        return try service.request(.delete, name: name, now: now)
    }

    package func deleteFailure(_ response: HTTPResponse, name: String, now: Timestamp) -> StoreError {
        service.error(response, what: "removing \"\(name)\" from \(service.place)", attempt: 0, now: now)
    }

    /// The names of an upload's blocks: this run's, or those of the run that has begun it.
    func names(of upload: Upload) -> AzureBlockName { upload.session as? AzureBlockName ?? nonce }

    /// `Latest` finds a block among those that aren't committed, then among those that are: so a commit whose answer was
    /// lost can be asked for again. The ids are of this upload alone, so that it finds no others.
    private static func blockList(_ receipts: [BlockReceipt]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(80 + receipts.count * 48)
        text.append(text: "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>")
        for receipt in receipts {
            text.append(text: "<Latest>")
            text.append(text: XMLText.escape(receipt.tag))
            text.append(text: "</Latest>")
        }
        text.append(text: "</BlockList>")
        return text
    }
}
