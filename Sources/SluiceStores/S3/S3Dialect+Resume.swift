package import SluiceCore

/// Going on with a multipart upload that an earlier process has begun.
///
/// Source: Amazon S3 API Reference, "ListParts" and "AbortMultipartUpload".
extension S3Dialect {
    package func ticket(of upload: Upload) -> UploadTicket? {
        (upload.session as? S3Upload)?.ticket(key: upload.name)
    }

    package func inquest(_ ticket: UploadTicket, for upload: Upload, known: [KnownBlock]) -> (any UploadInquest)? {
        guard let (session, key) = S3Upload.read(ticket), key == upload.name else { return nil }
        return S3Inquest(dialect: self, session: session, upload: upload, known: known)
    }

    package func discardRequest(_ ticket: UploadTicket, name: String, now: Timestamp) throws -> HTTPRequest? {
        guard let (session, key) = S3Upload.read(ticket) else { return nil }
        return try abortRequest(session.id, of: key, now)
    }

    package func discardFailure(_ response: HTTPResponse, name: String, now: Timestamp) -> StoreError? {
        // An upload that was completed or aborted before is known no more.
        guard !response.isSuccess, response.status != 404 else { return nil }
        return error(response, "taking back the unfinished upload of \"\(name)\" to \(service.place)", now)
    }

    func abortRequest(_ id: String, of key: String, _ now: Timestamp) throws -> HTTPRequest {
        precondition(!key.isEmpty, "without a key this would be about the bucket")
        return try service.request(
            .delete,
            key: key,
            query: "uploadId=\(PercentEncoding.encode(id))",
            headers: [],
            now: now
        )
    }

    func error(_ response: HTTPResponse, _ what: String, _ now: Timestamp) -> StoreError {
        service.error(S3Fault(response), response, what: what, attempt: 0, now: now)
    }
}

/// Lists an upload's parts; where there is no such upload, looks whether its object is there.
struct S3Inquest: UploadInquest {
    private enum Question {
        /// The parts behind this number.
        case parts(after: Int?)
        /// The object that the known blocks would make.
        case object
        /// No question: the service can't list parts, so nothing of the upload can be gone on with.
        case abort
    }

    private let dialect: S3Dialect
    private let session: S3Upload
    private let upload: Upload
    private let known: [BlockReceipt]
    private var question = Question.parts(after: nil)
    private var parts: [Int: S3PartList.Part] = [:]

    init(dialect: S3Dialect, session: S3Upload, upload: Upload, known: [KnownBlock]) {
        self.dialect = dialect
        self.session = session
        self.upload = upload
        self.known = known.map(\.receipt).sorted { $0.ordinal < $1.ordinal }
    }

    /// Parts on a page: the most that S3 gives.
    static let pageSize = 1000

    func request(now: Timestamp) throws -> HTTPRequest {
        switch question {
        case .parts(let last):
            var query = "max-parts=\(S3Inquest.pageSize)"
            if let last { query += "&part-number-marker=\(last)" }
            query += "&uploadId=\(PercentEncoding.encode(session.id))"
            return try dialect.service.request(.get, key: upload.name, query: query, headers: [], now: now)
        case .object: return try dialect.headRequest(upload.name, now)
        case .abort: return try dialect.abortRequest(session.id, of: upload.name, now)
        }
    }

    mutating func hear(_ response: HTTPResponse, now: Timestamp) throws -> TakenUpload? {
        switch question {
        case .parts(let last):
            return response.isSuccess ? try list(response, after: last) : try refused(response, now)
        case .object:
            if response.isSuccess {
                let isOurs =
                    S3Dialect.isMade(response, of: known) && !S3Dialect.isOlder(response, than: session.began, now)
                return isOurs ? .committed(entityTag: response["etag"]) : .forgotten
            }
            guard response.status == 404 else { throw dialect.error(response, what, now) }
            return .forgotten
        case .abort:
            if let failure = dialect.discardFailure(response, name: upload.name, now: now) { throw failure }
            return .forgotten
        }
    }

    private mutating func list(_ response: HTTPResponse, after last: Int?) throws -> TakenUpload? {
        let list: S3PartList
        do {
            list = try S3PartList(response.body, after: last ?? 0)
        } catch {
            throw StoreError(
                .unexpectedAnswer,
                what,
                cause: "the answer is no list of parts: \(error)",
                advice: "Copy with --no-resume to send it anew",
                status: response.status
            )
        }
        for part in list.parts { parts[part.number] = part }
        if let next = list.next {
            question = .parts(after: next)
            return nil
        }
        upload.session = session
        let there = known.filter { parts.removeValue(forKey: $0.ordinal + 1)?.is($0) == true }
        return .open(there, unheard: parts.values.compactMap(\.unheard))
    }

