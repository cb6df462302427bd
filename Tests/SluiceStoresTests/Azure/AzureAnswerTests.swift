import SluiceCore
import SluiceStores
import Testing

@Suite struct AzureAnswerTests {
    private let now = AzureFixture.now
    private let crc = Checksum(algorithm: .crc64nvme, value: UInt64(0xAE8B_1486_0A79_9888))
    private let tag = HTTPRequest.Header("etag", "\"0x8D\"")

    private func put(
        _ response: HTTPResponse,
        _ dialect: AzureDialect? = nil,
        condition: WriteCondition = .none,
        attempt: Int = 0
    ) throws -> StepResult {
        let upload = AzureFixture.upload(condition: condition)
        var step = SinkStep(upload: upload, action: .whole, body: StepBody(slab: slab([1, 2, 3])), checksum: crc)
        step.attempt = attempt
        return try (dialect ?? AzureFixture.sink()).result(of: step, response, now: now)
    }

    @Test func `a put is confirmed by its tag, with the digest that the service computed`() throws {
        let digest = HTTPRequest.Header("x-ms-content-crc64", "iJh5CoYUi64=")
        let dialect = try AzureFixture.sink()
        let outcome = try put(HTTPResponse(status: 201, headers: [tag, digest]), dialect).outcome
        #expect(outcome?.tag == "\"0x8D\"")
        #expect(outcome?.storedChecksum == crc)
        #expect(outcome?.bytesSent == 3)
        #expect(dialect.notes.isEmpty)
    }

    @Test func `a digest in the answer that differs is a failure`() throws {
        let digest = HTTPRequest.Header("x-ms-content-crc64", "AAAAAAAAAAA=")
        #expect(try put(HTTPResponse(status: 201, headers: [tag, digest])).failure?.kind == .integrity)
    }

