import SluiceTestSupport
import Testing

/// Documents with a staging store, run against real servers.
@Suite(.timeLimit(.minutes(30))) struct JobStagingTests {
    private static let database = DatabaseUnderTest.postgresql

    @Test("files go by S3 into PostgreSQL, and what is no row of the table is kept aside")
    func byBucket() throws {
        let database = JobStagingTests.database
        try database.run(
            "drop table if exists job_staged; create table job_staged (id integer primary key, total numeric(8,2))"
        )
        let store = S3Store(kind: "s3-juicefs")
        let server = try store.server
        let job = try JobUnderTest(
            "factory/pipeline/FilesToWarehouse.json",
            [
                ("\"orders\"", "\"job_staged\""), ("from orders", "from job_staged"),
                ("staging/orders", server["bucket"] + "/job-staged"),
            ]
        )
        let root = try job.directory.folder("root")
        try job.makeFolder("root/in")
        _ = try job.directory.write("root/in/orders-1.csv", Array("Id,Total,Note\n1,2.50,a\n2,x,b\n".utf8))
        _ = try job.directory.write("root/in/orders-2.csv", Array("Id,Total,Note\n3,4,\"c, d\"\n".utf8))
        var environment = try database.environment()
        environment["AWS_ACCESS_KEY_ID"] = server["accessKey"]
        environment["AWS_SECRET_ACCESS_KEY"] = server["secretKey"]
        environment["AWS_REGION"] = server["region"]
        let given = ["root": root, "database": try database.launcher()["connection"], "endpoint": server["endpoint"]]
        let ended = try job.run(given, ["--ca-certificate", server["ca"]], environment: environment)
        #expect(ended.status == 3, "\(ended.errors)")
        let load = ended.output?["Load"]?.output
        #expect(load?.rowsRead == 3 && load?.rowsCopied == 2 && load?.rowsSkipped == 1, "\(ended.errors)")
        #expect(try database.run("select id, total from job_staged order by id") == "1|2.50\n3|4.00\n")
        let left = try store.index("job-staged/")
        #expect(left.objects.isEmpty && left.unfinished.isEmpty)
    }

    @Test("files are staged on an HTTPS server, from which PostgreSQL fetches them by a program")
    func byServer() throws {
        let database = JobStagingTests.database
        try database.run("drop table if exists job_fetched; create table job_fetched (id integer, total numeric(8,2))")
        let nginx = try NginxStore().server
        let job = try JobUnderTest(
            "factory/pipeline/FilesToWarehouseByServer.json",
            [
                ("\"orders\"", "\"job_fetched\""), ("copy orders", "copy job_fetched"),
                ("\"staging\"", "\"up/job-fetched\""), ("curl -sSf", "curl -sSf --cacert \(nginx["ca"])"),
            ]
        )
        let root = try job.directory.folder("root")
        try job.makeFolder("root/in")
        for file in 1...3 {
            _ = try job.directory.write("root/in/orders-\(file).csv", Array("Id,Total\n\(file),\(file).50\n".utf8))
        }
        let given = ["root": root, "database": try database.launcher()["connection"], "url": nginx["endpoint"]]
        let ended = try job.run(given, ["--ca-certificate", nginx["ca"]], environment: database.environment())
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try database.run("select id, total from job_fetched order by id") == "1|1.50\n2|2.50\n3|3.50\n")
        #expect(try NginxStore().index("job-fetched/").objects.isEmpty)
    }

    @Test("a query of PostgreSQL goes by Azure into MariaDB, where rows replace those of their keys")
    func toMart() throws {
        let (database, mart) = (JobStagingTests.database, DatabaseUnderTest.mariadb)
        try database.run(
            """
            drop table if exists job_mart_source;
            create table job_mart_source as select n as id, n * 1.5 as total, date '2026-01-01' + n % 7 - 3 as day
            from generate_series(1, 7000) as s(n);
            """
        )
        try mart.run(
            """
            drop table if exists job_mart; create table job_mart (id integer primary key, total decimal(12,2));
            insert into job_mart values (3, 99), (10000, 1);
            """
        )
        let azure = try AzureStore().server
        let job = try JobUnderTest(
            "factory/pipeline/WarehouseToMart.json",
            [
                ("from orders", "from job_mart_source"), ("\"table\": \"orders\"", "\"table\": \"job_mart\""),
                ("staging/mart", azure["container"] + "/job-mart"),
            ]
        )
        var environment = ["AZURE_STORAGE_KEY": azure["accountKey"]]
        environment["SLUICE_ODBC_PASSWORD_SOURCE"] = try database.launcher()["password"]
        environment["SLUICE_ODBC_PASSWORD_SINK"] = try mart.launcher()["password"]
        let given = [
            "database": try database.launcher()["connection"], "mart": try mart.launcher()["connection"],
            "account": azure["account"], "endpoint": azure["endpoint"],
        ]
        let ended = try job.run(given, ["--ca-certificate", azure["ca"]], environment: environment)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output?["Move"]?.output.rowsCopied == 4000)
        #expect(
            try mart.run("select count(*), min(total), max(id), max(case id when 3 then total end) from job_mart;")
                == "4001\t1.00\t10000\t4.50\n"
        )
        let left = try AzureStore().index("job-mart/")
        #expect(left.objects.isEmpty && left.unfinished.isEmpty)
    }
}
