import SluiceCore
import Testing

@testable import SluiceStores

@Suite struct AzureCredentialTests {
    private static let key = "aHVzaGh1c2hodXNo"  // "hushhushhush"
    private static let connection =
        "DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=\(key);EndpointSuffix=core.windows.net"
    private static let client = ["AZURE_TENANT_ID": "t-1", "AZURE_CLIENT_ID": "c-1", "AZURE_CLIENT_SECRET": "hush"]

    private func access(_ variables: [String: String], account: String = "acct") throws -> AzureAccess {
        try CredentialEnvironment(role: .source, variables: variables).azureAccess(account: account)
    }

    private func kind(_ access: AzureAccess) -> String {
        switch access.credential {
        case .sharedKey: "key"
        case .sharedAccessSignature: "sas"
        case .client: "client"
        case .anonymous: "anonymous"
        }
    }

    @Test(arguments: [
        (["AZURE_STORAGE_KEY": key], "key", "AZURE_STORAGE_KEY"),
        (["AZURE_STORAGE_SAS_TOKEN": "?sv=1&sig=a"], "sas", "AZURE_STORAGE_SAS_TOKEN"),
        (["AZURE_STORAGE_CONNECTION_STRING": connection], "key", "AZURE_STORAGE_CONNECTION_STRING"),
        (
            ["AZURE_STORAGE_CONNECTION_STRING": "BlobEndpoint=https://x.example/acct;SharedAccessSignature=sv=1&sig=b"],
            "sas", "AZURE_STORAGE_CONNECTION_STRING"
        ),
        (client, "client", "AZURE_CLIENT_ID"),
        (client.merging(["AZURE_STORAGE_KEY": key]) { $1 }, "key", "AZURE_STORAGE_KEY"),
        (["AZURE_STORAGE_KEY": key, "AZURE_STORAGE_SAS_TOKEN": "sig=a"], "key", "AZURE_STORAGE_KEY"),
        (
            ["AZURE_STORAGE_KEY": key, "AZURE_STORAGE_SAS_TOKEN_SOURCE": "sig=a"], "sas",
            "AZURE_STORAGE_SAS_TOKEN_SOURCE"
        ),
        (["AZURE_STORAGE_KEY_SINK": key], "anonymous", nil),
        ([:], "anonymous", nil),
    ])
    func `a credential is found in the documented order`(
        _ variables: [String: String],
        _ kind: String,
        _ origin: String?
    ) throws {
        let access = try access(variables)
        #expect(self.kind(access) == kind)
        #expect(access.origin == origin)
    }

