import FoundationEssentials
import SluiceCore
import Testing

@testable import SluiceEngine
@testable import SluicePipeline

/// The fields of a report that a reader of ADF's output looks for.
private struct Output: Decodable {
    struct Issue: Decodable {
        let name: String?
        let code: String
        let message: String
        let advice: String?
    }
    struct Consistency: Decodable {
        let VerificationResult: String
        let InconsistentData: String
    }
    struct Store: Decodable {
        let type: String
        let throttlingErrors: Int?
        let workingDuration: Double?
    }
    struct Queue: Decodable {
        let status: String
        let duration: Double
    }
    struct Transfer: Decodable {
        let status: String
        let duration: Double
        let details: [String: Store]
    }
    struct Profile: Decodable {
        let queue: Queue
        let transfer: Transfer
    }
    struct Execution: Decodable {
        let source: Store
        let sink: Store
        let status: String
        let start: String
        let duration: Double
        let usedParallelCopies: Int?
        let profile: Profile
        let detailedDurations: [String: Double]
    }
    struct Stage: Decodable {
        let busy: Double
        let waitingForInput: Double
        let waitingForOutput: Double
        let bytesIn: Int
        let bytesOut: Int
    }
    struct Own: Decodable {
        let version, runId, command, status, startedAt, codec: String
        let exitCode, peakMemory, resumedBytes: Int
        let bytesOnWire: Int?
        let retries, throttled: Int?
        let compressionRatio: Double?
        let cpuSeconds: Double
        let stages: [String: Stage]
        let bottleneck: String?
        let digest: [String: String]?
    }
    let dataRead, dataWritten, filesRead, filesWritten, filesSkipped: Int
    let sourcePeakConnections, sinkPeakConnections, usedParallelCopies: Int?
    let copyDuration: Double
    let throughput: Double?
    let errors: [Issue]
    let dataConsistencyVerification: Consistency
    let executionDetails: [Execution]
    let durationInQueue: [String: Int]
    let sluice: Own

    init(_ report: RunReport) throws { self = try JSONDecoder().decode(Output.self, from: Data(report.json)) }
}

private func report(_ outcome: RunOutcome = .succeeded) -> RunReport {
    var specification = CopySpecification(
        source: .file(path: "/in", isDirectory: true),
        sink: .s3(bucket: "bucket", key: "k")
    )
    specification.verification = .transfer
    return RunReport(
        specification,
        command: "copy",
        version: "0.1.0",
        outcome: outcome,
        startedAt: Timestamp(seconds: 1_792_560_000),
        duration: .seconds(388)
    )
}

@Suite struct RunReportTests {
    @Test("the throughput is KiB of data read a second, as in ADF's own example")
    func throughput() throws {
        var report = report()
        report.sums.bytesRead = 1_180_089_300_500
        let output = try Output(report)
        #expect(output.dataRead == 1_180_089_300_500)
        #expect(output.copyDuration == 388)
        #expect(try #require(output.throughput).rounded() == 2_970_183)
    }

