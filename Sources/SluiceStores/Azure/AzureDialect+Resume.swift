package import SluiceCore

/// Going on with blocks that an earlier process has put.
///
/// What is not gone on with needs no request: blocks that are in no list are forgotten by the service after a week, or
/// when the blob is put (Azure Storage REST API, "Put Block").
extension AzureDialect {
    package func ticket(of upload: Upload) -> UploadTicket? { names(of: upload).ticket }

    package func inquest(_ ticket: UploadTicket, for upload: Upload, known: [KnownBlock]) -> (any UploadInquest)? {
        guard let names = AzureBlockName(ticket) else { return nil }
        return AzureInquest(service: service, names: names, upload: upload, known: known)
    }
}

/// Lists a blob's blocks.
///
/// Source: Azure Storage REST API, "Get Block List".
struct AzureInquest: UploadInquest {
    private let service: AzureService
    private let names: AzureBlockName
    private let upload: Upload
    private let known: [BlockReceipt]

    init(service: AzureService, names: AzureBlockName, upload: Upload, known: [KnownBlock]) {
        self.service = service
        self.names = names
        self.upload = upload
        self.known = known.map(\.receipt).sorted { $0.ordinal < $1.ordinal }
    }

    func request(now: Timestamp) throws -> HTTPRequest {
        let parameters = [("comp", "blocklist"), ("blocklisttype", "all")]
        return try service.request(.get, name: upload.name, parameters: parameters, now: now)
    }

    mutating func hear(_ response: HTTPResponse, now: Timestamp) throws -> TakenUpload? {
        let what = "looking what is left of the upload of \"\(upload.name)\" to \(service.place)"
        guard response.isSuccess else {
            // A blob of which there is no block, and none of this name.
            if response.status == 404, AzureFault(response).code == "BlobNotFound" { return .forgotten }
            throw service.error(response, what: what, attempt: 0, now: now)
        }
        let list: AzureBlockList
        do {
            list = try AzureBlockList(response.body)
        } catch {
            throw StoreError(
                .unexpectedAnswer,
                what,
                cause: "the answer is no list of blocks: \(error)",
                advice: "Copy with --no-resume to send it anew",
                status: response.status
            )
        }
        return answer(list, entityTag: response["etag"])
    }

    /// The names are this upload's alone, so that a blob of just these blocks is its commit's.
    private func answer(_ list: AzureBlockList, entityTag: String?) -> TakenUpload {
        let ours = known.map { AzureBlockList.Block(name: $0.tag, size: $0.length) }
        if !ours.isEmpty, list.committed == ours { return .committed(entityTag: entityTag) }
        let sizes = Dictionary(list.uncommitted.map { ($0.name, $0.size) }) { first, _ in first }
        let there = known.filter { $0.tag == names.name($0.ordinal) && sizes[$0.tag] == $0.length }
        let heard = Set(known.map(\.ordinal))
        let unheard = list.uncommitted.compactMap { block -> UnheardBlock? in
            guard let ordinal = names.ordinal(of: block.name), !heard.contains(ordinal), let size = block.size else {
                return nil
            }
            let receipt = BlockReceipt(ordinal: ordinal, length: size, checksum: nil, tag: block.name)
            return UnheardBlock(receipt: receipt, digest: nil)
        }
        guard !there.isEmpty || !unheard.isEmpty else { return .forgotten }
        upload.session = names
        return .open(there, unheard: unheard)
    }
}
