import SluiceCore
import SluiceJobs

extension FuzzTarget {
    /// What stands in a user's job documents.
    static let jobs = [jobDocument, jobExpression, jobLoading]

    private static let jobDocument = FuzzTarget(
        "job-json",
        samples: [
            "{\"a\": [1, -0.5e+7, {\"b c\": true}], \"é\": \"\\u00e9\\ud83d\\ude00\\n\", \"z\": null}",
            "\u{FEFF}[{\"name\":\"Copy\",\"properties\":{\"activities\":[{},[],[[]]]}}]\r\n",
        ],
        words: ["{", "}", "[", "]", ",", ":", "\"", "\\u", "\\ud83d", "//", "/*", "1e", "-", "null", "{\"a\":", "[["]
    ) { bytes in
        do {
            let root = try JSONParser.document(bytes)
            let again = try JSONParser.document(Array(root.json.utf8))
            try require(again.json == root.json, "\(root.json) became \(again.json)")
            try require(
                try JSONParser.document(Array(root.indentedJSON.utf8)).json == root.json,
                "lines make a difference"
            )
        } catch let error as JSONError {
            let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
            try require(error.place.line <= lines, "the error is behind the end: \(error)")
            try require(error.description.utf8.count < 2000, "an error of \(error.description.utf8.count) bytes")
        }
    }

    /// Whatever a document holds, it is refused by name, or every activity of it can be planned or is refused in turn.
    private static let jobLoading = FuzzTarget(
        "job-load",
        samples: [
            """
            {"name":"C","type":"Copy","policy":{"timeout":"1.00:00:00"},"inputs":["T"],"outputs":[{"referenceName":"J","parameters":{"f":"x"}}],
            "typeProperties":{"source":{"type":"OdbcSource","query":"select @{utcNow()}"},"sink":{"type":"FileSystemSink"},"enableStaging":true,
            "stagingSettings":{"linkedServiceName":"L","path":"p"},"translator":{"type":"TabularTranslator","columnMappings":"a: b"}},
            "datasets":[{"name":"T","properties":{"type":"OdbcTable","linkedServiceName":"D","typeProperties":{"tableName":"t"}}},
            {"name":"J","properties":{"type":"FileShare","linkedServiceName":"L","parameters":{"f":{"type":"String","defaultValue":"y"}},
            "typeProperties":{"fileName":"@dataset().f","format":{"type":"JsonFormat"}}}}],
            "linkedServices":[{"name":"D","properties":{"type":"Odbc","typeProperties":{"connectionString":"DSN=x","userName":"u"}}},
            {"name":"L","properties":{"type":"FileServer","typeProperties":{"host":"/srv"}}}]}
            """,
            """
            {"properties":{"parameters":{"l":{"type":"Array","defaultValue":[{"n":1},"x"]}},"activities":[
            {"name":"E","type":"ForEach","typeProperties":{"items":"@pipeline().parameters.l","activities":[
            {"name":"S","type":"Script","linkedServiceName":"D","typeProperties":{"scripts":[{"text":"@item().n"}]}}]}},
            {"name":"X","type":"Delete","dependsOn":[{"activity":"E","dependencyConditions":["Failed"]}],"typeProperties":{"dataset":"B",
            "storeSettings":{"type":"AzureBlobStorageReadSettings","wildcardFolderPath":"a/*","prefix":"p"}}}]},
            "datasets":[{"name":"B","properties":{"type":"Binary","linkedServiceName":"A","typeProperties":{"location":
            {"type":"AzureBlobStorageLocation","container":"c","folderPath":"@{utcNow('yyyy')}"}}}}],
            "linkedServices":[{"name":"A","properties":{"type":"AzureBlobStorage","typeProperties":{"connectionString":"AccountName=a"}}},
            {"name":"D","properties":{"type":"Odbc","typeProperties":{"connectionString":"DSN=x"}}}]}
            """,
        ],
        words: [
            "\"type\"", "null", "[]", "{}", "\"\"", "\"@item()\"", "\"@{utcNow()}\"", "\"@pipeline().parameters.l\"",
            "\"name\":", "\"typeProperties\":{}",
            "\"sasUri\":\"https://a\"", "\"Copy\"", "\"HttpServer\"", "\"AmazonS3\"", "\"dependsOn\":[]", "1e9", "true",
        ]
    ) { bytes in
        let start = Timestamp(seconds: 1_795_238_391)
        do {
            let job = try Job.load("j.json") {
                $0 == "j.json" ? DocumentFile(path: $0, bytes: bytes, isReadableByOthers: true) : nil
            }
            let run = JobRun(identifier: "r", pipeline: job.name, start: start) { start }
            let lines = try JobPlanner(job, given: [:], run: run).words()
            try require(!lines.isEmpty, "nothing is told of the job")
        } catch let error as JobError {
            try require(!error.findings.isEmpty, "a job is refused for no reason")
            for finding in error.findings {
                try require(
                    finding.description.utf8.count < 10_000,
                    "a finding of \(finding.description.utf8.count) bytes"
                )
                try require(
                    finding.sentence.utf8.count < 5000,
                    "a sentence of \(finding.sentence.utf8.count) bytes: \(finding)"
                )
                try require(!finding.sentence.contains { $0.isNewline }, "a sentence of several lines: \(finding)")
            }
        }
    }

    private static let jobExpression = FuzzTarget(
        text: "job-expression",
        samples: [
            "@concat('it''s ', pipeline().parameters['a b'], item().x[0])",
            "a/@{formatDateTime(utcNow(), 'yyyy/MM/dd HH:mm:ss.fff tt')}/@@{b}",
            "@@plain", "@activity('x').output", "@{dataset().p}@{-0.5}",
        ],
        words: [
            "@", "@{", "}", "@@", "(", ")", "'", "''", ",", ".", "[", "]", "?.", "item()", "concat(", "utcNow('", "\\",
            "fffffff", "MMMM",
        ]
    ) { text in
        let start = Timestamp(seconds: 1_795_238_391)
        let run = JobRun(identifier: "r", pipeline: "p", start: start) { start }
        let scope = ExpressionScope(.pipeline, parameters: ["a b": .text("x")], item: .array([]), run: run)
        do {
            let expression = try ExpressionParser.parse(text)
            let problems = ExpressionNames(.pipeline, parameters: ["a b"], hasItem: true).problems(expression)
            if !text.unicodeScalars.contains("@") {
                try require(expression == .literal(.text(text)), "a plain text became \(expression)")
            }
            for problem in problems {
                try require(problem.reason.utf8.count < 2000, "a problem of \(problem.reason.utf8.count) bytes")
            }
            _ = try scope.value(of: expression)
        } catch let error as ExpressionError {
            try require(error.offset <= text.unicodeScalars.count, "the error is behind the end: \(error)")
            try require(error.reason.utf8.count < 2000, "an error of \(error.reason.utf8.count) bytes")
        }
    }
}
