import SluiceCore
import Testing

@testable import SluiceJobs

@Suite struct OutputTests {
    /// As the engine's report has it; the figures are those of ADF's documented example.
    private static let report = """
        {"dataRead":1180089300500,"dataWritten":1180089300500,"filesRead":110,"filesWritten":110,"filesSkipped":0,
         "sourcePeakConnections":640,"sinkPeakConnections":1024,"copyDuration":388,"throughput":2970183,"usedParallelCopies":64,"errors":[],
         "dataConsistencyVerification":{"VerificationResult":"Verified","InconsistentData":"None"},
         "executionDetails":[{"source":{"type":"AmazonS3"},"sink":{"type":"AzureBlobFS","throttlingErrors":6},"status":"Succeeded"}],
         "durationInQueue":{"integrationRuntimeQueue":0},"sluice":{"version":"1"}}
        """

    private func parse(_ text: String) throws -> JSONNode { try JSONParser.document(Array(text.utf8)) }

    @Test("a copy's output has ADF's fields in ADF's order, and Sluice's behind them")
    func copy() throws {
        let output = CopyOutput(report: try parse(OutputTests.report), runtime: "here", logFile: "az://a/log/x.txt")
        #expect(
            output.node.members.map(\.name) == [
                "dataRead", "dataWritten", "filesRead", "filesWritten", "filesSkipped", "sourcePeakConnections",
                "sinkPeakConnections", "copyDuration",
                "throughput", "logFilePath", "errors", "effectiveIntegrationRuntime", "usedParallelCopies",
                "dataConsistencyVerification",
                "executionDetails", "perfRecommendation", "durationInQueue", "sluice",
            ]
        )
        #expect(output.node["dataRead"]?.integer == 1_180_089_300_500)
        let tip = try #require(output.node["perfRecommendation"]?.elements.first)
        #expect(tip.members.map(\.name) == ["Tip", "ReferUrl", "RuleName"])
        #expect(tip["RuleName"]?.text == "ReduceThrottlingErrorPerfRecommendationRule")
        #expect(tip["Tip"]?.text?.contains("6 requests") == true)
    }

    @Test("a copy that was not throttled gets no tip, and files that differed and were skipped are told as that")
    func tips() throws {
        let calm = try parse(
            OutputTests.report.replacing(",\"throttlingErrors\":6", with: "").replacing("\"None\"", with: "\"Found\"")
        )
        #expect(CopyOutput(report: calm, runtime: "here").node["perfRecommendation"] == nil)
        let output = CopyOutput(report: calm, runtime: "here", hasSkippedInconsistent: true)
        #expect(output.node["dataConsistencyVerification"]?["InconsistentData"]?.text == "Skipped")
        #expect(
            CopyOutput(report: calm, runtime: "here").node["dataConsistencyVerification"]?["InconsistentData"]?.text
                == "Found"
        )
    }

    @Test("a staged copy has read what its first half read, and written what the second wrote")
    func staged() throws {
        let first = """
            {"dataRead":2048000,"dataWritten":700,"filesRead":3,"filesWritten":3,"filesSkipped":1,"rowsRead":50,"rowsCopied":49,"rowsSkipped":1,"copyDuration":9,
             "throughput":1,"errors":[{"code":"a"}],"dataConsistencyVerification":{"VerificationResult":"NotVerified","InconsistentData":"None"},
             "executionDetails":[{"source":{"type":"FileServer"}}]}
            """
        let second = """
            {"dataRead":700,"dataWritten":0,"filesRead":3,"filesWritten":0,"filesSkipped":0,"rowsRead":49,"rowsCopied":47,"rowsSkipped":2,"copyDuration":8,
             "sourcePeakConnections":4,"throughput":1,"errors":[{"code":"b"}],"dataConsistencyVerification":{"VerificationResult":"Verified","InconsistentData":"None"},
             "executionDetails":[{"sink":{"type":"Odbc","throttlingErrors":1}}],"durationInQueue":{"integrationRuntimeQueue":0}}
            """
        let node = CopyOutput(first: try parse(first), second: try parse(second), seconds: 12.5, runtime: "here").node
        #expect(node["dataRead"]?.integer == 2_048_000)
        #expect(node["filesRead"]?.integer == 3)
        #expect(node["rowsRead"]?.integer == 50)
        #expect(node["rowsCopied"]?.integer == 47)
        #expect(node["rowsSkipped"]?.integer == 3)
        #expect(node["filesSkipped"]?.integer == 1)
        #expect(node["sourcePeakConnections"] == nil)
        #expect(node["copyDuration"]?.json == "12.5")
        #expect(node["throughput"]?.json == "160")
        #expect(node["errors"]?.json == #"[{"code":"a"},{"code":"b"}]"#)
        #expect(node["executionDetails"]?.elements.count == 2)
        #expect(node["perfRecommendation"]?.elements.count == 1)
        #expect(node["dataConsistencyVerification"]?["VerificationResult"]?.text == "NotVerified")
    }

    @Test(
        "decimals have three digits at most",
        arguments: [
            (0.0, "0"), (12.5, "12.5"), (0.0625, "0.063"), (1.0004, "1"), (-0.25, "-0.25"), (2970183.2, "2970183.2"),
            (3.01, "3.01"),
        ]
    )
    func decimals(number: Double, text: String) { #expect(JSONNode.decimal(number).json == text) }

    private struct Broken: Failure {
        let kind = FailureKind.throttled
        let what = "the store refused"
        let cause: String? = nil
        let advice: String? = "Wait"
    }

    @Test("a run's output names each activity with its status, its times and its error")
    func job() throws {
        let start = Timestamp(rfc3339: "2026-11-21T05:19:51Z")!
        let end = Timestamp(rfc3339: "2026-11-21T05:19:52.5Z")!
        var output = JobOutput(name: "P", runIdentifier: "r1", status: .failed, start: start, end: end)
        output.parameters = ["b": .number("1"), "a": .text("x")]
        var script = ActivityOutput("S", .script, .succeeded, start: start, end: end)
        var put = ScriptOutput(runtime: "here", seconds: 1.5)
        put.resultSets = [[.object([("n", .number(7))])]]
        put.recordsAffected = 3
        script.output = put.node
        script.item = 2
        var copy = ActivityOutput("C", .copy, .failed, start: start, end: end)
        copy.failure = Broken()
        copy.retries = 1
        output.activities = [script, copy]
        let read = try parse(output.json)
        #expect(read["runStart"]?.text == "2026-11-21T05:19:51.0000000Z")
        #expect(read["durationInMs"]?.integer == 1500)
        #expect(read["status"]?.text == "Failed")
        #expect(read["parameters"]?.json == #"{"a":"x","b":1}"#)
        let activities = try #require(read["activities"]?.elements)
        #expect(
            activities[0]["output"]?.json
                == #"{"resultSetCount":1,"recordsAffected":3,"resultSets":[{"rowCount":1,"rows":[{"n":7}]}],"outputParameters":{},"outputLogs":"","outputTruncated":false,"effectiveIntegrationRuntime":"here","executionDuration":1.5}"#
        )
        #expect(activities[0]["item"]?.integer == 2)
        #expect(
            activities[1]["error"]?.json
                == #"{"errorCode":"throttled","message":"the store refused. Wait","failureType":"SystemError","target":"C"}"#
        )
        #expect(activities[1]["output"]?.json == "{}")
        #expect(activities[1]["retryAttempt"]?.integer == 1)
    }

    @Test("what was deleted is told as ADF tells it")
    func deletion() throws {
        let files = """
            {"properties":{"activities":[{"name":"D","type":"Delete","typeProperties":{"dataset":"F","recursive":true,"maxConcurrentConnections":2}}]},
             "datasets":[{"name":"F","properties":{"type":"FileShare","linkedServiceName":"L","typeProperties":{"folderPath":"old","fileName":"*.csv"}}}],
             "linkedServices":[{"name":"L","properties":{"type":"FileServer","typeProperties":{"host":"/srv"}}}]}
            """
        let job = try JobFixture.load(["job.json": files])
        let start = Timestamp(seconds: 0)
        let planner = try JobPlanner(
            job,
            given: [:],
            run: JobRun(identifier: "r", pipeline: "p", start: start) { start }
        )
        guard case .delete(let plan) = try planner.plan(job.activities[0]).work else {
            Issue.record("no Delete")
            return
        }
        var output = DeleteOutput(plan, filesDeleted: 4, runtime: "here", seconds: 0.5)
        output.logFile = "/log/x.txt"
        #expect(
            output.node.json
                == #"{"datasetName":"F","type":"FileShare","path":"/srv/old/","recursive":true,"isWildcardUsed":true,"maxConcurrentConnections":2,"filesDeleted":4,"logPath":"/log/x.txt","effectiveIntegrationRuntime":"here","executionDuration":0.5}"#
        )
    }
}
