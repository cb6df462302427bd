import FoundationEssentials
import Glibc
import SluiceCore
import SluicePipeline
import SluiceStores
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// Every fault against every store: the object arrives byte by byte, or its item fails and what stood there stands there
/// still. `Scripts/faults` makes a table of it: each case is a line in the file that `SLUICE_FAULT_TABLE` names.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct FaultMatrixTests {
    private let source: TemporaryDirectory
    private let digest: String

    /// Two blocks of S3's least size, and one byte.
    private static let size = (10 << 20) + 1

    init() throws {
        source = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 12)
        _ = try source.write("file", generator.bytes(Self.size))
        digest = try #require(StoreContractTests.digests(of: source.path)["file"])
    }

    private static let stores: [any StoreUnderTest] = [NginxStore(), S3Store(kind: "s3-seaweedfs"), AzureStore()]
        .filter { store in Stores.all.contains { $0.testDescription == store.testDescription } }

    /// One cell of the matrix.
    struct Cell: Sendable, CustomTestStringConvertible {
        let fault: FaultCase
        let store: any StoreUnderTest
        var testDescription: String { "\(fault.testDescription), \(store.testDescription)" }
    }

    private static let table = getenv("SLUICE_FAULT_TABLE").map { String(cString: $0) }

    /// Looks at one case alone: a part of its name.
    private static let only = getenv("SLUICE_FAULT_CASE").map { String(cString: $0) } ?? ""

    /// All of them for the table; else every third, another store with each fault.
    private static let cells: [Cell] = (FaultCase.uploads + FaultCase.downloads)
        .flatMap { fault in
            stores.filter { fault.stores.isEmpty || fault.stores.contains($0.testDescription) }.map {
                Cell(fault: fault, store: $0)
            }
        }
        .filter { only.isEmpty || $0.testDescription.contains(only) }
        .enumerated().filter { table != nil || ($0.offset + $0.offset / 3).isMultiple(of: 3) }.map(\.element)

    @Test("nothing corrupt is ever reported as copied", arguments: cells)
    func cell(_ cell: Cell) throws {
        let prefix = "fault-\(Self.number.withLock { $0 += 1; return $0 })/"
        let outcome = cell.fault.direction == .up ? try upload(cell, prefix, .transfer) : try download(cell, prefix)
        judge(cell, outcome)
        if case .unverified = cell.fault.ending {
            // What is read back is what came: that does not prove what was there.
            let readBack = try download(cell, prefix + "readback/", .readback)
            #expect(!readBack.isSame && !readBack.isVerified)
        }
        if case .caughtByReadback = cell.fault.ending {
            let readBack = try upload(cell, prefix + "readback/", .readback)
            #expect(!readBack.isSame && !readBack.failures.isEmpty, "readback did not find it")
        }
        Self.enter(cell, outcome)
    }

    private static let number = Locked(0)

    /// What became of the object.
    private struct Outcome {
        let failures: [any Failure]
        /// Whether it is there, byte by byte.
        let isSame: Bool
        /// Whether what stood there still does, or nothing where nothing did.
        let isOld: Bool
        let retries: Int
        /// Whether it is said to be proven that it is the source's.
        let isVerified: Bool
    }

    private func judge(_ cell: Cell, _ outcome: Outcome) {
        let told = outcome.failures.map(\.description)
        #expect(outcome.failures.allSatisfy { $0.what.isEmpty == false })
        // Said to be copied: then it is, unless the service lied or has no checksum.
        switch cell.fault.ending {
        case .caughtByReadback: break
        case .unverified: #expect(!outcome.isVerified, "corrupt, and reported as verified")
        case .same, .failed, .either:
            #expect(!outcome.failures.isEmpty || outcome.isSame, "corrupt, and reported as copied")
        }
        switch cell.fault.ending {
        case .same: #expect(outcome.failures.isEmpty && outcome.isSame, "\(told)")
        case .failed(let kinds):
            #expect(outcome.failures.count == 1 && outcome.failures.allSatisfy { kinds.contains($0.kind) }, "\(told)")
            // Over plain HTTPS a server puts what it got in place at once, so it may stand there before it was refused.
            #expect(outcome.isOld || cell.store is NginxStore && outcome.isSame, "what stood there has changed")
        case .either(let kinds): #expect(outcome.failures.allSatisfy { kinds.contains($0.kind) }, "\(told)")
        case .unverified: #expect(outcome.failures.isEmpty && !outcome.isSame, "\(told)")
        case .caughtByReadback: break
        }
    }

    private func upload(_ cell: Cell, _ prefix: String, _ verification: CopySpecification.Verification) throws
        -> Outcome
    {
        let old = try TemporaryDirectory()
        try cell.store.put(prefix + "file", old.write("old", Array("what stood there".utf8)))
        let oldDigest = try StoreContractTests.digests(of: old.path)["old"]
        var specification = try StoreContractTests.specification(source.path, cell.store, prefix)
        let proxy = try Self.proxy(&specification.sinkConnection, &specification.sink)
        try proxy.change(#"{"rules": \#(cell.fault.rules)}"#)
        Self.hurry(&specification, cell.fault)
        specification.sinkConnection.stallLimit = cell.fault.stalls ? .seconds(1) : .seconds(60)
        specification.verification = verification
        let (failures, retries, isVerified) = Self.run(specification)
        let found = try cell.store.index(prefix).digests(below: prefix)["file"]
        return Outcome(
            failures: failures,
            isSame: found == digest,
            isOld: found == oldDigest,
            retries: retries,
            isVerified: isVerified
        )
    }

    private func download(
        _ cell: Cell,
        _ prefix: String,
        _ verification: CopySpecification.Verification = .transfer
    ) throws -> Outcome {
        if cell.fault.hasDigest {
            let up = try StoreContractTests.specification(source.path, cell.store, prefix)
            #expect(try StoreContractTests.copy(up).failures.isEmpty)
        } else {
            try cell.store.put(prefix + "file", source.path + "/file")
        }
        let target = try TemporaryDirectory()
        let path = try target.write("file", Array("what stood there".utf8))
        let oldDigest = try StoreContractTests.digests(of: target.path)["file"]
        var specification = try StoreContractTests.specification("/", cell.store, prefix + "file")
        swap(&specification.source, &specification.sink)
        swap(&specification.sourceConnection, &specification.sinkConnection)
        specification.sink = try Location(parsing: path)
        let proxy = try Self.proxy(&specification.sourceConnection, &specification.source)
        try proxy.change(#"{"rules": \#(cell.fault.rules)}"#)
        Self.hurry(&specification, cell.fault)
        specification.sourceConnection.stallLimit = cell.fault.stalls ? .seconds(1) : .seconds(60)
        specification.verification = verification
        let (failures, retries, isVerified) = Self.run(specification)
        let files = try StoreContractTests.digests(of: target.path)
        #expect(files.count == 1, "temporary files are left: \(files.keys)")
        return Outcome(
            failures: failures,
            isSame: files["file"] == digest,
            isOld: files["file"] == oldDigest,
            retries: retries,
            isVerified: isVerified
        )
    }

    /// A proxy in front of the store, and the connection led through it.
    private static func proxy(_ connection: inout ConnectionOptions, _ location: inout Location) throws -> Launcher {
        let authority = try #require(connection.caCertificate)
        let upstream: String
        if case .http(let address) = location {
            upstream = address.origin
        } else {
            upstream = try #require(connection.endpoint).description
        }
        let proxy = try Launcher.shared("faults", "--https", "--upstream", upstream, "--upstream-ca", authority)
        let endpoint = try HTTPAddress(parsing: proxy["endpoint"])
        connection.caCertificate = proxy["ca"]
        if case .http(var address) = location {
            address.port = endpoint.port
            location = .http(address)
        } else {
            connection.endpoint = endpoint
        }
        return proxy
    }

    private static func hurry(_ specification: inout CopySpecification, _ fault: FaultCase) {
        specification.blockSize = fault.blockSize
        specification.retry.attempts = 6
        specification.retry.base = .milliseconds(10)
        specification.retry.ceiling = .milliseconds(50)
    }

    /// What a copy fails with, be it as a whole or in its item; its retries; and whether all of it is said to be proven.
    private static func run(_ specification: CopySpecification) -> ([any Failure], Int, Bool) {
        do {
            let outcome = try StoreContractTests.copy(specification)
            let isVerified = !outcome.records.isEmpty && outcome.records.allSatisfy(\.isVerified)
            return (outcome.failures, outcome.result.counts.retries, isVerified)
        } catch {
            return ([SluiceCore.failure(from: error)], 0, false)
        }
    }

    /// A line of the table.
    private static func enter(_ cell: Cell, _ outcome: Outcome) {
        guard let table, let file = fopen(table, "ae") else { return }
        defer { fclose(file) }
        let failure = outcome.failures.first
        let lost =
            outcome.isVerified ? "**not there, told as copied**" : "**not there, told as copied**, not as verified"
        let ending = failure.map { "failed: \($0.kind)" } ?? (outcome.isSame ? "identical" : lost)
        let standing = outcome.isSame ? "the object" : outcome.isOld ? "what stood there" : "other"
        let told = failure.map { "\($0.what): \($0.cause ?? "")".replacing("|", with: "\\|").prefix(160) } ?? ""
        let fields = [
            cell.fault.direction.rawValue, cell.fault.name, cell.store.testDescription, ending, standing,
            "\(outcome.retries)", String(told),
        ]
        fputs("| " + fields.joined(separator: " | ") + " |\n", file)
    }
}
