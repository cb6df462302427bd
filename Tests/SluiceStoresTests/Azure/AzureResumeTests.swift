import SluiceCore
import Testing

@testable import SluiceStores

/// Going on with blocks of an earlier process.
@Suite struct AzureResumeTests {
    private let now = AzureFixture.now
    private let dialect: AzureDialect
    private let names = AzureBlockName(nonce: Array(repeating: 7, count: 18))

    init() throws { dialect = try AzureFixture.sink() }

    private func known(_ ordinals: [Int]) -> [KnownBlock] {
        ordinals.map {
            KnownBlock(
                receipt: BlockReceipt(ordinal: $0, length: 5, checksum: nil, tag: names.name($0)),
                offset: 5 * $0
            )
        }
    }

    private func list(committed: [(String, Int)] = [], uncommitted: [(String, Int)] = []) -> HTTPResponse {
        func blocks(_ blocks: [(String, Int)]) -> String {
            blocks.map { "<Block><Name>\($0.0)</Name><Size>\($0.1)</Size></Block>" }.joined()
        }
        let text =
            "<BlockList><CommittedBlocks>\(blocks(committed))</CommittedBlocks><UncommittedBlocks>\(blocks(uncommitted))</UncommittedBlocks></BlockList>"
        return HTTPResponse(status: 200, headers: [.init("etag", "\"0x8D\"")], body: Array(text.utf8))
    }

    private func hear(_ response: HTTPResponse, _ known: [KnownBlock], _ upload: Upload) throws -> TakenUpload? {
        var inquest = try #require(dialect.inquest(names.ticket, for: upload, known: known))
        return try inquest.hear(response, now: now)
    }

    @Test func `all blocks of the blob are asked for`() throws {
        let inquest = try #require(dialect.inquest(names.ticket, for: AzureFixture.upload(), known: []))
        let request = try inquest.request(now: now)
        #expect(request.method == .get && request.address.path == "/data/a.csv")
        #expect(request.address.query == "comp=blocklist&blocklisttype=all")
        #expect(dialect.inquest(UploadTicket(bytes: [1, 2]), for: AzureFixture.upload(), known: []) == nil)
    }

    @Test func `an upload goes on with the names that it began with`() throws {
        let upload = AzureFixture.upload()
        let taken = try hear(
            list(
                uncommitted: [
                    (names.name(2), 5), (names.name(0), 5), (names.name(1), 4), (names.name(70_000), 6),
                    (AzureBlockName().name(5), 5), ("AAAA", 5),
                ]
            ),
            known([0, 1, 2, 3]),
            upload
        )
        guard case .open(let receipts, let unheard) = taken else { throw Unexpected(taken) }
        #expect(receipts.map(\.ordinal) == [0, 2])
        let other = BlockReceipt(ordinal: 70_000, length: 6, checksum: nil, tag: names.name(70_000))
        #expect(unheard == [UnheardBlock(receipt: other, digest: nil)])
        #expect(dialect.names(of: upload).name(9) == names.name(9))
        #expect(dialect.ticket(of: upload) == names.ticket)
        let step = SinkStep(upload: upload, action: .block(ordinal: 9, offset: 45), body: StepBody(slab: slab([1])))
        let request = try #require(try dialect.request(for: step, now: now))
        #expect(request.address.query?.contains("blockid=" + PercentEncoding.encode(names.name(9))) == true)
        let answer = dialect.result(
            of: step,
            HTTPResponse(status: 201, headers: [.init("x-ms-request-id", "1")]),
            now: now
        )
        #expect(answer.outcome?.tag == names.name(9))
    }

    @Test func `a new upload's ticket leads to the names that it uses`() throws {
        let upload = AzureFixture.upload()
        let ticket = try #require(dialect.ticket(of: upload))
        #expect(AzureBlockName(ticket)?.name(3) == dialect.names(of: upload).name(3))
        #expect(try AzureFixture.sink().ticket(of: upload) != ticket)
    }

    @Test func `a blob of just our blocks is our commit's`() throws {
        let ours = [0, 1].map { (names.name($0), 5) }
        let taken = try hear(list(committed: ours), known([1, 0]), AzureFixture.upload())
        guard case .committed(let tag) = taken else { throw Unexpected(taken) }
        #expect(tag == "\"0x8D\"")
        for (committed, known) in [
            (Array(ours.reversed()), known([0, 1])), (ours, known([0])),
            ([(names.name(0), 5), (names.name(1), 6)], known([0, 1])),
            ([("other", 5)], known([0])), ([], []), ([], known([0])),
        ] {
            let upload = AzureFixture.upload()
            let taken = try hear(list(committed: committed), known, upload)
            guard case .forgotten = taken else { throw Unexpected(taken) }
            #expect(upload.session == nil)
        }
    }

    @Test func `a blob that is not there is forgotten, and other refusals leave the upload as it is`() throws {
        let gone = try hear(AzureFixture.error("BlobNotFound", status: 404), known([0]), AzureFixture.upload())
        guard case .forgotten = gone else { throw Unexpected(gone) }
        for response in [
            AzureFixture.error("ContainerNotFound", status: 404),
            AzureFixture.error("AuthenticationFailed", status: 403),
            HTTPResponse(status: 404), HTTPResponse(status: 503),
            HTTPResponse(status: 200, body: Array("<BlockList>".utf8)),
            HTTPResponse(
                status: 200,
                body: Array(
                    "<BlockList><CommittedBlocks><Block><Size>x</Size></Block></CommittedBlocks></BlockList>".utf8
                )
            ),
        ] {
            #expect(throws: StoreError.self, "\(response.status)") {
                try hear(response, known([0]), AzureFixture.upload())
            }
        }
    }

    @Test func `nothing needs to be taken back`() throws {
        #expect(try dialect.discardRequest(names.ticket, name: "a.csv", now: now) == nil)
    }
}
