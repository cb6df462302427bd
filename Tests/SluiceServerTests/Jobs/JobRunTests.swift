import Glibc
import SluiceTestSupport
import Testing

/// Documents of Fixtures/jobs, run against real servers.
@Suite(.timeLimit(.minutes(30))) struct JobRunTests {
    private static let database = DatabaseUnderTest.postgresql

    @Test("files go into PostgreSQL after a script, and what is no row of the table is kept aside")
    func filesToTable() throws {
        let database = JobRunTests.database
        try database.run(
            "drop table if exists job_orders; create table job_orders (id integer primary key, total numeric(8,2))"
        )
        try database.run("insert into job_orders values (7, 7)")
        let job = try JobUnderTest(
            "factory/pipeline/FilesToWarehouseDirectly.json",
            [("\"orders\"", "\"job_orders\""), ("from orders", "from job_orders")]
        )
        let root = try job.directory.folder("root")
        try job.makeFolder("root/in/deep")
        _ = try job.directory.write("root/in/orders-1.csv", Array("Id,Total,Note\n1,2.50,a\n2,x,b\n".utf8))
        _ = try job.directory.write("root/in/deep/orders-2.csv", Array("Id,Total,Note\n3,4,\"c, d\"\n".utf8))
        _ = try job.directory.write("root/in/other.csv", Array("nothing\n".utf8))
        let given = ["root": root, "database": try database.launcher()["connection"]]
        let ended = try job.run(given, environment: database.environment())
        #expect(ended.status == 3, "\(ended.errors)")
        #expect(ended.output?.endings == ["Empty Succeeded", "Load Succeeded"], "\(ended.errors)")
        let load = ended.output?["Load"]?.output
        #expect(load?.rowsRead == 3 && load?.rowsCopied == 2 && load?.rowsSkipped == 1)
        #expect(try database.run("select id, total from job_orders order by id") == "1|2.50\n3|4.00\n")
        let kept = try job.directory.tree("root/rejected")
        let file = try #require(kept.first { $0.hasSuffix("/bad-rows.csv") && $0.hasPrefix("Load/") }, "\(kept)")
        #expect(
            String(decoding: try job.directory.read("root/rejected/" + file), as: UTF8.self).contains("orders-1.csv")
        )
    }

    @Test("each of several tables becomes a Parquet file in S3, and old files are deleted then")
    func tablesToLake() throws {
        let database = JobRunTests.database
        try database.run(
            """
            drop table if exists job_a; create table job_a as select n, 'word ' || n as word from generate_series(1, 1000) as s(n);
            drop table if exists job_b; create table job_b as select n from generate_series(1, 10) as s(n);
            """
        )
        let store = S3Store(kind: "s3-swift")
        let server = try store.server
        let folder = "jobs-\(getpid())/"
        let job = try JobUnderTest(
            "factory/pipeline/TablesToLake.json",
            [("\"lake\"", "\"\(server["bucket"])\""), ("orders/", folder)]
        )
        let root = try job.directory.folder("root")
        try job.makeFolder("root/exported/deep")
        let old = try job.directory.write("root/exported/deep/old.csv", [1])
        _ = try job.directory.write("root/exported/new.csv", [1])
        #expect(try Command.run(["touch", "-d", "2025-06-01", old]).status == 0)
        let given = [
            "root": root, "database": try database.launcher()["connection"], "endpoint": server["endpoint"],
            "tables": "[{\"name\":\"job_a\"},{\"name\":\"job_b\"}]",
        ]
        var environment = try database.environment()
        environment["AWS_ACCESS_KEY_ID"] = server["accessKey"]
        environment["AWS_SECRET_ACCESS_KEY"] = server["secretKey"]
        environment["AWS_REGION"] = server["region"]
        let report = job.directory.path + "/report.json"
        let options = ["--ca-certificate", server["ca"]]
        let ended = try job.run(given, options, environment: environment)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(
            ended.output?.endings
                == ["Clean Succeeded", "Each Succeeded", "Export Succeeded", "Export Succeeded", "Tell Skipped"]
        )
        #expect(ended.output?["Clean"]?.output.filesDeleted == 1)
        #expect(try job.directory.tree("root/exported").contains("new.csv"))
        #expect(!(try job.directory.tree("root/exported").contains { $0.hasSuffix("old.csv") }))
        let names = try store.index(folder).objects.map { $0.name.split(separator: "/").last.map(String.init) }
        #expect(Set(names) == ["job_a.parquet", "job_b.parquet"])
        #expect(ended.output?.activities.compactMap(\.output.rowsCopied).sorted() == [10, 1000])
        // Again, into a file: nothing but the job is written there.
        #expect(
            try job.run(given, options + ["--report", report, "--activity", "Each"], environment: environment).output
                == nil
        )
        #expect(String(decoding: try job.directory.read("report.json"), as: UTF8.self).contains("\"Succeeded\""))
    }

    @Test("where an activity fails, those run that wait for its failure, and not those that wait for its success")
    func failure() throws {
        let database = JobRunTests.database
        try database.run(
            """
            drop table if exists job_failures; create table job_failures (run text);
            drop table if exists job_c; create table job_c (n integer);
            """
        )
        let server = try S3Store(kind: "s3-swift").server
        let job = try JobUnderTest(
            "factory/pipeline/TablesToLake.json",
            [
                ("\"lake\"", "\"\(server["bucket"])\""), ("orders/", "failing-\(getpid())/"),
                ("\"retry\": 2", "\"retry\": 0"),
                ("into failures", "into job_failures"),
            ]
        )
        let given = [
            "root": job.directory.path, "database": try database.launcher()["connection"],
            "endpoint": server["endpoint"],
            "tables": "[{\"name\":\"job_missing\"},{\"name\":\"job_c\"}]",
        ]
        var environment = try database.environment()
        environment["AWS_ACCESS_KEY_ID"] = server["accessKey"]
        environment["AWS_SECRET_ACCESS_KEY"] = server["secretKey"]
        environment["AWS_REGION"] = server["region"]
        let ended = try job.run(given, ["--ca-certificate", server["ca"]], environment: environment)
        #expect(
            ended.output?.endings
                == ["Clean Skipped", "Each Failed", "Export Failed", "Export Succeeded", "Tell Succeeded"],
            "\(ended.errors)"
        )
        #expect(
            ended.output?.activities.first { $0.status == "Failed" && $0.item == 0 }?.error?.message.contains(
                "job_missing"
            ) == true
        )
        #expect(ended.status == 1)
        #expect(try database.run("select count(*) from job_failures") == "1\n")
    }

    @Test("files go to Azure with the key that the document holds, whatever the environment has, and leave their place")
    func filesToBlobs() throws {
        let store = AzureStore()
        let server = try store.server
        let folder = "jobs-\(getpid())"
        let connection = "BlobEndpoint=\(server["endpoint"]);AccountName=\(server["account"])"
        let key =
            "\", \"accountKey\": {\"type\": \"SecureString\", \"value\": \"\(server["accountKey"])\"}, \"azureCloudType\": \""
        let shared = try TemporaryDirectory()
        let job = try JobUnderTest(
            "files-to-blobs.json",
            [
                ("/srv/share", shared.path),
                ("\"container\": \"archive\"", "\"container\": \"\(server["container"])\""),
                (
                    "DefaultEndpointsProtocol=https;AccountName=archive;EndpointSuffix=core.windows.net",
                    connection + key
                ),
                ("\"folderPath\": \"logs\"", "\"folderPath\": \"\(folder)\""),
            ],
            isSecret: true
        )
        for folder in ["a1", "a1/deep", "a2", "b"] { _ = try shared.folder(folder) }
        _ = try shared.write("a1/deep/one.log", Array("one".utf8))
        _ = try shared.write("a2/two.log", [UInt8](repeating: 7, count: 100_000))
        _ = try shared.write("b/three.log", [3])
        let ended = try job.run(
            [:],
            ["--ca-certificate", server["ca"]],
            environment: ["AZURE_STORAGE_KEY": "d3Jvbmc="]
        )
        #expect(ended.status == 0, "\(ended.errors)")
        let copy = ended.output?["CopyLogs"]
        #expect(copy?.output.filesWritten == 2)
        #expect(copy?.output.dataConsistencyVerification?["VerificationResult"] == "Verified")
        let names = try store.index(folder + "/").objects.map { String($0.name.dropFirst(folder.count + 1)) }
        #expect(Set(names) == ["a1/deep/one.log", "a2/two.log"])
        #expect(try shared.tree().filter { $0.hasSuffix(".log") } == ["b/three.log"])
        #expect(!ended.errors.contains(server["accountKey"]))
    }

    @Test("a script's rows are put out as they are, and one that takes too long is ended by the database")
    func script() throws {
        let database = JobRunTests.database
        let job = try JobUnderTest(
            "factory/pipeline/TablesToLake.json",
            [
                ("\"type\": \"NonQuery\",", "\"type\": \"Query\","), ("00:02:00", "00:00:01"),
                ("insert into failures values ('@{pipeline().RunId}')", "@{pipeline().parameters.root}"),
            ]
        )
        func run(_ sql: String) throws -> JobUnderTest.Ending {
            let given = [
                "root": sql, "database": try database.launcher()["connection"], "endpoint": "https://127.0.0.1",
            ]
            return try job.run(given, ["--activity", "Tell"], environment: database.environment())
        }
        let told = try run("select 1 as one; select 'a' as word where false")
        #expect(told.status == 0, "\(told.errors)")
        #expect(told.output?["Tell"]?.output.resultSetCount == 2)
        let late = try run("select pg_sleep(60)")
        #expect(late.status == 1)
        #expect(late.output?["Tell"]?.error?.message.contains("statement timeout") == true, "\(late.errors)")
    }
}
