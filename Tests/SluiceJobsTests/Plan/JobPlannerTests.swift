import SluiceCore
import Testing

@testable import SluiceJobs

@Suite struct JobPlannerTests {
    private static let start = Timestamp(rfc3339: "2026-11-21T05:19:51Z")!

    private func planner(_ job: Job, _ given: [String: String] = [:]) throws -> JobPlanner {
        try JobPlanner(
            job,
            given: given,
            run: JobRun(identifier: "r1", pipeline: job.name, start: JobPlannerTests.start) { JobPlannerTests.start }
        )
    }

    private func copy(_ plan: ActivityPlan) throws -> CopyPlan {
        guard case .copy(let copy) = plan.work else { throw Missing() }
        return copy
    }

    private struct Missing: Error {}

    private static let given = [
        "FilesToWarehouse": ["root": "/srv", "database": "Server=db;Database=w", "endpoint": "http://127.0.0.1:9000"],
        "FilesToWarehouseByServer": ["root": "/srv", "database": "Server=db", "url": "https://stage:8443/up/"],
        "WarehouseToMart": [
            "database": "Server=db", "mart": "Server=m", "account": "acc", "endpoint": "https://127.0.0.1:10000/acc",
        ],
        "TablesToLake": ["root": "/srv", "database": "Server=db", "endpoint": "https://s3:9000"],
    ]

