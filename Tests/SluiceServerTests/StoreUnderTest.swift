import FoundationEssentials
import Glibc
import SluiceCore
import SluiceEngine
import SluiceStores
import SluiceTestSupport
import Testing

/// One store that the contract suite is run against: how Sluice reaches it, and how somebody else looks into it.
protocol StoreUnderTest: Sendable, CustomTestStringConvertible {
    /// The smallest block that the store takes, in bytes.
    var smallestBlock: Int { get }
    /// Names that the store itself changes, whoever puts them.
    var namesItChanges: Set<String> { get }
    /// Where objects below `prefix` go; ends with a slash.
    func location(_ prefix: String) throws -> String
    /// Options and credentials that reach it.
    func prepare(_ specification: inout CopySpecification) throws
    /// Credentials that the store refuses, where it wants any.
    func spoil(_ specification: inout CopySpecification) -> Bool
    /// What an independent client finds below `prefix`.
    func index(_ prefix: String) throws -> StoreIndex
    /// Puts an object by an independent client.
    ///
    /// - Parameter properties: `NAME=VALUE` of what S3 and Azure keep beside the bytes; the others keep nothing.
    func put(_ name: String, _ file: String, _ properties: [String]) throws
}

extension StoreUnderTest {
    var namesItChanges: Set<String> { [] }

    func put(_ name: String, _ file: String) throws { try put(name, file, []) }
}

/// What an independent client found.
struct StoreIndex: Decodable, Sendable {
    struct Object: Decodable, Sendable {
        let name: String
        let size: Int
        let sha256: String
    }

    var objects: [Object]
    /// Uploads that were begun and neither completed nor aborted.
    var unfinished: [String]

    /// Digests by name, without the prefix.
    func digests(below prefix: String) -> [String: String] {
        Dictionary(uniqueKeysWithValues: objects.map { (String($0.name.dropFirst(prefix.count)), $0.sha256) })
    }
}

enum Stores {
    private static let known: [any StoreUnderTest] = [
        NginxStore(), S3Store(kind: "s3-juicefs"), S3Store(kind: "s3-seaweedfs"), S3Store(kind: "s3-swift"), AzureStore(),
        FileStore(),
    ]

    /// All of them, or those that SLUICE_TEST_STORES names (`nginx files`).
    static let all: [any StoreUnderTest] = {
        guard let wanted = getenv("SLUICE_TEST_STORES").map({ String(cString: $0).split(separator: " ") }) else { return known }
        return known.filter { store in wanted.contains { $0 == store.testDescription } }
    }()
}

/// nginx with WebDAV, looked into through its directory and curl.
struct NginxStore: StoreUnderTest {
    var testDescription: String { "nginx" }
    var smallestBlock: Int { 1 << 16 }
    var server: Launcher { get throws { try Launcher.shared("nginx") } }

    func location(_ prefix: String) throws -> String { try server["endpoint"] + "/up/" + prefix }

    func prepare(_ specification: inout CopySpecification) throws {
        specification.sinkConnection.caCertificate = try server["ca"]
    }

    func spoil(_ specification: inout CopySpecification) -> Bool {
        specification.environment["SLUICE_HTTP_AUTHORIZATION"] = "Basic d3Jvbmc6d3Jvbmc="
        guard case .http(var address) = specification.sink else { return false }
        address.path = address.path.replacing("/up/", with: "/auth/")
        specification.sink = .http(address)
        return true
    }

    func index(_ prefix: String) throws -> StoreIndex {
        let root = try server["upDirectory"]
        return try FileStore.index(of: root + "/" + prefix, prefix: prefix)
    }

    func put(_ name: String, _ file: String, _ properties: [String]) throws {
        let address = try server["endpoint"] + "/up/" + PercentEncoding.encode(name, keeping: "/")
        let code = try Command.run(["curl", "-sS", "--fail", "--cacert", server["ca"], "-T", file, address]).status
        guard code == 0 else { throw SystemCallError(call: "curl -T", code: code) }
    }
}

/// A local directory.
struct FileStore: StoreUnderTest {
    var testDescription: String { "files" }
    var smallestBlock: Int { 1 << 16 }
    private static let directory = try? TemporaryDirectory()
    private var root: String { FileStore.directory?.path ?? "/nonexistent" }

    func location(_ prefix: String) throws -> String { root + "/" + prefix }
    func prepare(_ specification: inout CopySpecification) throws {}
    func spoil(_ specification: inout CopySpecification) -> Bool { false }
    func index(_ prefix: String) throws -> StoreIndex { try FileStore.index(of: root + "/" + prefix, prefix: prefix) }

    func put(_ name: String, _ file: String, _ properties: [String]) throws {
        let code = try Command.run(["install", "-D", file, root + "/" + name]).status
        guard code == 0 else { throw SystemCallError(call: "install", code: code) }
    }