    @Test func `a service that says no digest is noted`() throws {
        let dialect = try AzureFixture.sink()
        for _ in 0..<2 { _ = try put(HTTPResponse(status: 201, headers: [tag]), dialect) }
        #expect(
            dialect.notes == ["az://acct/data: the service does not confirm CRC64 checksums, and may not check them"]
        )
    }

    @Test func `a success that is not Azure's is no success`() throws {
        #expect(try put(HTTPResponse(status: 201)).failure?.kind == .unexpectedAnswer)
        for action in [SinkStep.Action.block(ordinal: 0, offset: 0), .commit([])] {
            let step = SinkStep(upload: AzureFixture.upload(), action: action)
            let result = try AzureFixture.sink().result(of: step, HTTPResponse(status: 201), now: now)
            #expect(result.failure?.kind == .unexpectedAnswer)
        }
    }

    @Test(arguments: [
        ("ContainerNotFound", 404, FailureKind.notFound, "Create the container"),
        ("BlobNotFound", 404, .notFound, "name"),
        ("ResourceNotFound", 404, .notFound, "account"),
        ("AuthenticationFailed", 403, .forbidden, "Check AZURE_STORAGE_KEY"),
        ("AuthorizationFailure", 403, .forbidden, "firewall"),
        ("AuthorizationPermissionMismatch", 403, .forbidden, "Storage Blob Data Contributor"),
        ("AuthorizationResourceTypeMismatch", 403, .forbidden, "srt=co"),
        ("AuthorizationSourceIPMismatch", 403, .forbidden, "addresses"),
        ("KeyBasedAuthenticationNotPermitted", 403, .forbidden, "AZURE_CLIENT_ID"),
        ("UnauthorizedBlobOverwrite", 403, .forbidden, "--overwrite never"),
        ("BlobAlreadyExists", 409, .precondition, "--overwrite"),
        ("ConditionNotMet", 412, .precondition, "--overwrite"),
        ("LeaseIdMissing", 412, .precondition, "lease"), ("InvalidBlobType", 409, .precondition, "delete"),
        ("InvalidBlobOrBlock", 400, .precondition, "week"), ("BlobImmutableDueToPolicy", 409, .forbidden, "policy"),
        ("Md5Mismatch", 400, .integrity, "changed"), ("Crc64Mismatch", 400, .integrity, "changed"),
        ("InvalidBlockList", 400, .integrity, "again"), ("ServerBusy", 503, .throttled, "--connections"),
        ("OperationTimedOut", 500, .transient, ""), ("InternalError", 500, .transient, ""),
        ("ContainerBeingDeleted", 409, .transient, ""), ("RequestBodyTooLarge", 413, .tooLarge, "--block-size"),
        ("BlockCountExceedsLimit", 409, .tooLarge, "--block-size"), ("MetadataTooLarge", 400, .tooLarge, "--preserve"),
        ("InvalidMetadata", 400, .invalidName, "--preserve"), ("InvalidResourceName", 400, .invalidName, "rename"),
        ("AccountRequiresHttps", 400, .usage, "https"), ("InvalidHeaderValue", 400, .unexpectedAnswer, "2021-12-02"),
        ("Unheard", 503, .throttled, ""), ("Unheard", 403, .forbidden, "Check AZURE_STORAGE_KEY"),
    ])
    func `every refusal is told with its cause and with advice`(
        _ code: String,
        _ status: Int,
        _ kind: FailureKind,
        _ advice: String
    ) throws {
        let failure = try #require(try put(AzureFixture.error(code, status: status)).failure)
        #expect(failure.kind == kind)
        #expect(failure.what == "putting \"a.csv\" into az://acct/data")
        #expect(failure.cause == "\(code): It is so. (HTTP \(status))")
        #expect(failure.advice?.contains(advice) ?? advice.isEmpty)
        // As an answer to HEAD says it.
        let head = HTTPResponse(status: status, headers: [.init("x-ms-error-code", code)])
        #expect(try put(head).failure?.kind == kind)
        #expect(try put(head).failure?.cause == "\(code) (HTTP \(status))")
    }

    @Test(arguments: [
        (401, FailureKind.forbidden), (403, .forbidden), (404, .notFound), (408, .transient), (412, .precondition),
        (429, .throttled), (500, .transient), (502, .transient), (503, .throttled), (504, .transient),
        (301, .unexpectedAnswer),
    ])
    func `an answer without a code is told by its status, with the time that it asks for`(
        _ status: Int,
        _ kind: FailureKind
    ) throws {
        let retry = HTTPRequest.Header("x-ms-retry-after-ms", "1500")
        let failure = try put(HTTPResponse(status: status, headers: [retry])).failure
        #expect(failure?.kind == kind)
        #expect(failure?.retryAfter == .milliseconds(1500))
    }

    @Test func `a web page is told as such`() throws {
        let page = HTTPResponse(status: 403, headers: [.init("content-type", "text/html")], body: Array("<html>".utf8))
        let failure = try put(page).failure
        #expect(failure?.kind == .unexpectedAnswer)
        #expect(failure?.cause?.contains("web page") == true)
    }

    @Test func `a service's clock is learned, and the next request is signed by it`() throws {
        let dialect = try AzureFixture.sink()
        let answer = AzureFixture.error(
            "AuthenticationFailed",
            status: 403,
            detail: "Request date header too old: 'Fri, 24 May 2013 00:00:00 GMT'",
            headers: [.init("date", "Thu, 23 May 2013 23:00:00 GMT")]
        )
        #expect(try put(answer, dialect).failure?.kind == .transient)
        let step = SinkStep(upload: AzureFixture.upload(), action: .whole)
        #expect(try dialect.request(for: step, now: now)?["x-ms-date"] == "Thu, 23 May 2013 23:00:00 GMT")
        #expect(dialect.notes == ["this machine's clock is 3600 s ahead: set it"])
        #expect(try put(answer, dialect, attempt: 1).failure?.advice == "Set this machine's clock")
    }

    @Test(
        arguments: [
            (["AZURE_STORAGE_SAS_TOKEN": "se=2013-05-01&sig=a"], nil, "ended on Wed, 01 May 2013"),
            (["AZURE_STORAGE_SAS_TOKEN_SINK": "se=2033-05-01&sig=a"], nil, "Check AZURE_STORAGE_SAS_TOKEN_SINK"),
            (
                ["AZURE_STORAGE_SAS_TOKEN": "sig=a"], "Signature not valid in the specified time frame",
                "does not hold now"
            ),
            (AzureFixture.client, nil, "Storage Blob Data Contributor"), ([:], nil, "not signed"),
        ] as [([String: String], String?, String)]
    )
    func `a credential that is not taken is told by its own name`(
        _ variables: [String: String],
        _ detail: String?,
        _ advice: String
    ) throws {
        let dialect = try AzureFixture.sink(variables: variables)
        let failure = try put(AzureFixture.error("AuthenticationFailed", status: 403, detail: detail), dialect).failure
        #expect(failure?.kind == .forbidden)
        #expect(failure?.advice?.contains(advice) == true)
    }

    @Test func `no error shows a signature or a key`() throws {
        let detail =
            "The MAC signature found in the HTTP request 'c2lnbmF0dXJl' is not the same as any computed signature. "
            + "Server used following string to sign: 'GET sig=c2lnbmF0dXJl'."
        let answer = AzureFixture.error(
            "AuthenticationFailed",
            "Bad sig=c2lnbmF0dXJl here",
            status: 403,
            detail: detail
        )
        for variables in [
            AzureFixture.shared, ["AZURE_STORAGE_SAS_TOKEN": "sv=1&sig=c2lnbmF0dXJl"], AzureFixture.client,
        ] {
            let dialect = try AzureFixture.sink(variables: variables)
            let failure = try #require(try put(answer, dialect).failure)
            for text in ["\(failure)", String(reflecting: failure), dumped(failure), dumped(dialect), "\(dialect)"] {
                #expect(!text.contains("c2lnbmF0dXJl") && !text.contains(AzureFixture.key) && !text.contains("hush"))
            }
        }
    }

    @Test func `a condition that fails on a second attempt may be our own doing`() throws {
        let answer = AzureFixture.error("BlobAlreadyExists", status: 409)
        #expect(try put(answer, condition: .absent, attempt: 1).failure?.advice?.contains("earlier attempt") == true)
        #expect(try put(answer, condition: .absent).failure?.advice?.contains("earlier attempt") == false)
    }

    @Test(arguments: [
        (AzureFixture.error("AuthorizationPermissionMismatch", status: 403), nil),
        (AzureFixture.error("AuthorizationFailure", status: 403), nil), (HTTPResponse(status: 200), nil),
        (AzureFixture.error("ContainerNotFound", status: 404), FailureKind.notFound),
        (AzureFixture.error("AuthenticationFailed", status: 403), .forbidden), (HTTPResponse(status: 500), .transient),
    ])
    func `a probe fails for what no put could mend, and not for a credential that may only put`(
        _ answer: HTTPResponse,
        _ kind: FailureKind?
    ) throws {
        let dialect = try AzureFixture.sink()
        #expect(try dialect.probe(now: now)?.address.query == "restype=container&comp=list&maxresults=1")
        guard let kind else {
            try dialect.checkProbe(answer, now: now)
            return
        }
        let error = #expect(throws: StoreError.self) { try dialect.checkProbe(answer, now: now) }
        #expect(error?.kind == kind)
    }

    @Test func `a probe is not made with a token for one blob, and fails without a credential`() throws {
        #expect(try AzureFixture.sink(variables: ["AZURE_STORAGE_SAS_TOKEN": "sr=b&sig=a"]).probe(now: now) == nil)
        #expect(try AzureFixture.sink(variables: ["AZURE_STORAGE_SAS_TOKEN": "sr=c&sig=a"]).probe(now: now) != nil)
        let error = #expect(throws: StoreError.self) { try AzureFixture.sink(variables: [:]).probe(now: now) }
        #expect(error?.kind == .forbidden)
    }
}
