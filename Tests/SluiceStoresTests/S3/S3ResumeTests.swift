import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceStores

/// Going on with a multipart upload of an earlier process.
@Suite struct S3ResumeTests {
    private let now = S3Fixture.now
    private let dialect: S3Dialect
    private let session = S3Upload(id: "up+1/=", checksum: .crc64nvme, began: S3Fixture.now)
    private let gone = S3Fixture.error("NoSuchUpload", status: 404)
    /// Two parts, "a" and "b": their MD5s, and the MD5 of both with their number, by md5sum.
    private let tags = ["0cc175b9c0f1b6a831c399e269772661", "92eb5ffee6ae2fec3ad71c777531578f"]
    private let tag = "96e024ba2074fe77e8e965ba43a704be-2"

    init() throws { dialect = try S3Fixture.sink() }

    private func known(_ ordinals: [Int] = [0, 1], checksum: Checksum? = nil) -> [KnownBlock] {
        ordinals.map { ordinal in
            let receipt = BlockReceipt(ordinal: ordinal, length: 1, checksum: checksum, tag: "\"\(tags[ordinal % 2])\"")
            return KnownBlock(receipt: receipt, offset: ordinal)
        }
    }

    private func inquest(_ upload: Upload, _ known: [KnownBlock]) throws -> any UploadInquest {
        let ticket = try #require(session.ticket(key: "a.csv"))
        return try #require(dialect.inquest(ticket, for: upload, known: known))
    }

    private func page(_ parts: [String], next: String? = nil) -> HTTPResponse {
        let more = next.map { "<IsTruncated>true</IsTruncated><NextPartNumberMarker>\($0)</NextPartNumberMarker>" }
        let text =
            "<ListPartsResult><Bucket>b</Bucket>\(more ?? "<IsTruncated>false</IsTruncated>")\(parts.joined())</ListPartsResult>"
        return HTTPResponse(status: 200, body: Array(text.utf8))
    }

    private func part(_ number: Int, size: Int = 1, tag: String? = nil, more: String = "") -> String {
        let tag = tag ?? "&quot;\(tags[(number - 1) % 2])&quot;"
        return "<Part><PartNumber>\(number)</PartNumber><Size>\(size)</Size><ETag>\(tag)</ETag>\(more)</Part>"
    }

    @Test(arguments: [nil, ChecksumAlgorithm.crc32c, .crc64nvme])
    func `a ticket says all that a session does`(_ checksum: ChecksumAlgorithm?) throws {
        for (began, key) in [(now, "a"), (nil, "dir/line\nfeed")] as [(Timestamp?, String)] {
            let session = S3Upload(id: "id", checksum: checksum, began: began)
            let ticket = try #require(session.ticket(key: key))
            let read = try #require(S3Upload.read(ticket))
            #expect(read.upload == session && read.key == key)
        }
    }

    @Test(arguments: ["", "\n\n\n", "\n\nid\n", "md4\n\nid\nkey", "\n\nid"])
    func `what is no ticket is not read`(_ text: String) {
        #expect(S3Upload.read(UploadTicket(bytes: Array(text.utf8))) == nil)
    }

    @Test func `an upload without a session has no ticket, nor has one whose id would break it`() throws {
        #expect(dialect.ticket(of: S3Fixture.upload()) == nil)
        #expect(dialect.ticket(of: S3Fixture.upload(session: S3Upload(id: "a\nb", checksum: nil))) == nil)
        let ticket = try #require(dialect.ticket(of: S3Fixture.upload(session: session)))
        #expect(dialect.inquest(ticket, for: S3Fixture.upload("other.csv"), known: []) == nil)
    }

    @Test func `the parts are asked for, and the upload goes on with its session`() throws {
        let upload = S3Fixture.upload()
        var inquest = try inquest(upload, known())
        let request = try inquest.request(now: now)
        #expect(request.method == .get && request.address.path == "/bucket/a.csv")
        #expect(request.address.query == "max-parts=1000&uploadId=up%2B1%2F%3D")
        let taken = try inquest.hear(page([part(1), part(2)]), now: now)
        guard case .open(let receipts, _) = taken else { throw Unexpected(taken) }
        #expect(receipts.map(\.ordinal) == [0, 1])
        #expect(upload.session as? S3Upload == session)
    }