    /// Every file below `directory`, temporary ones too, by find and sha256sum.
    static func index(of directory: String, prefix: String) throws -> StoreIndex {
        let script = "cd \"$1\" 2>/dev/null || exit 0; find . -type f -printf '%s ' -exec sha256sum -z {} ';'"
        let output = try Command.run(["bash", "-c", script, "bash", directory]).output
        let objects = output.split(separator: 0).map { line -> StoreIndex.Object in
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
            let name = String(decoding: fields[2].drop { $0 == UInt8(ascii: " ") }.dropFirst(2), as: UTF8.self)
            return .init(
                name: prefix + name,
                size: Int(String(decoding: fields[0], as: UTF8.self)) ?? -1,
                sha256: String(decoding: fields[1], as: UTF8.self)
            )
        }
        return StoreIndex(
            objects: objects.filter { !$0.name.hasSuffix(".tmp") },
            unfinished: objects.filter { $0.name.hasSuffix(".tmp") }.map(\.name)
        )
    }
}

/// An S3 service, looked into through boto3.
struct S3Store: StoreUnderTest {
    let kind: String
    var testDescription: String { kind }
    /// SeaweedFS takes a backslash for a slash.
    var namesItChanges: Set<String> { kind == "s3-seaweedfs" ? ["back\\slash"] : [] }
    /// S3's least part.
    var smallestBlock: Int { 5 << 20 }
    var server: Launcher { get throws { try Launcher.shared(kind) } }

    func location(_ prefix: String) throws -> String { try "s3://" + server["bucket"] + "/" + prefix }

    func prepare(_ specification: inout CopySpecification) throws {
        specification.sinkConnection.endpoint = try HTTPAddress(parsing: server["endpoint"])
        specification.sinkConnection.caCertificate = try server["ca"]
        specification.environment["AWS_ACCESS_KEY_ID"] = try server["accessKey"]
        specification.environment["AWS_SECRET_ACCESS_KEY"] = try server["secretKey"]
        specification.environment["AWS_REGION"] = try server["region"]
    }

    func spoil(_ specification: inout CopySpecification) -> Bool {
        specification.environment["AWS_SECRET_ACCESS_KEY"] = "s3cr3t-canary"
        return true
    }

    func index(_ prefix: String) throws -> StoreIndex {
        let output = try client(["index", prefix])
        return try JSONDecoder().decode(StoreIndex.self, from: Data(output))
    }

    func put(_ name: String, _ file: String, _ properties: [String]) throws {
        _ = try client(["put", name, file] + properties)
    }

    private func client(_ arguments: [String]) throws -> [UInt8] {
        let keys = try ["AWS_ACCESS_KEY_ID=" + server["accessKey"], "AWS_SECRET_ACCESS_KEY=" + server["secretKey"]]
        let reader = try [Project.python, Project.root + "/Fixtures/readers/s3", server["endpoint"], server["ca"], server["bucket"]]
        let result = try Command.run(["env"] + keys + reader + arguments)
        guard result.status == 0 else { throw SystemCallError(call: "boto3 \(arguments)", code: result.status) }
        return result.output
    }
}

/// Azure's block blobs, looked into through azure-storage-blob.
struct AzureStore: StoreUnderTest {
    var testDescription: String { "azure" }
    var smallestBlock: Int { 1 << 16 }
    var server: Launcher { get throws { try Launcher.shared("azure") } }

    func location(_ prefix: String) throws -> String {
        try "az://" + server["account"] + "/" + server["container"] + "/" + prefix
    }

    func prepare(_ specification: inout CopySpecification) throws {
        specification.sinkConnection.endpoint = try HTTPAddress(parsing: server["endpoint"])
        specification.sinkConnection.caCertificate = try server["ca"]
        specification.environment["AZURE_STORAGE_KEY"] = try server["accountKey"]
    }

    func spoil(_ specification: inout CopySpecification) -> Bool {
        specification.environment["AZURE_STORAGE_KEY"] = "d3Jvbmc="
        return true
    }

    func index(_ prefix: String) throws -> StoreIndex {
        try JSONDecoder().decode(StoreIndex.self, from: Data(client(["index", prefix])))
    }

    func put(_ name: String, _ file: String, _ properties: [String]) throws {
        _ = try client(["put", name, file] + properties)
    }

    private func client(_ arguments: [String]) throws -> [UInt8] {
        let key = try ["AZURE_STORAGE_KEY=" + server["accountKey"]]
        let reader = try [Project.python, Project.root + "/Fixtures/readers/azure", server["endpoint"], server["ca"], server["container"]]
        let result = try Command.run(["env"] + key + reader + arguments)
        guard result.status == 0 else { throw SystemCallError(call: "azure-storage-blob \(arguments)", code: result.status) }
        return result.output
    }
}
