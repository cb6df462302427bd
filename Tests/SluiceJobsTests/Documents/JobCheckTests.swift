import SluiceJobs
import Testing

@Suite struct JobCheckTests {
    /// A pipeline of Delete activities, each with the names that it waits for.
    private func pipeline(_ activities: [(String, [String])]) -> String {
        let texts = activities.map { name, others in
            let waits = others.map { "{\"activity\":\"\($0)\",\"dependencyConditions\":[\"Succeeded\"]}" }.joined(
                separator: ","
            )
            return
                "{\"name\":\"\(name)\",\"type\":\"Delete\",\"dependsOn\":[\(waits)],\"typeProperties\":{\"dataset\":\"D\"}}"
        }
        return """
            {"properties":{"activities":[\(texts.joined(separator: ","))]},
             "datasets":[{"name":"D","properties":{"type":"FileShare","linkedServiceName":"L","typeProperties":{}}}],
             "linkedServices":[{"name":"L","properties":{"type":"FileServer","typeProperties":{"host":"/"}}}]}
            """
    }

    @Test(
        "activities that wait for each other, or for nothing that is there, are told",
        arguments: [
            ([("A", ["B"]), ("B", ["A"])], "activities wait for each other in a ring: \"A\" → \"B\" → \"A\""),
            ([("A", ["A"])], "ring: \"A\" → \"A\""),
            ([("A", []), ("B", ["A", "D"]), ("C", ["B"]), ("D", ["C"])], "ring: \"B\" → \"D\" → \"C\" → \"B\""),
            ([("A", ["Z"])], "\"A\" waits for the activity \"Z\", which is not there"),
            ([("A", []), ("A", [])], "there are two activities \"A\""),
        ] as [([(String, [String])], String)]
    )
    func order(activities: [(String, [String])], sentence: String) throws {
        let findings = try JobFixture.findings(["job.json": pipeline(activities)])
        #expect(findings.count == 1)
        #expect(findings.first?.sentence.contains(sentence) == true, "\(findings)")
    }

    @Test("a long chain of activities is no ring, and is not looked at twice", .timeLimit(.minutes(30)))
    func chain() throws {
        let names = (0..<60).map { "A\($0)" }
        let activities = names.enumerated().map { ($1, $0 > 1 ? [names[$0 - 1], names[$0 - 2]] : []) }
        #expect(try JobFixture.findings(["job.json": pipeline(activities)]).isEmpty)
    }

    @Test(
        "values that do not fit each other are told",
        arguments: [
            (
                "\"BinarySink\"", "\"BlobSink\"",
                "a BlobSink does not fit the dataset \"LogBlobs\", which is Binary and wants BinarySink"
            ),
            (
                "\"FileServerLocation\"", "\"HttpServerLocation\"",
                "FileServerReadSettings does not fit the dataset \"LogFiles\", which is in a HttpServerLocation"
            ),
            (
                "\"type\": \"AzureBlobStorageLocation\",", "\"type\": \"AmazonS3Location\", \"bucketName\": \"b\",",
                "AmazonS3Location wants a linked service of the type AmazonS3, and \"Account\" is AzureBlobStorage"
            ),
            ("\"parallelCopies\": 32", "\"enableStaging\": true", "\"stagingSettings\" is missing"),
            (
                "\"connectionString\": \"", "\"sasUri\": \"https://a\", \"connectionString\": \"",
                "and there is connectionString and sasUri"
            ),
            (
                "\"typeProperties\": {\n    \"source\"", "\"state\": \"asleep\", \"typeProperties\": {\n    \"source\"",
                "Active or Inactive is wanted"
            ),
        ]
    )
    func fit(old: String, new: String, sentence: String) throws {
        let findings = try JobFixture.findings(JobFixture.replacing(old, new))
        #expect(findings.contains { $0.sentence.contains(sentence) }, "\(findings)")
    }

    @Test("a ForEach in a ForEach, and an item outside of one, are told")
    func nested() throws {
        let inner =
            "{\"name\":\"I\",\"type\":\"ForEach\",\"typeProperties\":{\"items\":\"@item().list\",\"activities\":[]}}"
        let outer =
            "{\"name\":\"O\",\"type\":\"ForEach\",\"typeProperties\":{\"items\":\"@item()\",\"activities\":[\(inner)]}}"
        let findings = try JobFixture.findings(["job.json": "{\"properties\":{\"activities\":[\(outer)]}}"])
        #expect(
            findings.map(\.sentence).sorted() == [
                "\"@item()\": item() is known only in the activities of a ForEach (character 2)",
                "a ForEach stands in a ForEach",
            ]
        )
    }

    @Test(
        "activities of other types are refused by name",
        arguments: ["IfCondition", "WebActivity", "Lookup", "ExecutePipeline", "Custom"]
    )
    func types(name: String) throws {
        let findings = try JobFixture.findings([
            "job.json":
                "{\"properties\":{\"activities\":[{\"name\":\"A\",\"type\":\"\(name)\",\"typeProperties\":{}}]}}"
        ])
        #expect(findings.count == 1)
        #expect(findings.first?.sentence.hasPrefix("the type \(name) is not supported") == true)
    }

    @Test("arguments and parameters of references must meet")
    func arguments() throws {
        func findings(_ old: String, _ new: String) throws -> [String] {
            let file = "factory/pipeline/FilesToWarehouseByServer.json"
            var files = try JobFixture.replacing(old, new, in: file)
            for (folder, names) in [
                ("dataset", ["OrderFiles", "WarehouseTable"]), ("linkedService", ["Files", "Warehouse", "Web"]),
            ] {
                for name in names {
                    let read = try JobFixture.read("\(JobFixture.jobs)/factory/\(folder)/\(name).json")
                    files["\(folder)/\(name).json"] = String(decoding: read?.bytes ?? [], as: UTF8.self)
                }
            }
            return try JobFixture.findings(files).map(\.sentence)
        }
        #expect(try findings("\"folder\": \"in\"", "\"folder\": \"in\"").isEmpty)
        #expect(
            try findings("\"folder\": \"in\"", "\"folders\": \"in\"") == [
                "the parameter \"folder\" of the dataset \"OrderFiles\" has no value",
                "the dataset \"OrderFiles\" has no parameter \"folders\"",
            ]
        )
        #expect(
            try findings("@pipeline().parameters.root", "@pipeline().parameters.rot").first?.contains(
                "the pipeline has no parameter \"rot\""
            ) == true
        )
    }
}
