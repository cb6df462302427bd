import SluiceCore
import SluiceStores
import Testing

/// A dialect for `az://acct/data` with a known key, at a known time.
enum AzureFixture {
    static let now = Timestamp(seconds: 1_369_353_600)  // 2013-05-24T00:00:00Z
    static let key = "a2V5LW9mLXRoZS1hY2NvdW50"
    static let shared = ["AZURE_STORAGE_KEY": key]
    static let client = ["AZURE_TENANT_ID": "t-1", "AZURE_CLIENT_ID": "c-1", "AZURE_CLIENT_SECRET": "hush hush"]

    private static func options(_ endpoint: String?, _ allowsPlaintext: Bool) throws -> ConnectionOptions {
        var options = ConnectionOptions()
        options.endpoint = try endpoint.map { try HTTPAddress(parsing: $0) }
        options.allowsPlaintext = allowsPlaintext
        return options
    }

    static func sink(
        _ location: String = "az://acct/data",
        endpoint: String? = nil,
        variables: [String: String] = shared,
        allowsPlaintext: Bool = false,
        exchange: any HTTPExchange = NoExchange()
    ) throws -> AzureDialect {
        try AzureDialect.make(
            location: Location(parsing: location),
            options: options(endpoint, allowsPlaintext),
            environment: CredentialEnvironment(role: .sink, variables: variables),
            exchange: exchange
        )
    }

    static func source(
        _ location: String = "az://acct/data",
        variables: [String: String] = shared
    ) throws -> AzureReadDialect {
        try AzureReadDialect.make(
            location: Location(parsing: location),
            options: ConnectionOptions(),
            environment: CredentialEnvironment(role: .source, variables: variables),
            exchange: NoExchange()
        )
    }

    static func upload(_ name: String = "a.csv", condition: WriteCondition = .none) -> Upload {
        Upload(name: name, size: nil, condition: condition)
    }

    static func error(
        _ code: String,
        _ message: String = "It is so.",
        status: Int,
        detail: String? = nil,
        headers: [HTTPRequest.Header] = []
    ) -> HTTPResponse {
        let more = detail.map { "<AuthenticationErrorDetail>\($0)</AuthenticationErrorDetail>" } ?? ""
        let body =
            "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>\(code)</Code>"
            + "<Message>\(message)\nRequestId:1\nTime:2</Message>\(more)</Error>"
        return HTTPResponse(status: status, headers: headers, body: Array(body.utf8))
    }
}

/// Reaches nobody.
struct NoExchange: HTTPExchange {
    func send(_ request: HTTPRequest, bodyLimit: ByteCount) throws -> HTTPResponse {
        throw StoreError(.transient, "reaching \(request.address.origin)")
    }
}