    @Test(arguments: [
        (["AZURE_STORAGE_KEY": "hush!"], "AZURE_STORAGE_KEY holds no account key"),
        (["AZURE_STORAGE_SAS_TOKEN": "sv=1&se=hush"], "AZURE_STORAGE_SAS_TOKEN is not a SAS token"),
        (["AZURE_STORAGE_SAS_TOKEN_SOURCE": "sig=%zz"], "AZURE_STORAGE_SAS_TOKEN_SOURCE is not percent-encoded"),
        (["AZURE_STORAGE_CONNECTION_STRING": "hush"], "AZURE_STORAGE_CONNECTION_STRING is not a connection string"),
        (["AZURE_STORAGE_CONNECTION_STRING": "AccountName=acct"], "AZURE_STORAGE_CONNECTION_STRING has neither"),
        (
            ["AZURE_STORAGE_CONNECTION_STRING": "AccountName=other;AccountKey=\(key)"],
            "AZURE_STORAGE_CONNECTION_STRING is for the account other"
        ),
        (
            ["AZURE_STORAGE_CONNECTION_STRING": "UseDevelopmentStorage=true"],
            "AZURE_STORAGE_CONNECTION_STRING says UseDevelopmentStorage"
        ),
        (
            ["AZURE_STORAGE_CONNECTION_STRING": "AccountName=acct;AccountKey=hush!"],
            "AccountKey in AZURE_STORAGE_CONNECTION_STRING holds no"
        ),
        (["AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "hush"], "AZURE_CLIENT_ID is set without AZURE_TENANT_ID"),
        (
            ["AZURE_TENANT_ID": "a/b", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "hush"],
            "AZURE_TENANT_ID is neither"
        ),
        (
            client.merging(["AZURE_AUTHORITY_HOST": "http://x.example"]) { $1 },
            "AZURE_AUTHORITY_HOST is an http:// address"
        ),
    ])
    func `a credential that can't be used is a usage error that shows no secret`(
        _ variables: [String: String],
        _ what: String
    ) {
        let error = #expect(throws: CredentialError.self) { try access(variables) }
        #expect(error?.what.hasPrefix(what) == true)
        #expect(error?.description.contains("hush") == false)
        #expect(error?.description.contains(Self.key) == false)
    }

    @Test(arguments: [
        (connection, "https://acct.blob.core.windows.net"),
        ("AccountName=acct;AccountKey=\(key)", nil),
        (
            "AccountName=acct;AccountKey=\(key);EndpointSuffix=core.chinacloudapi.cn",
            "https://acct.blob.core.chinacloudapi.cn"
        ),
        ("AccountName=acct;AccountKey=\(key);BlobEndpoint=https://127.0.0.1:9/acct;", "https://127.0.0.1:9/acct"),
        (" accountname = acct ; ACCOUNTKEY = \(key) ;; ", nil),
    ])
    func `a connection string names its endpoint`(_ text: String, _ endpoint: String?) throws {
        let access = try access(["AZURE_STORAGE_CONNECTION_STRING": text])
        #expect(access.endpoint?.description == endpoint)
    }

    @Test(arguments: [
        ("?sv=2022&sig=a%2Bb%3D&se=2030-01-01T00%3A00%3A00Z", "sv=2022&sig=a%2Bb%3D&se=2030-01-01T00%3A00%3A00Z"),
        ("sv=2022&sig=a+b/c=", "sv=2022&sig=a%2Bb%2Fc%3D"),
        ("sv=2022&se=2030-01-01T00:00:00Z&sig=x", "sv=2022&se=2030-01-01T00%3A00%3A00Z&sig=x"),
    ])
    func `a SAS token is sent percent-encoded once`(_ text: String, _ query: String) throws {
        let signature = try SharedAccessSignature(text, from: "the test")
        #expect(signature.query.value == query)
    }

    @Test func `a SAS token's end is known`() throws {
        let signature = try SharedAccessSignature("se=2030-01-01T00%3A00%3A00Z&sig=x", from: "the test")
        #expect(signature.expiry?.rfc3339 == "2030-01-01T00:00:00.000Z")
    }

    @Test(arguments: [
        (nil, "https://login.microsoftonline.com"),
        ("login.chinacloudapi.cn", "https://login.chinacloudapi.cn"),
        ("https://login.microsoftonline.us/", "https://login.microsoftonline.us"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ])
    func `the authority is the public cloud's or the one that is named`(_ host: String?, _ origin: String) throws {
        var variables = Self.client
        variables["AZURE_AUTHORITY_HOST"] = host
        guard case .client(let client) = try access(variables).credential else {
            Issue.record("a client was expected")
            return
        }
        #expect(client.authority.description == origin)
    }

    @Test func `printing what was found shows no secret`() throws {
        for variables in [
            ["AZURE_STORAGE_KEY": Self.key], ["AZURE_STORAGE_SAS_TOKEN": "sv=1&sig=hush"], Self.client,
        ] {
            let access = try access(variables)
            for text in ["\(access)", String(reflecting: access), dumped(access)] {
                #expect(!text.contains("hush") && !text.contains(Self.key) && !text.contains("104, 117"))
            }
        }
    }

    @Test func `the header for plain HTTP is one line, and the role's own wins`() throws {
        func header(_ variables: [String: String]) throws -> String? {
            try CredentialEnvironment(role: .source, variables: variables).httpAuthorization()?.value
        }
        #expect(try header([:]) == nil)
        #expect(try header(["SLUICE_HTTP_AUTHORIZATION": "Bearer a"]) == "Bearer a")
        #expect(
            try header(["SLUICE_HTTP_AUTHORIZATION": "Bearer a", "SLUICE_HTTP_AUTHORIZATION_SOURCE": "Basic b"])
                == "Basic b"
        )
        let error = #expect(throws: CredentialError.self) {
            try header(["SLUICE_HTTP_AUTHORIZATION": "Bearer hush\r\nX-Evil: 1"])
        }
        #expect(error?.description.contains("hush") == false)
    }

    @Test func `the process's own environment is read without an error`() throws {
        _ = CredentialEnvironment.process(role: .staging)
    }
}