    @Test("files, staged in S3, into a table")
    func staged() throws {
        let job = try JobFixture.load("factory/pipeline/FilesToWarehouse.json")
        let planner = try planner(job, JobPlannerTests.given["FilesToWarehouse"]!)
        let plan = try planner.plan(job.activities[1])
        #expect(
            plan.policy
                == ActivityPolicy(
                    timeout: .seconds(43200),
                    retries: 2,
                    interval: .seconds(30),
                    concealsOutput: false,
                    concealsInput: false
                )
        )
        let copy = try copy(plan)
        guard case .objects(let source) = copy.source, case .table(let sink) = copy.sink else { throw Missing() }
        #expect(source.store.location == .file(path: "/srv/in/", isDirectory: true))
        #expect(source.selection.includes == ["orders-*.csv"])
        let text = DelimitedPlan(
            delimiter: ",",
            rowDelimiter: nil,
            quote: "\"",
            escape: "\"",
            hasHeader: true,
            null: "",
            encoding: "UTF-8",
            skippedLines: 0,
            quotesAll: false
        )
        #expect(source.format == FormatPlan(kind: .delimited(text)))
        #expect(
            sink.store.location
                == .odbc(connectionString: "Driver={PostgreSQL Unicode};Server=db;Database=w;Uid=sluice")
        )
        #expect(sink.table == "orders")
        #expect(sink.batchRows == 5000)
        #expect(sink.batchTimeout == .seconds(1800))
        #expect(copy.mapping == .explicit([.init(source: "Id", sink: "id"), .init(source: "Total", sink: "total")]))
        let staging = try #require(copy.staging)
        #expect(staging.compresses)
        #expect(staging.store.location == .s3(bucket: "staging", key: "orders/"))
        #expect(staging.store.endpoint?.description == "http://127.0.0.1:9000")
        #expect(copy.tolerance.skipsBadRows)
        #expect(copy.tolerance.badRows?.location == .file(path: "/srv/rejected/", isDirectory: true))
    }

    @Test("a script's statements, and the database's own load")
    func scripts() throws {
        let job = try JobFixture.load("factory/pipeline/FilesToWarehouse.json")
        guard
            case .script(let script) = try planner(job, JobPlannerTests.given["FilesToWarehouse"]!).plan(
                job.activities[0]
            ).work
        else { throw Missing() }
        #expect(script.blocks == [ScriptPlan.Block(text: "delete from orders", isQuery: false)])
        let other = try JobFixture.load("factory/pipeline/FilesToWarehouseByServer.json")
        let staging = try #require(
            try copy(try planner(other, JobPlannerTests.given["FilesToWarehouseByServer"]!).plan(other.activities[0]))
                .staging
        )
        #expect(staging.store.location.description == "https://stage:8443/up/staging/")
        #expect(staging.loadStatement?.hasPrefix("copy orders from program") == true)
    }

    @Test("a query over partitions, staged in Azure, into rows that replace others")
    func tables() throws {
        let job = try JobFixture.load("factory/pipeline/WarehouseToMart.json")
        let copy = try copy(try planner(job, JobPlannerTests.given["WarehouseToMart"]!).plan(job.activities[0]))
        guard case .table(let source) = copy.source, case .table(let sink) = copy.sink else { throw Missing() }
        #expect(source.rows == .query("select id, total from orders where day >= '2026-01-01'"))
        #expect(source.partitions == .ranges(column: "id"))
        #expect(sink.keys == ["id"])
        #expect(copy.staging?.store.location == .azure(account: "acc", container: "staging", name: "mart/"))
        #expect(copy.staging?.store.endpoint?.description == "https://127.0.0.1:10000")
        #expect(copy.staging?.compresses == false)
    }

    @Test("what a ForEach is at decides its activities")
    func forEach() throws {
        let job = try JobFixture.load("factory/pipeline/TablesToLake.json")
        var given = JobPlannerTests.given["TablesToLake"]!
        given["tables"] = "[{\"name\":\"a\"},{\"name\":\"b\"}]"
        let planner = try planner(job, given)
        guard case .forEach(let each) = try planner.plan(job.activities[0]).work else { throw Missing() }
        #expect(each.width == 4)
        #expect(each.items.count == 2)
        let copy = try copy(try planner.plan(job.activities[0].activities[0], item: each.items[1]))
        guard case .table(let source) = copy.source, case .objects(let sink) = copy.sink else { throw Missing() }
        #expect(source.rows == .table("b"))
        #expect(sink.store.location == .s3(bucket: "lake", key: "orders/2026/11/21/b.parquet"))
        #expect(sink.format == FormatPlan(kind: .parquet, codec: "zstd"))
        #expect(copy.connections == 8)
        #expect(copy.readsBack)
        guard case .delete(let delete) = try planner.plan(job.activities[1]).work else { throw Missing() }
        #expect(delete.source.store.location == .file(path: "/srv/exported/", isDirectory: true))
        #expect(delete.source.selection.modifiedBefore == Timestamp(rfc3339: "2026-01-01"))
        #expect(delete.source.selection.recursive)
        #expect(delete.datasetName == "OrderFiles")
    }

    @Test("documents of the first version become the same values")
    func firstVersion() throws {
        let job = try JobFixture.load("first-version.json")
        let copy = try copy(try planner(job).plan(job.activities[0]))
        guard case .objects(let source) = copy.source, case .objects(let sink) = copy.sink else { throw Missing() }
        #expect(source.store.location == .azure(account: "first", container: "container", name: "in/"))
        #expect(source.selection.includes == ["*.csv"])
        guard case .delimited(let text) = source.format.kind else { throw Missing() }
        #expect(text.delimiter == ";")
        #expect(text.null == "\\N")
        #expect(source.format.codec == "gzip")
        #expect(sink.layout == .flatten)
        #expect(sink.format.kind == .json(encoding: nil, isArray: false))
        #expect(copy.mapping == .explicit([.init(source: "userid", sink: "id"), .init(source: "group", sink: "team")]))
        #expect(copy.tolerance.badRows?.location == .azure(account: "first", container: "redirect", name: "errors/"))
    }

    @Test("every property of the documented copy arrives in the plan")
    func full() throws {
        let job = try JobFixture.load("files-to-blobs.json")
        let copy = try copy(try planner(job).plan(job.activities[0]))
        guard case .objects(let source) = copy.source, case .objects(let sink) = copy.sink else { throw Missing() }
        #expect(source.store.location == .file(path: "/srv/share/", isDirectory: true))
        #expect(source.selection.includes == ["a*/**/*.log"])
        #expect(source.selection.modifiedFrom == Timestamp(rfc3339: "2018-12-01T05:00:00Z"))
        #expect(source.deletesAfterCopy)
        #expect(source.connections == 8)
        #expect(sink.blockSize == .mebibytes(8))
        #expect(sink.store.location == .azure(account: "archive", container: "archive", name: "logs/"))
        #expect(sink.store.endpoint == nil)
        #expect(sink.store.credential == .environment)
        #expect(copy.connections == 32)
        #expect(copy.preserved == [.metadata])
        #expect(copy.tolerance.skipsForbidden)
    }

    @Test("parameters must be there, and be of their types")
    func parameters() throws {
        let job = try JobFixture.load("factory/pipeline/TablesToLake.json")
        let error = try #require(throws: JobError.self) {
            try planner(job, ["root": "/", "tables": "[1", "tabels": ""])
        }
        #expect(
            error.findings.map(\.sentence) == [
                "there is no parameter \"tabels\"; there are root, database, endpoint, tables",
                "the parameter \"database\" has no value; give --parameter database=…",
                "the parameter \"endpoint\" has no value; give --parameter endpoint=…",
                "what is given for the parameter \"tables\" is no Array",
            ]
        )
        #expect(error.kind == .usage)
    }

    @Test("a value that is computed and of another type is told with its place")
    func computed() throws {
        let files = try JobFixture.replacing(
            "\"parallelCopies\": 32",
            "\"parallelCopies\": \"@pipeline().parameters.n\""
        )
        let job = try JobFixture.load(files, given: ["n"])
        #expect(try copy(try planner(job, ["n": "7"]).plan(job.activities[0])).connections == 7)
        let error = try #require(throws: JobError.self) { try planner(job, ["n": "many"]).plan(job.activities[0]) }
        #expect(
            error.description
                == "job.json:46:23: $.typeProperties.parallelCopies: \"parallelCopies\" is many, and a whole number from 1 to 10000 is wanted"
        )
    }

    @Test(
        "accounts are found in every form that documents have",
        arguments: [
            (
                "\"sasUri\": \"https://acc.blob.core.windows.net/?sv=1&sig=abc\"", "az://acc/archive/logs/", nil,
                CredentialPlan.azureSignature(Concealed("sv=1&sig=abc"))
            ),
            (
                "\"sasUri\": \"https://acc.blob.core.windows.net\", \"sasToken\": \"?sig=x\"", "az://acc/archive/logs/",
                nil, .azureSignature(Concealed("sig=x"))
            ),
            (
                "\"connectionString\": \"AccountName=acc;AccountKey=a2V5==;EndpointSuffix=core.chinacloudapi.cn\"",
                "az://acc/archive/logs/", "https://acc.blob.core.chinacloudapi.cn", .azureKey(Concealed("a2V5=="))
            ),
            (
                "\"connectionString\": \"BlobEndpoint=https://127.0.0.1:10000/acc;SharedAccessSignature=sig=y\"",
                "az://acc/archive/logs/", "https://127.0.0.1:10000", .azureSignature(Concealed("sig=y"))
            ),
            (
                "\"containerUri\": \"https://acc.blob.core.windows.net/archive\"", "az://acc/archive/logs/", nil,
                .anonymous
            ),
            (
                "\"serviceEndpoint\": \"https://acc.blob.core.windows.net\", \"servicePrincipalId\": \"i\", \"servicePrincipalKey\": \"k\", \"tenant\": \"t\"",
                "az://acc/archive/logs/", nil, .azurePrincipal(tenant: "t", client: "i", secret: Concealed("k"))
            ),
        ] as [(String, String, String?, CredentialPlan)]
    )
    func accounts(properties: String, location: String, endpoint: String?, credential: CredentialPlan) throws {
        let old =
            "\"connectionString\": \"DefaultEndpointsProtocol=https;AccountName=archive;EndpointSuffix=core.windows.net\""
        let job = try JobFixture.load(JobFixture.replacing(old, properties), isReadableByOthers: false)
        guard case .objects(let sink) = try copy(try planner(job).plan(job.activities[0])).sink else { throw Missing() }
        #expect(sink.store.location.description == location)
        #expect(sink.store.endpoint?.description == endpoint)
        #expect(sink.store.credential == credential)
        let words = PlanWords(try planner(job).plan(job.activities[0])).lines.joined()
        #expect(!words.contains("sig=") && !words.contains("a2V5"))
        #expect(!String(reflecting: sink).contains("a2V5"))
    }

    @Test("a plan in words says what is done, from where, and how")
    func words() throws {
        let job = try JobFixture.load("files-to-blobs.json")
        #expect(
            PlanWords(try planner(job).plan(job.activities[0])).lines == [
                "CopyLogs:", "  copies /srv/share/ (Share), as it is, gzip", "    what matches a*/**/*.log",
                "    changed at 2018-12-01T05:00:00.000Z or later",
                "    each is removed there once the sink has confirmed it",
                "  to az://archive/archive/logs/ (Account), as it is, gzip", "    in blocks of 8.00 MiB",
                "  over 32 connections at most",
                "  everything is read back and compared", "  keeps metadata",
                "  skips files that vanish, or may not be read",
                "  given up after 12 h",
            ]
        )
        let staged = try JobFixture.load("factory/pipeline/FilesToWarehouse.json")
        let planner = try planner(staged, JobPlannerTests.given["FilesToWarehouse"]!)
        #expect(
            PlanWords(try planner.plan(staged.activities[1])).lines == [
                "Load:", "  copies /srv/in/ (Files), delimited text with a header in UTF-8",
                "    what matches orders-*.csv", "  to the table orders of odbc:… (Warehouse)",
                "    5000 rows a transaction",
                "  by way of s3://staging/orders/ at http://127.0.0.1:9000 (Bucket), compressed",
                "  columns: Id → id, Total → total",
                "  skips files that vanish", "  skips bad rows, and keeps them in /srv/rejected/ (Files)",
                "  tried again 2 times at most, 30 s apart", "  given up after 12 h",
            ]
        )
    }

    @Test("a job in words has its activities in the order that they run in, and a ForEach's for each item")
    func jobWords() throws {
        let job = try JobFixture.load("factory/pipeline/TablesToLake.json")
        let planner = try planner(job, JobPlannerTests.given["TablesToLake"]!)
        #expect(
            try planner.words().dropFirst() == [
                "  Each:", "    for each of 2 items, 4 at a time", "    given up after 12 h",
                "    item 1: {\"name\":\"orders\"}", "      Export:",
                "        copies the table orders of odbc:… (Warehouse)",
                "        to s3://lake/orders/2026/11/21/orders.parquet at https://s3:9000 (Bucket), Parquet, zstd",
                "        over 8 connections at most", "        everything is read back and compared",
                "        skips files that vanish",
                "        tried again 2 times at most, 30 s apart", "        given up after 12 h",
                "    item 2: {\"name\":\"customers\"}", "      Export:",
                "        copies the table customers of odbc:… (Warehouse)",
                "        to s3://lake/orders/2026/11/21/customers.parquet at https://s3:9000 (Bucket), Parquet, zstd",
                "        over 8 connections at most", "        everything is read back and compared",
                "        skips files that vanish",
                "        tried again 2 times at most, 30 s apart", "        given up after 12 h",
                "  Clean, once Each has succeeded:",
                "    deletes /srv/exported/ (Files), delimited text with a header in UTF-8",
                "      changed before 2026-01-01T00:00:00.000Z", "    given up after 12 h",
                "  Tell, once Each has failed or was skipped:", "    in odbc:… (Warehouse):",
                "      runs insert into failures values ('r1')", "    given up after 12 h",
            ]
        )
        #expect(try planner.words(activity: "Clean").count == 5)
        let error = try #require(throws: JobError.self) { try planner.words(activity: "Cleaner") }
        #expect(error.findings.map(\.sentence) == ["there is no activity \"Cleaner\"; there are Each, Clean, Tell"])
    }

    @Test("what can't be computed is told of all activities at once")
    func severalErrors() throws {
        let text = """
            {"properties":{"activities":[
              {"name":"A","type":"Script","state":"Inactive","linkedServiceName":"L","typeProperties":{"scripts":[{"text":"@item"}]}},
              {"name":"B","type":"Script","linkedServiceName":"L","typeProperties":{"scripts":[{"text":"@formatDateTime('x')"}]}},
              {"name":"C","type":"Script","linkedServiceName":"L","typeProperties":{"scripts":[{"text":"@formatDateTime('y')"}]}}]},
             "linkedServices":[{"name":"L","properties":{"type":"Odbc","typeProperties":{"connectionString":"DSN=x"}}}]}
            """
        let job = try JobFixture.load(["job.json": text.replacing("@item", with: "select 1")])
        let error = try #require(throws: JobError.self) { try planner(job).words() }
        #expect(error.findings.map(\.place.line) == [3, 4])
        #expect(
            try planner(job).words(activity: "A") == ["job, from job.json", "  A: not run, and counts as succeeded"]
        )
    }

    @Test("lists of names, folders as columns, quotes and escapes arrive as they are said")
    func sources() throws {
        let settings = "\"fileListPath\": \"lists/today.txt\", \"enablePartitionDiscovery\": false"
        let job = try JobFixture.load(JobFixture.replacing("\"fileListPath\": null", settings))
        guard case .objects(let source) = try copy(try planner(job).plan(job.activities[0])).source else {
            throw Missing()
        }
        #expect(source.selection.filesFrom == .file(path: "/srv/share/lists/today.txt", isDirectory: false))
        let text = "\"columnDelimiter\": \";\", \"quoteChar\": \"\", \"escapeChar\": \"\", \"skipLineCount\": 2"
        let first = try JobFixture.load(
            JobFixture.replacing("\"columnDelimiter\": \";\"", text, in: "first-version.json")
        )
        guard case .objects(let old) = try copy(try planner(first).plan(first.activities[0])).source,
            case .delimited(let plan) = old.format.kind
        else {
            throw Missing()
        }
        #expect(plan.quote == nil)
        #expect(plan.escape == nil)
        #expect(plan.skippedLines == 2)
    }

    @Test(
        "older forms of a mapping mean the same, and paths into nested values are refused",
        arguments: [
            ("\"columnMappings\": {\"a\": \"b\"}", "a", "b"), ("\"schemaMapping\": {\"b\": \"$.a\"}", "a", "b"),
            ("\"schemaMapping\": {\"b\": \"['x y']\"}", "x y", "b"),
            ("\"mappings\": [{\"source\": {\"ordinal\": 2}, \"sink\": {\"path\": \"$['b']\"}}]", "#2", "b"),
        ]
    )
    func mappings(properties: String, source: String, sink: String) throws {
        let old = "\"columnMappings\": \"userid: id, group: team\""
        let job = try JobFixture.load(JobFixture.replacing(old, properties, in: "first-version.json"))
        #expect(
            try copy(try planner(job).plan(job.activities[0])).mapping == .explicit([.init(source: source, sink: sink)])
        )
        for nested in [
            "\"schemaMapping\": {\"b\": \"$.a.c\"}", "\"schemaMapping\": {\"b\": \"$['a']['c']\"}",
            "\"columnMappings\": \"a b\"",
        ] {
            let job = try JobFixture.load(JobFixture.replacing(old, nested, in: "first-version.json"))
            #expect(throws: JobError.self) { try planner(job).plan(job.activities[0]) }
        }
    }

    @Test("of two bounds on connections the smaller holds, and a column's path may be the sink's")
    func bounds() throws {
        let both = try JobFixture.load(JobFixture.replacing("\"blockSizeInMB\": 8", "\"maxConcurrentConnections\": 5"))
        #expect(try copy(try planner(both).plan(both.activities[0])).connections == 5)
        let text = """
            {"name":"C","type":"Copy","inputs":["T"],"outputs":["J"],"typeProperties":{"source":{"type":"OdbcSource"},"sink":{"type":"FileSystemSink"},
              "translator":{"type":"TabularTranslator","schemaMapping":{"column":"$.path"}}},
             "datasets":[{"name":"T","properties":{"type":"OdbcTable","linkedServiceName":"D","typeProperties":{"tableName":"t"}}},
               {"name":"J","properties":{"type":"FileShare","linkedServiceName":"L","typeProperties":{"fileName":"x.json","format":{"type":"JsonFormat"}}}}],
             "linkedServices":[{"name":"D","properties":{"type":"Odbc","typeProperties":{"connectionString":"DSN=x"}}},
               {"name":"L","properties":{"type":"FileServer","typeProperties":{"host":"/srv"}}}]}
            """
        let job = try JobFixture.load(["job.json": text])
        #expect(
            try copy(try planner(job).plan(job.activities[0])).mapping
                == .explicit([.init(source: "column", sink: "path")])
        )
    }

    @Test("what is computed is not computed again: a value from outside is taken as it is")
    func once() throws {
        let job = try JobFixture.load("factory/pipeline/FilesToWarehouse.json")
        let odd = "/srv/@{utcNow()}"
        let planner = try planner(job, ["root": odd, "database": "@item()", "endpoint": "https://s3"])
        let copy = try copy(try planner.plan(job.activities[1]))
        guard case .objects(let source) = copy.source, case .table(let sink) = copy.sink else { throw Missing() }
        #expect(source.store.location == .file(path: odd + "/in/", isDirectory: true))
        #expect(copy.tolerance.badRows?.location == .file(path: odd + "/rejected/", isDirectory: true))
        #expect(sink.store.location == .odbc(connectionString: "Driver={PostgreSQL Unicode};@item();Uid=sluice"))
    }

    @Test("what an activity is given is not told where its policy conceals it")
    func concealed() throws {
        let job = try JobFixture.load(JobFixture.replacing("\"secureOutput\": false", "\"secureInput\": true"))
        #expect(
            try planner(job).words().dropFirst() == [
                "  CopyLogs:", "    what it is given is not shown", "    given up after 12 h",
            ]
        )
    }

    @Test("a path of Windows is refused", arguments: ["\\\\\\\\server\\\\share", "D:\\\\data"])
    func windows(host: String) throws {
        let job = try JobFixture.load(JobFixture.replacing("\"/srv/share\"", "\"\(host)\""))
        let error = try #require(throws: JobError.self) { try planner(job).words() }
        #expect(error.findings.first?.sentence.contains("is a path of Windows") == true)
    }

    @Test("one after another means one at a time, and defaults of datasets' parameters hold")
    func details() throws {
        let text = """
            {"properties":{"activities":[{"name":"E","type":"ForEach","typeProperties":{"items":"@pipeline().parameters.l","isSequential":true,"batchCount":9,"activities":[]}},
              {"name":"D","type":"Delete","typeProperties":{"dataset":"F"}}],"parameters":{"l":{"type":"Array","defaultValue":[1]},"n":{"type":"int","defaultValue":3}}},
             "datasets":[{"name":"F","properties":{"type":"FileShare","linkedServiceName":"L","parameters":{"f":{"type":"String","defaultValue":"in"}},"typeProperties":{"folderPath":"@dataset().f"}}}],
             "linkedServices":[{"name":"L","properties":{"type":"FileServer","typeProperties":{"host":"/srv/"}}}]}
            """
        let job = try JobFixture.load(["job.json": text])
        guard case .forEach(let each) = try planner(job).plan(job.activities[0]).work,
            case .delete(let delete) = try planner(job).plan(job.activities[1]).work
        else {
            throw Missing()
        }
        #expect(each.width == 1)
        #expect(delete.source.store.location == .file(path: "/srv/in/", isDirectory: true))
        #expect(!delete.source.selection.recursive)
        #expect(throws: JobError.self) { try planner(job, ["n": "1.5"]) }
    }

    @Test(
        "a user is added to a connection string that has none",
        arguments: [("DSN=x", "DSN=x;Uid=me"), ("DSN=x;UID=you", "DSN=x;UID=you"), ("DSN=x;", "DSN=x;Uid=me")]
    )
    func users(string: String, made: String) throws {
        let text = """
            {"properties":{"activities":[{"name":"S","type":"Script","linkedServiceName":"L","typeProperties":{"scripts":[{"text":"x"}]}}]},
             "linkedServices":[{"name":"L","properties":{"type":"Odbc","typeProperties":{"connectionString":"\(string)","userName":"me","password":"p"}}}]}
            """
        let job = try JobFixture.load(["job.json": text], isReadableByOthers: false)
        guard case .script(let script) = try planner(job).plan(job.activities[0]).work else { throw Missing() }
        #expect(script.store.location == .odbc(connectionString: made))
        #expect(script.store.credential == .password(user: "me", Concealed("p")))
    }
}
