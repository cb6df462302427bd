import SluiceCore
import SluiceEngine
import SluiceStores
import SluiceTestSupport
import Testing

/// The ways to be let in at Azure: account key, shared access signature, client credentials, connection string.
@Suite(.serialized, .timeLimit(.minutes(30)), .enabled(if: Stores.all.contains { $0 is AzureStore }))
struct AzureCredentialTests {
    private let directory: TemporaryDirectory
    private let store = AzureStore()

    init() throws {
        directory = try TemporaryDirectory()
        _ = try directory.write("name", Array("content".utf8))
    }

    private func specification(_ prefix: String, _ environment: [String: String]) throws -> CopySpecification {
        var specification = try StoreContractTests.specification(directory.path, store, prefix)
        specification.environment = environment
        return specification
    }

    private func arrived(_ prefix: String) throws -> Bool { try store.index(prefix).objects.count == 1 }

    private func signature(_ permissions: String) throws -> String {
        let server = try store.server
        let reader = [Project.python, Project.root + "/Fixtures/readers/azure", server["endpoint"], server["ca"], server["container"]]
        let result = try Command.run(["env", "AZURE_STORAGE_KEY=" + server["accountKey"]] + reader + ["sas", permissions])
        return String(decoding: result.output, as: UTF8.self)
    }

    @Test("a shared access signature lets us write")
    func sharedAccessSignature() throws {
        let outcome = try StoreContractTests.copy(
            specification("sas/", ["AZURE_STORAGE_SAS_TOKEN": signature("racwl")])
        )
        #expect(outcome.failures.isEmpty)
        #expect(try arrived("sas/"))
    }

    @Test("one that only reads is refused, and is not in the message")
    func readOnlySignature() throws {
        let signature = try signature("rl")
        let outcome = try StoreContractTests.copy(specification("sas-read/", ["AZURE_STORAGE_SAS_TOKEN": signature]))
        #expect(outcome.failures.map(\.kind) == [.forbidden])
        let secret = try #require(signature.split(separator: "&").first { $0.hasPrefix("sig=") })
        #expect(outcome.failures.first?.description.contains(secret.dropFirst(4)) == false)
        #expect(try !arrived("sas-read/"))
    }

    @Test("client credentials are changed for tokens")
    func clientCredentials() throws {
        let server = try store.server
        let outcome = try StoreContractTests.copy(
            specification("token/", [
                "AZURE_TENANT_ID": server["tenant"], "AZURE_CLIENT_ID": server["clientId"],
                "AZURE_CLIENT_SECRET": server["clientSecret"], "AZURE_AUTHORITY_HOST": server["authorityHost"],
            ])
        )
        #expect(outcome.failures.isEmpty)
        #expect(try arrived("token/"))
    }

    @Test("a connection string says all there is to say")
    func connectionString() throws {
        let server = try store.server
        let text = "DefaultEndpointsProtocol=https;AccountName=\(server["account"]);AccountKey=\(server["accountKey"]);"
            + "BlobEndpoint=\(server["endpoint"])"
        var specification = try specification("string/", ["AZURE_STORAGE_CONNECTION_STRING": text])
        specification.sinkConnection.endpoint = nil
        let outcome = try StoreContractTests.copy(specification)
        #expect(outcome.failures.isEmpty)
        #expect(try arrived("string/"))
    }
}
