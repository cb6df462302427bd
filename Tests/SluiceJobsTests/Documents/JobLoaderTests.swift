import SluiceJobs
import Testing

@Suite struct JobLoaderTests {
    @Test("every document of Fixtures/jobs is right", arguments: JobFixture.all)
    func fixtures(name: String) throws {
        let job = try JobFixture.load(name)
        #expect(!job.activities.isEmpty)
        #expect(job.notes.allSatisfy { $0.severity == .note })
    }

    @Test("a pipeline's activities, their order and its parameters are known")
    func pipeline() throws {
        let job = try JobFixture.load("factory/pipeline/TablesToLake.json")
        #expect(job.name == "TablesToLake")
        #expect(job.activities.map(\.name) == ["Each", "Clean", "Tell"])
        #expect(job.activities.map(\.kind) == [.forEach, .delete, .script])
        #expect(job.activities[0].activities.map(\.name) == ["Export"])
        #expect(job.activities[2].dependencies == [ActivityDependency("Each", [.failed, .skipped])])
        #expect(Set(job.parameters.map(\.name)) == ["root", "database", "endpoint", "tables"])
    }

    @Test("what has no effect is told, with its place")
    func notes() throws {
        let notes = try JobFixture.load("first-version.json").notes.map(\.description)
        #expect(
            notes.contains { $0.contains("$.properties.activities[0].scheduler") && $0.contains("has no effect") },
            "\(notes)"
        )
        #expect(notes.contains { $0.contains("$.datasets[0].properties.availability") })
        #expect(notes.contains { $0.contains("gatewayName") })
    }

    @Test(
        "what is wrong is told with its path and its line",
        arguments: [
            (
                "\"recursive\": true", "\"recursiv\": true", "$.typeProperties.source.storeSettings.recursiv", 27,
                "there is no property \"recursiv\" in FileServerReadSettings"
            ),
            (
                "\"recursive\": true", "\"Recursive\": true", "$.typeProperties.source.storeSettings.Recursive", 27,
                "it is written \"recursive\""
            ),
            (
                "\"recursive\": true", "\"recursive\": \"yes\"", "$.typeProperties.source.storeSettings.recursive", 27,
                "is a text, and true or false is wanted"
            ),
            (
                "\"retry\": 0", "\"retry\": -1", "$.policy.retry", 6,
                "is -1, and a whole number from 0 to 1000 is wanted"
            ),
            ("\"retry\": 0", "\"retry\": 1.5", "$.policy.retry", 6, "is 1.5, and a whole number"),
            ("\"12:00:00\"", "\"12 h\"", "$.policy.timeout", 5, "is \"12 h\", and a time such as"),
            (
                "\"2018-12-01T05:00:00Z\"", "\"soon\"", "$.typeProperties.source.storeSettings.modifiedDatetimeStart",
                32, "and a moment such as"
            ),
            (
                "\"PreserveHierarchy\"", "\"Preserve\"", "$.typeProperties.sink.storeSettings.copyBehavior", 42,
                "PreserveHierarchy, FlattenHierarchy or MergeFiles is wanted"
            ),
            (
                "\"blockSizeInMB\": 8", "\"blockSizeInMB\": 101", "$.typeProperties.sink.storeSettings.blockSizeInMB",
                43, "from 4 to 100"
            ),
            (
                "\"BinarySource\"", "\"FtpSource\"", "$.typeProperties.source.type", 24,
                "there is no copy source of the type \"FtpSource\"; there are DelimitedTextSource"
            ),
            (
                "\"BinarySource\"", "\"SqlSource\"", "$.typeProperties.source.type", 24,
                "SqlSource is not supported: databases are reached through ODBC"
            ),
            (
                "\"BinarySource\"", "\"JsonSource\"", "$.typeProperties.source.type", 24,
                "a JsonSource does not fit the dataset \"LogFiles\""
            ),
            (
                "\"FileServerReadSettings\"", "\"AmazonS3ReadSettings\"",
                "$.typeProperties.source.storeSettings.fileFilter", 30, "there is no property \"fileFilter\"",
            ),
            (
                "\"referenceName\": \"LogFiles\"", "\"referenceName\": \"LogFile\"", "$.inputs[0]", 11,
                "there is no dataset \"LogFile\", neither among \"datasets\" nor in \"dataset\""
            ),
            (
                "\"referenceName\": \"Share\"", "\"referenceName\": \"../Share\"",
                "$.datasets[0].properties.linkedServiceName", 63, "there is no linked service \"../Share\""
            ),
            (
                "\"container\": \"archive\",", "", "$.datasets[1].properties.typeProperties.location", 88,
                "\"container\" is missing: the container"
            ),
            (
                "\"container\": \"archive\"", "\"container\": \"@dataset().box\"",
                "$.datasets[1].properties.typeProperties.location.container", 90,
                "the dataset has no parameter \"box\""
            ),
            (
                "\"container\": \"archive\"", "\"container\": \"@concat('a'\"",
                "$.datasets[1].properties.typeProperties.location.container", 90,
                "the expression ends where ) or a comma is missing (character 12)"
            ),
            (
                "\"container\": \"archive\"", "\"container\": \"@activity('x').output\"",
                "$.datasets[1].properties.typeProperties.location.container", 90, "activity() is not supported"
            ),
            (
                "\"host\": \"/srv/share\"", "\"host\": [1]", "$.linkedServices[0].properties.typeProperties.host", 107,
                "\"host\" is an array, and a text is wanted"
            ),
            ("\"name\": \"CopyLogs\"", "\"name\": \"@{utcNow()}\"", "$.name", 2, "must not be an expression"),
            (
                "\"fileMissing\": true", "\"fileMissing\": null, \"filemissing\": 1",
                "$.typeProperties.skipErrorFile.filemissing", 48, "it is written \"fileMissing\""
            ),
            (
                "\"dataInconsistency\": false", "\"dataInconsistency\": 1",
                "$.typeProperties.skipErrorFile.dataInconsistency", 50, "true or false is wanted"
            ),
            (
                "\"blockSizeInMB\": 8", "\"metadata\": [{\"name\": \"a\"}]",
                "$.typeProperties.sink.storeSettings.metadata[0]", 43, "\"value\" is missing: its value"
            ),
            (
                "\"fileListPath\": null", "\"partitionRootPath\": [\"a\"]",
                "$.typeProperties.source.storeSettings.partitionRootPath", 31, "is an array, and a text is wanted"
            ),
            (
                "\"parallelCopies\": 32", "\"logSettings\": {\"enableCopyActivityLog\": true}",
                "$.typeProperties.logSettings", 46, "\"logLocationSettings\" is missing"
            ),
        ] as [(String, String, String, Int, String)]
    )
    func findings(old: String, new: String, path: String, line: Int, sentence: String) throws {
        let findings = try JobFixture.findings(JobFixture.replacing(old, new))
        let finding = try #require(
            findings.first { $0.path.description == path && $0.sentence.contains(sentence) },
            "\(findings)"
        )
        #expect(finding.place.line == line)
        #expect(finding.file == "job.json")
    }

    @Test("a property under two of its names, and one that is refused, are told; one that is refused and empty is not")
    func names() throws {
        let format = "\"parallelCopies\": 32"
        #expect(try JobFixture.findings(JobFixture.replacing(format, "\"preserveRules\": []")).isEmpty)
        let refused = try JobFixture.findings(JobFixture.replacing(format, "\"preserveRules\": [\"x\"]"))
        #expect(refused.map(\.sentence) == ["\"preserveRules\" is not supported: rules of access are not copied"])
        let twice = try JobFixture.findings(
            JobFixture.replacing("\"host\": \"/srv/share\"", "\"host\": \"/\", \"userId\": \"a\", \"userName\": \"b\"")
        )
        #expect(twice.map(\.sentence) == ["\"userName\" is another name of a property that stands here already"])
    }

    @Test("what a message shows of a document neither steers a terminal nor has more than a line")
    func messages() throws {
        let joined = String(repeating: "\u{200D}", count: 3000)
        for name in ["a\\u001b[2Jb\\nc", joined, String(repeating: "x", count: 3000)] {
            let finding = try #require(
                try JobFixture.findings(JobFixture.replacing("\"recursive\": true", "\"\(name)\": true")).first
            )
            #expect(finding.description.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
            #expect(finding.description.utf8.count < 1000)
        }
    }

    @Test("a text that is written as an expression and computes nothing is that text")
    func literals() throws {
        let text = "{\"value\": \"archive\", \"type\": \"Expression\"}"
        #expect(
            try JobFixture.findings(JobFixture.replacing("\"container\": \"archive\"", "\"container\": \(text)"))
                .isEmpty
        )
        let word = "{\"value\": \"Wrong\", \"type\": \"Expression\"}"
        #expect(try JobFixture.findings(JobFixture.replacing("\"PreserveHierarchy\"", word)).count == 1)
    }

    @Test("a dataset that nothing refers to is looked at all the same")
    func unused() throws {
        let files = try JobFixture.replacing(
            "\"datasets\": [",
            "\"datasets\": [{\"name\": \"Spare\", \"properties\": {\"type\": \"Orc\", \"linkedServiceName\": \"Share\"}},"
        )
        #expect(
            try JobFixture.findings(files).map(\.sentence).first?.hasPrefix("the type Orc is not supported") == true
        )
    }

    @Test("a file that is there and wrong is not told to be missing, and none outside of the folder is read")
    func files() throws {
        func job(_ name: String) -> String {
            """
            {"properties": {"activities": [{"name": "D", "type": "Delete", "typeProperties": {"dataset": "\(name)"}}]}}
            """
        }
        let broken = try JobFixture.findings(["job.json": job("D"), "dataset/D.json": "{\n,}"])
        #expect(broken.map(\.description) == ["dataset/D.json:2:1: $: a name in double quotes is missing"])
        let outside = try JobFixture.findings(["job.json": job("../D"), "dataset/../D.json": "{\n,}"])
        #expect(outside.map(\.file) == ["job.json"])
    }

    @Test("all that is wrong is told in one go, in the order of the lines")
    func several() throws {
        var files = try JobFixture.replacing("\"retry\": 0", "\"retry\": \"x\"")
        files["job.json"] = files["job.json"]?.replacing("\"BinarySink\"", with: "\"BinarySinc\"").replacing(
            "\"parallelCopies\": 32",
            with: "\"parallelCopies\": 0"
        )
        .replacing("\"name\": \"Account\",\n", with: "\"name\": \"Acount\",\n")
        let findings = try JobFixture.findings(files)
        #expect(findings.map(\.place.line) == [6, 39, 46, 83], "\(findings)")
        #expect(findings == findings.sorted())
    }

    @Test("a secret in a file that others can read is refused, and in one that they can't it is not")
    func secrets() throws {
        let plain = "\"host\": \"/srv/share\""
        let secrets = [
            "\"host\": \"/srv/share\", \"password\": {\"type\": \"SecureString\", \"value\": \"hunter2\"}",
            "\"host\": \"/srv/share\", \"password\": \"hunter2\"",
        ]
        for secret in secrets {
            let files = try JobFixture.replacing(plain, secret)
            let findings = try JobFixture.findings(files)
            #expect(findings.count == 1)
            #expect(findings.first?.sentence.contains("others can read this file") == true)
            #expect(findings.first?.description.contains("hunter2") == false)
            #expect(try JobFixture.findings(files, isReadableByOthers: false).isEmpty)
        }
        let key = try JobFixture.replacing("AccountName=archive", "AccountName=archive;AccountKey=c2VjcmV0")
        #expect(try JobFixture.findings(key).first?.sentence.contains("\"connectionString\" holds a secret") == true)
        #expect(try JobFixture.findings(key, isReadableByOthers: false).isEmpty)
    }

    @Test("a secret that is not here is refused by name")
    func vaults() throws {
        let vault = try JobFixture.replacing(
            "\"host\": \"/srv/share\"",
            "\"host\": \"/\", \"password\": {\"type\": \"AzureKeyVaultSecret\", \"secretName\": \"x\"}"
        )
        #expect(try JobFixture.findings(vault).first?.sentence.contains("AzureKeyVaultSecret is not supported") == true)
    }

    @Test("a document that is no job says what it is instead")
    func others() throws {
        let documents = [
            ("{\"$schema\": \"x\", \"resources\": []}", "template of Azure Resource Manager"),
            ("{\"name\": \"D\", \"properties\": {\"type\": \"Binary\"}}", "a dataset or a linked service"),
            ("{}", "neither a pipeline"),
            ("[1,\n2,]", "a comma stands behind the last value"),
        ]
        for (text, sentence) in documents {
            let findings = try JobFixture.findings(["job.json": text])
            #expect(findings.count == 1)
            #expect(findings.first?.sentence.contains(sentence) == true, "\(findings)")
        }
        #expect(try JobFixture.findings([:]).first?.description == "job.json:1:1: $: there is no such file")
    }

    @Test("findings in the file of a dataset name that file")
    func otherFiles() throws {
        let pipeline = """
            {"name": "P", "properties": {"activities": [{"name": "D", "type": "delete", "typeProperties": {"dataset": {"referenceName": "Old", "type": "DatasetReference"}}}]}}
            """
        let dataset =
            "{\"name\": \"Older\", \"properties\": {\"type\": \"binary\", \"linkedServiceName\": \"Gone\", \"typeProperties\": {\"location\":\n {\"type\": \"FileServerLocation\", \"folder\": 1}}}}"
        let findings = try JobFixture.findings(["job.json": pipeline, "dataset/Old.json": dataset])
        #expect(
            findings.map(\.description) == [
                "dataset/Old.json:1:10: $.name: the file of the dataset \"Old\" has the name \"Older\"",
                "dataset/Old.json:1:73: $.properties.linkedServiceName: there is no linked service \"Gone\", neither among \"linkedServices\" nor in \"linkedService\"",
                "dataset/Old.json:2:33: $.properties.typeProperties.location.folder: there is no property \"folder\" in FileServerLocation",
            ]
        )
    }
}
