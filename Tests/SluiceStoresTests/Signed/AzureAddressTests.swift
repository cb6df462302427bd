import SluiceCore
import SluiceStores
import Testing

/// Addresses with a shared access signature, by Azure Storage REST API, "Create a service SAS", and as
/// azure-storage-blob for Python makes them for the same version.
@Suite struct AzureAddressTests {
    private func address(
        _ name: String,
        in location: String,
        endpoint: String? = nil,
        variables: [String: String] = AzureFixture.shared,
        lifetime: Duration
    ) throws -> ObjectAddress {
        var options = ConnectionOptions()
        options.endpoint = try endpoint.map { try HTTPAddress(parsing: $0) }
        let source = try AzureReadDialect.make(
            location: Location(parsing: location),
            options: options,
            environment: CredentialEnvironment(role: .sink, variables: variables),
            exchange: NoExchange()
        )
        return try source.address(of: name, lifetime: AddressLifetime(lifetime), now: AzureFixture.now)
    }

    @Test func `the key signs for reading one blob over TLS, as the official SDK does`() throws {
        let address = try address("ä b'c.csv.gz", in: "az://acct/data/stage", lifetime: .seconds(90))
        #expect(address.address == "https://acct.blob.core.windows.net/data/stage/%C3%A4%20b%27c.csv.gz")
        #expect(
            address.credential == "sp=r&se=2013-05-24T00%3A01%3A30Z&spr=https&sv=2021-12-02&sr=b"
                + "&sig=nG1yfwh0Ks2zTynOPeAdEab%2B%2B5Mk%2BVgn1iwyv67XkCI%3D"
        )
    }

    @Test func `a service of this machine without TLS is let in without`() throws {
        let address = try address(
            "part-0.csv",
            in: "az://acct/data/stage/",
            endpoint: "http://127.0.0.1:10000",
            lifetime: .seconds(604_800)
        )
        #expect(address.address == "http://127.0.0.1:10000/acct/data/stage/part-0.csv")
        #expect(
            address.credential == "sp=r&se=2013-05-31T00%3A00%3A00Z&spr=https%2Chttp&sv=2021-12-02&sr=b"
                + "&sig=qoM8X%2Bju9N0ynzPpOJRR%2FLOfqc8W0%2FgjvOxD%2B%2FYPsOg%3D"
        )
    }

    @Test func `a SAS token goes along as it is, its values encoded`() throws {
        let token = ["AZURE_STORAGE_SAS_TOKEN": "?sv=2021-12-02&sp=rw&sr=c&se=2013-05-25T00:00:00Z&sig=a'\\b+/="]
        let address = try address("a", in: "az://acct/data", variables: token, lifetime: .seconds(1))
        #expect(address.credential == "sv=2021-12-02&sp=rw&sr=c&se=2013-05-25T00%3A00%3A00Z&sig=a%27%5Cb%2B%2F%3D")
        #expect(address.withoutSecrets(address.signed).hasSuffix("&sig=…"))
    }

    @Test func `an application's token is refused with what to give instead`() throws {
        let error = #expect(throws: StoreError.self) {
            try address("a", in: "az://acct/data", variables: AzureFixture.client, lifetime: .seconds(1))
        }
        #expect(error?.kind == .usage && error?.advice?.contains("AZURE_STORAGE_KEY") == true)
    }

    @Test func `what is open to everyone is bare`() throws {
        let address = try address("a", in: "az://acct/data", variables: [:], lifetime: .seconds(1))
        #expect(address.signed == "https://acct.blob.core.windows.net/data/a")
    }
}

/// Addresses of plain HTTPS.
@Suite struct HTTPAddressTests {
    @Test(arguments: [
        ("https://host/up/", "a.csv", "https://host/up/a.csv"),
        ("https://host/up", "a.csv", "https://host/up/a.csv"),
        (
            "https://[::1]:8443/it's(1)$x;y&z/", "ä'b`$(c).csv",
            "https://[::1]:8443/it%27s%281%29%24x%3By%26z/%C3%A4%27b%60%24%28c%29.csv"
        ),
        ("https://host/%41%27/", "100%", "https://host/%41%27/100%25"),
        ("https://host/up/?v=1&w='$x", "a", "https://host/up/a?v=1&w=%27%24x"),
    ])
    func `an address is bare, and nothing in it ends a literal or a command`(
        _ base: String,
        _ name: String,
        _ expected: String
    ) throws {
        let source = HTTPReadDialect(base: try HTTPAddress(parsing: base), authorization: Secret("Basic hush"))
        let address = try source.address(of: name, lifetime: AddressLifetime(.seconds(1)), now: .now)
        #expect(address.signed == expected)
        #expect((address.credential != nil) == expected.contains("?"))
    }
}