    @Test("ADF's fields are all there and say what was counted")
    func fields() throws {
        var report = report()
        report.sums.filesRead = 110
        report.sums.filesWritten = 110
        report.sums.bytesWritten = 4096
        report.counts = WriteStage.Counts(retries: 3, throttled: 6, peakActive: 64, active: 0, limit: 64, queued: 0)
        report.sourceConnections = 2
        report.consistency = .verified
        report.stages.reader = StageReading(busy: .seconds(1), waitingForInput: .seconds(3), bytesIn: 5, bytesOut: 5)
        report.stages.lister = StageReading(busy: .milliseconds(1500), waitingForOutput: .seconds(3))
        let output = try Output(report)
        #expect(output.filesRead == 110 && output.filesWritten == 110 && output.filesSkipped == 0)
        #expect(output.dataWritten == 4096)
        #expect(
            output.usedParallelCopies == 64 && output.sinkPeakConnections == 64 && output.sourcePeakConnections == 2
        )
        #expect(output.dataConsistencyVerification.VerificationResult == "Verified")
        #expect(output.dataConsistencyVerification.InconsistentData == "None")
        #expect(output.durationInQueue == ["integrationRuntimeQueue": 0])
        let execution = try #require(output.executionDetails.first)
        #expect(execution.source.type == "FileServer" && execution.sink.type == "AmazonS3")
        #expect(execution.sink.throttlingErrors == 6)
        #expect(execution.status == "Succeeded" && execution.start == "2026-10-21T05:20:00.000Z")
        #expect(execution.profile.queue.status == "Completed" && execution.profile.transfer.status == "Completed")
        #expect(
            Set(execution.profile.transfer.details.keys) == ["listingSource", "readingFromSource", "writingToSink"]
        )
        #expect(execution.profile.transfer.details["listingSource"]?.workingDuration == 1.5)
        // A quarter of its workers' time.
        #expect(execution.profile.transfer.details["readingFromSource"]?.workingDuration == 97)
        #expect(execution.detailedDurations == ["queuingDuration": 0, "transferDuration": 388])
    }

    @Test("the object sluice says what ADF has no word for")
    func own() throws {
        var report = report()
        report.codec = "gzip"
        report.sums.filesWritten = 1
        report.sums.bytesWritten = 250
        report.bytesReadOfCopied = 1000
        report.sums.digest = Checksum(algorithm: .crc64nvme, bytes: [UInt8](repeating: 0, count: 8))
        report.usage = ResourceUsage(processorTime: .milliseconds(1500), peakMemory: .mebibytes(20))
        report.stages.compressor = StageReading(
            busy: .seconds(380),
            waitingForInput: .seconds(8),
            bytesIn: 1000,
            bytesOut: 250
        )
        report.counts = WriteStage.Counts(
            retries: 1,
            throttled: 0,
            peakActive: 1,
            active: 0,
            limit: 1,
            queued: 0,
            bytesOnWire: 400
        )
        let own = try Output(report).sluice
        #expect(own.version == "0.1.0" && own.command == "copy" && own.status == "Succeeded" && own.exitCode == 0)
        #expect(own.codec == "gzip" && own.compressionRatio == 4)
        #expect(own.cpuSeconds == 1.5 && own.peakMemory == 20 << 20 && own.resumedBytes == 0 && own.bytesOnWire == 400)
        #expect(Set(own.stages.keys) == ["reader", "chunker", "compressor", "writer"])
        #expect(own.stages["compressor"]?.busy == 380)
        #expect(own.bottleneck?.hasPrefix("The compression held the rest up") == true)
        #expect(own.digest == ["crc64nvme": "AAAAAAAAAAA="])
    }

    @Test("a run that did not start says why, and leaves out what is not known")
    func startFailure() throws {
        var report = report(.failed)
        report.failure = CopyError(.forbidden, "the bucket is not ours", cause: "403", advice: "Ask")
        let output = try Output(report)
        let issue = try #require(output.errors.first)
        #expect(output.errors.count == 1)
        #expect(issue.code == "forbidden" && issue.message == "the bucket is not ours: 403" && issue.advice == "Ask")
        #expect(output.usedParallelCopies == nil && output.sinkPeakConnections == nil)
        #expect(
            output.sluice.retries == nil && output.sluice.bottleneck == nil && output.sluice.compressionRatio == nil
        )
        #expect(output.executionDetails.first?.status == "Failed")
        #expect(output.sluice.exitCode == 1)
    }

    @Test("items' errors carry their names")
    func itemErrors() throws {
        var report = report(.incomplete)
        report.sums.filesFailed = 1
        report.sums.errors = [Tally.ItemError(name: "a\nb", failure: CopyError(.noSpace, "it is full"))]
        let output = try Output(report)
        #expect(output.errors.first?.name == "a\nb" && output.errors.first?.code == "noSpace")
        #expect(output.sluice.status == "Incomplete" && output.executionDetails.first?.status == "Failed")
    }

    @Test("runs are named in the order of their starts")
    func identifiers() {
        let names = (0..<50).map {
            RunIdentifier(start: Timestamp(nanoseconds: 1_792_560_000_000_000_000 + $0 * 1_000_000))
        }
        #expect(names.map(\.description).sorted() == names.map(\.description))
        for name in names {
            let parts = name.description.split(separator: "-")
            #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
            #expect(parts[2].hasPrefix("7") && "89ab".contains(parts[3].first ?? "x"))
        }
    }
}
