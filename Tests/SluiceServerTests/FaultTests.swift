import FoundationEssentials
import SluiceCore
import SluiceEngine
import SluicePipeline
import SluiceStores
import SluiceTestSupport
import Testing

/// Lines and services that fail in every way: what arrives is right, or nothing is said to have arrived.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct FaultTests {
    private let directory: TemporaryDirectory
    private let digest: String
    private let file: String

    /// Two blocks of S3's least size, and one byte.
    private static let size = (10 << 20) + 1

    init() throws {
        directory = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 11)
        file = try directory.write("file", generator.bytes(Self.size))
        digest = try #require(StoreContractTests.digests(of: directory.path)["file"])
    }

    private func setting(_ store: any StoreUnderTest, _ prefix: String, _ faults: String...) throws -> ProxiedStore {
        var setting = try ProxiedStore(directory.path, store, prefix, faults)
        setting.specification.blockSize = .mebibytes(5)
        setting.specification.retry.attempts = 5
        return setting
    }

    private static let stores: [any StoreUnderTest] = [NginxStore(), S3Store(kind: "s3-seaweedfs"), AzureStore()]
        .filter { store in Stores.all.contains { $0.testDescription == store.testDescription } }

    @Test("503 with Retry-After is waited out", arguments: stores)
    func throttling(_ store: any StoreUnderTest) throws {
        let setting = try setting(store, "throttled/", "--match", "PUT ", "--times", "2", "--respond", "503", "--retry-after", "1")
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.isEmpty)
        #expect(outcome.result.counts.retries == 2)
        #expect(outcome.result.counts.throttled == 2)
        let found = try store.index("throttled/").digests(below: "throttled/")
        #expect(found["file"] == digest)
    }

    @Test("a connection that is reset in the middle of a body is made again", arguments: stores)
    func resets(_ store: any StoreUnderTest) throws {
        let setting = try setting(store, "reset/", "--match", "PUT ", "--times", "2", "--reset-after", "1000000")
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.isEmpty)
        #expect(outcome.result.counts.retries >= 1)
        let found = try store.index("reset/").digests(below: "reset/")
        #expect(found["file"] == digest)
    }

    @Test("a confirmation that is lost is asked for again", arguments: stores)
    func lostAnswers(_ store: any StoreUnderTest) throws {
        let setting = try setting(store, "lost/", "--match", "PUT ", "--times", "1", "--drop-after-body")
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.isEmpty)
        let found = try store.index("lost/").digests(below: "lost/")
        #expect(found["file"] == digest)
    }

    @Test("a byte that is damaged on the way is caught by the block's checksum", arguments: stores.filter { !($0 is NginxStore) })
    func damagedBodies(_ store: any StoreUnderTest) throws {
        var setting = try setting(store, "damaged/", "--match", "PUT ", "--times", "1", "--corrupt-request-byte", "12345")
        // One request, so that it is sure which one is damaged.
        setting.specification.blockSize = .mebibytes(16)
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.isEmpty)
        #expect(outcome.result.counts.retries == 1)
        let found = try store.index("damaged/").digests(below: "damaged/")
        #expect(found["file"] == digest)
    }

    @Test("plain HTTPS has no checksum: damage is caught by reading back")
    func damageOverPlainHTTPS() throws {
        let store = NginxStore()
        var setting = try setting(store, "damaged/", "--match", "PUT ", "--times", "1", "--corrupt-request-byte", "12345")
        setting.specification.verification = .readback
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.kind) == [.integrity])
    }

    @Test("a refusal is not tried again", arguments: [400, 401, 403, 404, 412])
    func refusals(_ status: Int) throws {
        let setting = try setting(NginxStore(), "refused/", "--match", "PUT ", "--times", "9", "--respond", "\(status)")
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.count == 1)
        #expect(try setting.requests().filter { $0.method == "PUT" }.count == 1)
    }

    @Test("a failure of the service is tried again as often as allowed", arguments: [408, 429, 500, 502, 503, 504])
    func serverErrors(_ status: Int) throws {
        var setting = try setting(NginxStore(), "errors/", "--match", "PUT ", "--times", "9", "--respond", "\(status)")
        setting.specification.retry.attempts = 3
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.count == 1)
        #expect(try setting.requests().filter { $0.method == "PUT" }.count == 3)
        #expect(outcome.result.counts.retries == 2)
    }

    /// Stores that keep what stands there where they are told to.
    private static let conditional = stores.filter { !($0 is NginxStore) }

    @Test("a commit that succeeded although its answer was lost is a success", arguments: conditional + juicefs, [
        CopySpecification.Overwrite.always, .never,
    ])
    func lostCommits(_ store: any StoreUnderTest, _ overwrite: CopySpecification.Overwrite) throws {
        let prefix = "lost-commit-\(overwrite)/"
        let commit = store is AzureStore ? "PUT .*comp=blocklist" : "POST .*uploadId"
        var setting = try setting(store, prefix, "--match", commit, "--times", "2", "--drop-after-body")
        setting.specification.overwrite = overwrite
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.description) == [])
        let index = try store.index(prefix)
        #expect(index.digests(below: prefix)["file"] == digest)
        #expect(index.unfinished.isEmpty)
        let commits = try setting.requests().filter {
            $0.method == "PUT" && $0.target.contains("comp=blocklist") || $0.method == "POST" && $0.target.contains("uploadId")
        }
        #expect(commits.count == 3)
    }

    private static let juicefs: [any StoreUnderTest] = Stores.all.filter { $0.testDescription == "s3-juicefs" }

    @Test("an object that was put although the answer was lost is not taken for another's", arguments: conditional, [true, false])
    func lostPuts(_ store: any StoreUnderTest, _ isOurs: Bool) throws {
        let prefix = "lost-put-\(isOurs)/"
        var setting = try setting(store, prefix, "--match", "PUT ", "--times", "1", "--drop-after-body")
        setting.specification.overwrite = .never
        setting.specification.blockSize = .mebibytes(16)
        let other = try TemporaryDirectory()
        if !isOurs { try store.put(prefix + "file", other.write("file", Array("another".utf8))) }
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.kind) == (isOurs ? [] : [.precondition]))
        #expect((outcome.failures.first?.cause?.contains("what stands there is another") ?? true))
        #expect((try store.index(prefix).digests(below: prefix)["file"] == digest) == isOurs)
    }

    @Test("a commit that is refused leaves no parts behind", arguments: stores.filter { $0 is S3Store })
    func refusedCommit(_ store: any StoreUnderTest) throws {
        let setting = try setting(store, "commit/", "--match", "POST .*uploadId", "--times", "9", "--respond", "403")
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.kind) == [.forbidden])
        let index = try store.index("commit/")
        #expect(index.objects.isEmpty)
        #expect(index.unfinished.isEmpty)
    }
}