    private mutating func refused(_ response: HTTPResponse, _ now: Timestamp) throws -> TakenUpload? {
        switch response.status {
        case 404 where S3Fault(response).code == "NoSuchUpload":
            // The first parts without a gap may be all of them.
            guard !known.isEmpty, known.map(\.ordinal) == Array(0..<known.count) else { return .forgotten }
            question = .object
            return nil
        case 405, 501:
            question = .abort
            return nil
        default: throw dialect.error(response, what, now)
        }
    }

    private var what: String { "looking what is left of the upload of \"\(upload.name)\" to \(dialect.service.place)" }
}

/// One page of the document that `ListParts` answers.
struct S3PartList {
    struct Part {
        var number = 0
        var size: Int?
        var entityTag = ""
        var checksums: [Checksum] = []

        /// Whether this is the part that a receipt is of: of its size, and, where both have one, its tag and digest.
        func `is`(_ receipt: BlockReceipt) -> Bool {
            guard size == receipt.length else { return false }
            let tags = (S3Dialect.unquoted(entityTag), S3Dialect.unquoted(receipt.tag))
            if !tags.0.isEmpty, !tags.1.isEmpty, tags.0 != tags.1 { return false }
            let stored = checksums.first { $0.algorithm == receipt.checksum?.algorithm }
            return stored == nil || stored == receipt.checksum
        }

        /// The part as one of which nothing is known but this list; nil where that has no digest of it. The tag of a part
        /// is its MD5, except where it was encrypted.
        var unheard: UnheardBlock? {
            let md5 = Hex.decode(S3Dialect.unquoted(entityTag)).map { Checksum(algorithm: .md5, bytes: $0) }
            guard let size, let digest = checksums.first ?? md5, digest.bytes.count == digest.algorithm.length else {
                return nil
            }
            let receipt = BlockReceipt(ordinal: number - 1, length: size, checksum: nil, tag: entityTag)
            return UnheardBlock(receipt: receipt, digest: digest)
        }
    }

    private(set) var parts: [Part] = []
    /// The number behind which the next page goes on; nil on the last one.
    private(set) var next: Int?

    /// - Parameter marker: the number behind which this page was asked for.
    /// - Throws: `XMLError` when it is malformed, or says that it goes on and not where.
    init(_ body: [UInt8], after marker: Int) throws(XMLError) {
        var reader = XMLReader(body)
        let root = try reader.root()
        guard root.name == "ListPartsResult" else { throw XMLError("it is a <\(root.name.prefix(40))>", at: 0) }
        var isTruncated = false
        while let child = try reader.child() {
            switch child.name {
            case "Part": parts.append(try Part(&reader))
            case "IsTruncated": isTruncated = try reader.text().trimmed == "true"
            case "NextPartNumberMarker": next = Int(try reader.text().trimmed)
            default: try reader.skip()
            }
        }
        try reader.end()
        guard isTruncated else {
            next = nil
            return
        }
        // A page that leads to itself would be asked for for ever.
        guard let next, next > marker else { throw XMLError("it is cut, and no number leads on", at: reader.position) }
    }
}

extension S3PartList.Part {
    fileprivate init(_ reader: inout XMLReader) throws(XMLError) {
        let start = reader.position
        while let child = try reader.child() {
            switch child.name {
            case "PartNumber": number = Int(try reader.text().trimmed) ?? 0
            case "Size": size = try reader.byteCount()
            case "ETag": entityTag = try reader.text().trimmed
            default:
                if let algorithm = ChecksumAlgorithm.allCases.first(where: { $0.s3Element == child.name }) {
                    if let checksum = algorithm.s3Checksum(text: try reader.text().trimmed) {
                        checksums.append(checksum)
                    }
                } else {
                    try reader.skip()
                }
            }
        }
        guard number > 0 else { throw XMLError("a part without a number", at: start) }
    }
}

extension S3Upload {
    /// The upload as text: the digest's name, the time of its start in nanoseconds, its id and its key, a line each; the
    /// key is last because it may hold line feeds. Nil for an id that does.
    func ticket(key: String) -> UploadTicket? {
        guard !id.utf8.contains(UInt8(ascii: "\n")) else { return nil }
        let began = began.map { "\($0.nanoseconds)" } ?? ""
        return UploadTicket(bytes: Array("\(checksum?.rawValue ?? "")\n\(began)\n\(id)\n\(key)".utf8))
    }

    /// Nil for what was not written by `ticket(key:)`.
    static func read(_ ticket: UploadTicket) -> (upload: S3Upload, key: String)? {
        let lines = ticket.bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard lines.count == 4, !lines[2].isEmpty, !lines[3].isEmpty else { return nil }
        let checksum = ChecksumAlgorithm(rawValue: lines[0])
        guard checksum != nil || lines[0].isEmpty else { return nil }
        let began = Int64(lines[1]).map { Timestamp(nanoseconds: $0) }
        return (S3Upload(id: lines[2], checksum: checksum, began: began), lines[3])
    }
}
