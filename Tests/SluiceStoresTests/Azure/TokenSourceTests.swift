import SluiceCore
import SluiceStores
import Testing

@Suite struct TokenSourceTests {
    private let now = AzureFixture.now

    private func after(_ seconds: Int64) -> Timestamp { Timestamp(seconds: now.seconds + seconds) }

    private func request(_ dialect: AzureDialect, at time: Timestamp) throws -> HTTPRequest {
        let step = SinkStep(upload: AzureFixture.upload(), action: .whole)
        return try #require(try dialect.request(for: step, now: time))
    }

    private func sink(_ exchange: TokenEndpoint, _ variables: [String: String] = [:]) throws -> AzureDialect {
        try AzureFixture.sink(variables: AzureFixture.client.merging(variables) { $1 }, exchange: exchange)
    }

    @Test func `a token is asked for as the flow says, once, and sent`() throws {
        let endpoint = TokenEndpoint()
        let dialect = try sink(endpoint)
        let first = try request(dialect, at: now)
        #expect(first["authorization"] == "Bearer token-1")
        #expect(first["x-ms-date"] == "Fri, 24 May 2013 00:00:00 GMT")
        #expect(try request(dialect, at: after(3000))["authorization"] == "Bearer token-1")
        let asked = try #require(endpoint.requests.first)
        #expect(endpoint.requests.count == 1)
        #expect(asked.method == .post)
        #expect(asked.address.description == "https://login.microsoftonline.com/t-1/oauth2/v2.0/token")
        #expect(
            asked.text == "grant_type=client_credentials&client_id=c-1&client_secret=hush%20hush"
                + "&scope=https%3A%2F%2Fstorage.azure.com%2F.default"
        )
    }

    @Test func `a token is renewed five minutes before it ends`() throws {
        let dialect = try sink(TokenEndpoint())
        #expect(try request(dialect, at: now)["authorization"] == "Bearer token-1")
        #expect(try request(dialect, at: after(3599 - 301))["authorization"] == "Bearer token-1")
        #expect(try request(dialect, at: after(3599 - 299))["authorization"] == "Bearer token-2")
    }

    @Test func `a renewal that fails is tried again, while the token holds`() throws {
        let endpoint = TokenEndpoint()
        let dialect = try sink(endpoint)
        _ = try request(dialect, at: now)
        endpoint.answer(HTTPResponse(status: 503))
        #expect(try request(dialect, at: after(3400))["authorization"] == "Bearer token-1")
        #expect(try request(dialect, at: after(3410))["authorization"] == "Bearer token-1")
        #expect(endpoint.requests.count == 2)
        #expect(try request(dialect, at: after(3431))["authorization"] == "Bearer token-1")
        #expect(endpoint.requests.count == 3)
        let error = #expect(throws: StoreError.self) { try request(dialect, at: after(3600)) }
        #expect(error?.kind == .throttled)
        endpoint.answer(nil)
        #expect(try request(dialect, at: after(3601))["authorization"] == "Bearer token-5")
    }

    @Test func `a token that the service refuses is asked for anew, once`() throws {
        let dialect = try sink(TokenEndpoint())
        _ = try request(dialect, at: now)
        let answer = AzureFixture.error("InvalidAuthenticationInfo", status: 401)
        func result(attempt: Int, at time: Timestamp) -> StoreError? {
            var step = SinkStep(upload: AzureFixture.upload(), action: .whole)
            step.attempt = attempt
            return dialect.result(of: step, answer, now: time).failure
        }
        #expect(result(attempt: 0, at: after(1000))?.kind == .transient)
        #expect(try request(dialect, at: after(1001))["authorization"] == "Bearer token-2")
        #expect(result(attempt: 0, at: after(1002))?.kind == .transient, "a request that went out with the old token")
        #expect(result(attempt: 1, at: after(1003))?.kind == .forbidden)
    }

    @Test func `many threads ask for one token`() async throws {
        let endpoint = TokenEndpoint()
        let dialect = try sink(endpoint)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let step = SinkStep(upload: AzureFixture.upload(), action: .whole)
                    let request = try dialect.request(for: step, now: AzureFixture.now)
                    #expect(request?["authorization"] == "Bearer token-1")
                }
            }
            try await group.waitForAll()
        }
        #expect(endpoint.requests.count == 1)
    }

    @Test(arguments: [
        (
            401, "invalid_client", "AADSTS7000215: Invalid client secret provided.\\r\\nTrace ID: 1",
            FailureKind.forbidden, "secret's value"
        ),
        (401, "invalid_client", "AADSTS7000222: The provided client secret keys are expired.", .forbidden, "expired"),
        (400, "unauthorized_client", "AADSTS700016: Application not found", .forbidden, "AZURE_CLIENT_ID"),
        (400, "invalid_request", "AADSTS90002: Tenant not found", .forbidden, "AZURE_TENANT_ID"),
        (400, "invalid_scope", "", .forbidden, "AZURE_CLIENT_SECRET"),
        (503, "temporarily_unavailable", "", .throttled, ""), (500, "x", "", .transient, ""),
    ])
    func `a refusal of the directory is told with advice and without the secret`(
        _ status: Int,
        _ code: String,
        _ words: String,
        _ kind: FailureKind,
        _ advice: String
    ) throws {
        let endpoint = TokenEndpoint()
        let body = "{\"error\":\"\(code)\",\"error_description\":\"\(words)\",\"error_codes\":[1]}"
        endpoint.answer(HTTPResponse(status: status, body: Array(body.utf8)))
        let dialect = try sink(endpoint)
        let error = try #require(#expect(throws: StoreError.self) { try request(dialect, at: now) })
        #expect(error.kind == kind)
        #expect(error.what == "getting an access token from https://login.microsoftonline.com")
        #expect(error.advice?.contains(advice) ?? advice.isEmpty)
        #expect(!dumped(error).contains("hush"))
    }

    @Test(arguments: [
        "", "<html>", "{}", "[]", "{\"access_token\":\"a\"}", "{\"access_token\":\"\",\"expires_in\":1}",
        "{\"access_token\":\"a\\r\\nb\",\"expires_in\":3599}", "{\"access_token\":\"a\",\"expires_in\":\"soon\"}",
        "{\"access_token\":\"a\",\"expires_in\":-1}",
        "{\"access_token\":\"a\",\"expires_in\":3599", "{\"access_token\":\"a\",\"expires_in\":3599}x",
        String(repeating: "{\"a\":", count: 1000),
    ])
    func `an answer without a token is told as such`(_ body: String) throws {
        let endpoint = TokenEndpoint()
        endpoint.answer(HTTPResponse(status: 200, body: Array(body.utf8)))
        let dialect = try sink(endpoint)
        let error = #expect(throws: StoreError.self) { try request(dialect, at: now) }
        #expect(error?.kind == .unexpectedAnswer)
    }

    @Test func `an answer is read whatever else it holds`() throws {
        let endpoint = TokenEndpoint()
        let body =
            " {\"x\":{\"y\":[1,-2.5e3,true,null,{}]},\"access_token\":\"\\u0061\\/b\\ud83d\\ude00\",\"expires_in\":\"3599\"} "
        endpoint.answer(HTTPResponse(status: 200, body: Array(body.replacing("\\ud83d\\ude00", with: "").utf8)))
        #expect(try request(sink(endpoint), at: now)["authorization"] == "Bearer a/b")
    }

    @Test func `a token that is said to hold forever is renewed after a day`() throws {
        let endpoint = TokenEndpoint()
        endpoint.answer(
            HTTPResponse(status: 200, body: Array("{\"access_token\":\"a\",\"expires_in\":9223372036854775807}".utf8))
        )
        let dialect = try sink(endpoint)
        _ = try request(dialect, at: now)
        endpoint.answer(nil)
        #expect(try request(dialect, at: after(80_000))["authorization"] == "Bearer a")
        #expect(try request(dialect, at: after(86_400))["authorization"] == "Bearer token-2")
    }

    @Test func `another authority is asked where it is named`() throws {
        let endpoint = TokenEndpoint()
        _ = try request(sink(endpoint, ["AZURE_AUTHORITY_HOST": "login.microsoftonline.us"]), at: now)
        #expect(endpoint.requests.first?.address.origin == "https://login.microsoftonline.us")
    }
}

/// A directory that gives out `token-1`, `token-2` and so on, or what it is told to answer.
private final class TokenEndpoint: HTTPExchange {
    private let state = Locked<(requests: [HTTPRequest], answer: HTTPResponse?)>(([], nil))

    var requests: [HTTPRequest] { state.withLock { $0.requests } }

    func answer(_ response: HTTPResponse?) { state.withLock { $0.answer = response } }

    func send(_ request: HTTPRequest, bodyLimit: ByteCount) throws -> HTTPResponse {
        state.withLock { state in
            state.requests.append(request)
            let body =
                "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"ext_expires_in\":3599,\"access_token\":\"token-\(state.requests.count)\"}"
            return state.answer ?? HTTPResponse(status: 200, body: Array(body.utf8))
        }
    }
}