    @Test func `a list goes on page by page`() throws {
        let upload = S3Fixture.upload()
        var inquest = try inquest(upload, known([0, 1, 1500]))
        #expect(try inquest.hear(page([part(1)], next: "1000"), now: now) == nil)
        #expect(
            try inquest.request(now: now).address.query
                == "max-parts=1000&part-number-marker=1000&uploadId=up%2B1%2F%3D"
        )
        #expect(upload.session == nil)
        let taken = try inquest.hear(page([part(1501)]), now: now)
        guard case .open(let receipts, _) = taken else { throw Unexpected(taken) }
        #expect(receipts.map(\.ordinal) == [0, 1500])
    }

    @Test(arguments: ["", "0", "x"]) func `a list that leads nowhere is refused`(_ next: String) throws {
        var inquest = try inquest(S3Fixture.upload(), known())
        #expect(throws: StoreError.self) { try inquest.hear(page([], next: next), now: now) }
    }

    static let differing: [(String, Bool)] = [
        ("<Part><PartNumber>1</PartNumber><Size>2</Size></Part>", false),
        ("<Part><PartNumber>2</PartNumber><Size>1</Size></Part>", false),
        ("<Part><PartNumber>1</PartNumber></Part>", false),
        ("<Part><PartNumber>1</PartNumber><Size>1</Size></Part>", true),
        ("<Part><PartNumber>1</PartNumber><Size>1</Size><ETag>0cc175b9c0f1b6a831c399e269772661</ETag></Part>", true),
        ("<Part><PartNumber>1</PartNumber><Size>1</Size><ETag>92eb5ffee6ae2fec3ad71c777531578f</ETag></Part>", false),
        (
            "<Part><PartNumber>1</PartNumber><Size>1</Size><ChecksumCRC64NVME>AAAAAAAAAAE=</ChecksumCRC64NVME></Part>",
            true
        ),
        (
            "<Part><PartNumber>1</PartNumber><Size>1</Size><ChecksumCRC64NVME>AAAAAAAAAAI=</ChecksumCRC64NVME></Part>",
            false
        ),
        ("<Part><PartNumber>1</PartNumber><Size>1</Size><ChecksumCRC32C>AAAAAA==</ChecksumCRC32C></Part>", true),
    ]

    @Test(arguments: differing)
    func `the service is believed over the ledger`(_ part: String, _ isKept: Bool) throws {
        var inquest = try inquest(
            S3Fixture.upload(),
            known([0], checksum: Checksum(algorithm: .crc64nvme, value: UInt64(1)))
        )
        let taken = try inquest.hear(page([part]), now: now)
        guard case .open(let receipts, _) = taken else { throw Unexpected(taken) }
        #expect(receipts.map(\.ordinal) == (isKept ? [0] : []))
    }

    static let unheard: [(String, Checksum?)] = [
        (
            "<ETag>&quot;0cc175b9c0f1b6a831c399e269772661&quot;</ETag>",
            Hex.decode("0cc175b9c0f1b6a831c399e269772661").map { Checksum(algorithm: .md5, bytes: $0) }
        ),
        (
            "<ETag>0cc175b9c0f1b6a831c399e269772661</ETag><ChecksumCRC64NVME>AAAAAAAAAAI=</ChecksumCRC64NVME>",
            Checksum(algorithm: .crc64nvme, value: UInt64(2))
        ),
        ("<ETag>opaque</ETag>", nil), ("<ETag>abcd</ETag>", nil), ("", nil),
    ]

    @Test(arguments: unheard)
    func `parts that the ledger does not know are told with what proves them`(_ tags: String, _ digest: Checksum?)
        throws
    {
        var inquest = try inquest(S3Fixture.upload(), known([0]))
        let stranger = "<Part><PartNumber>5</PartNumber><Size>7</Size>\(tags)</Part>"
        let garbled = "<Part><PartNumber>1</PartNumber><Size>3</Size>\(tags)</Part>"
        let taken = try inquest.hear(page([garbled, stranger]), now: now)
        guard case .open(let receipts, let unheard) = taken else { throw Unexpected(taken) }
        #expect(receipts.isEmpty && unheard.count == (digest == nil ? 0 : 1))
        #expect(unheard.allSatisfy { $0.digest == digest && $0.receipt.ordinal == 4 && $0.receipt.length == 7 })
    }

    @Test func `where the upload is gone, its object tells whether the commit took effect`() throws {
        func ending(_ known: [KnownBlock], _ object: HTTPResponse, at moment: Timestamp? = nil) throws -> TakenUpload? {
            var inquest = try inquest(S3Fixture.upload(), known)
            if let taken = try inquest.hear(gone, now: now) { return taken }
            let request = try inquest.request(now: now)
            #expect(request.method == .head && request.plainHeaders == ["x-amz-checksum-mode": "ENABLED"])
            return try inquest.hear(object, now: moment ?? now)
        }
        func object(_ size: Int, _ tag: String, age: Int64 = 0) -> HTTPResponse {
            let modified = Timestamp(seconds: now.seconds - age).httpDate
            return HTTPResponse(
                status: 200,
                headers: [
                    .init("content-length", "\(size)"), .init("etag", tag), .init("date", now.httpDate),
                    .init("last-modified", modified),
                ]
            )
        }
        let ours = try ending(known(), object(2, "\"\(tag)\""))
        guard case .committed(let found) = ours else { throw Unexpected(ours) }
        #expect(found == "\"\(tag)\"")
        for (known, other) in [
            (known(), object(3, "\"\(tag)\"")), (known(), object(2, "\"x-2\"")), (known(), object(2, tag, age: 60)),
            (known([1]), object(1, tag)), ([], object(2, tag)), (known(), HTTPResponse(status: 404)),
        ] {
            let taken = try ending(known, other)
            guard case .forgotten = taken else { throw Unexpected(taken) }
        }
        #expect(throws: StoreError.self) { _ = try ending(known(), HTTPResponse(status: 503)) }
    }

    @Test func `refusals and answers of others leave the upload as it is`() throws {
        for response in [
            S3Fixture.error("AccessDenied", status: 403), S3Fixture.error("NoSuchBucket", status: 404),
            HTTPResponse(status: 404), HTTPResponse(status: 503),
            HTTPResponse(status: 200, body: Array("<html/>".utf8)),
            HTTPResponse(
                status: 200,
                body: Array("<ListPartsResult><Part><Size>1</Size></Part></ListPartsResult>".utf8)
            ),
        ] {
            let upload = S3Fixture.upload()
            var inquest = try inquest(upload, known())
            #expect(throws: StoreError.self, "\(response.status)") { try inquest.hear(response, now: now) }
            #expect(upload.session == nil)
        }
    }

    @Test(arguments: [405, 501]) func `where parts can't be listed, the upload is taken back`(_ status: Int) throws {
        var inquest = try inquest(S3Fixture.upload(), known())
        #expect(try inquest.hear(S3Fixture.error("NotImplemented", status: status), now: now) == nil)
        let request = try inquest.request(now: now)
        #expect(request.method == .delete && request.address.query == "uploadId=up%2B1%2F%3D")
        let taken = try inquest.hear(HTTPResponse(status: 204), now: now)
        guard case .forgotten = taken else { throw Unexpected(taken) }
    }

    @Test func `what nobody goes on with is aborted under its own key`() throws {
        let ticket = try #require(session.ticket(key: "dir/a.csv"))
        let request = try #require(try dialect.discardRequest(ticket, name: "b", now: now))
        #expect(request.method == .delete && request.address.path == "/bucket/dir/a.csv")
        #expect(request.address.query == "uploadId=up%2B1%2F%3D")
        #expect(dialect.discardFailure(HTTPResponse(status: 204), name: "b", now: now) == nil)
        #expect(dialect.discardFailure(gone, name: "b", now: now) == nil)
        #expect(dialect.discardFailure(HTTPResponse(status: 503), name: "b", now: now)?.isRetryable == true)
        #expect(try dialect.discardRequest(UploadTicket(bytes: [1]), name: "b", now: now) == nil)
    }

    @Test("a list of parts that is damaged anywhere is read or refused", arguments: seeds(300))
    func fuzz(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var body = page([part(1, more: "<ChecksumCRC64NVME>AAAAAAAAAAE=</ChecksumCRC64NVME>"), part(2)], next: "2").body
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: 0..<body.count, using: &random)
            if Bool.random(using: &random) {
                body[index] = .random(in: 0...255, using: &random)
            } else {
                body.removeSubrange(index...)
            }
            if body.isEmpty { break }
        }
        guard let list = try? S3PartList(body, after: 0) else { return }
        let isOrdered = list.next.map { $0 > 0 } ?? true
        #expect(isOrdered && list.parts.allSatisfy { $0.number > 0 })
    }
}

/// An answer that the test can't go on with.
struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init<Value>(_ value: Value) { description = "\(value)" }
}
