import FoundationEssentials
import Glibc
import SluiceTestSupport
import Testing

/// Properties of documents, each by what it does to a real store.
@Suite(.timeLimit(.minutes(30))) struct JobPropertyTests {
    /// A copy between two stores.
    ///
    /// - Parameters:
    ///   - source: more of the source's `storeSettings`.
    ///   - sink: the same of the sink's.
    private func document(_ from: JobStore, _ to: JobStore, source: String = "", sink: String = "", _ rest: String = "")
        throws -> JobDocument
    {
        var document = JobDocument()
        document.services = ["Source": try from.service(), "Sink": try to.service()]
        document.source = JobDocument.dataset("Binary", "Source", #""location":\#(try from.location("in/"))"#)
        document.sink = JobDocument.dataset("Binary", "Sink", #""location":\#(try to.location("out/"))"#)
        document.copy = """
            "source":{"type":"BinarySource","storeSettings":{"type":"\(from.readSettings)"\(source)}},
            "sink":{"type":"BinarySink","storeSettings":{"type":"\(to.writeSettings)"\(sink)}}\(rest)
            """
        return document
    }

    private func run(
        _ document: JobDocument,
        _ stores: JobStore...,
        options: [String] = [],
        environment: [String: String] = [:]
    )
        throws -> JobUnderTest.Ending
    {
        let job = try JobUnderTest(document.text)
        var environment = environment
        for store in stores { environment.merge(try store.environment()) { first, _ in first } }
        return try job.run([:], JobLogTests.authorities(stores, job.directory) + options, environment: environment)
    }

    @Test("objects get the pairs of a document, over those that they keep", arguments: [JobStore.Kind.s3, .azure])
    func metadata(kind: JobStore.Kind) throws {
        let (from, to) = (try JobStore(.files), try JobStore(kind))
        try from.put("in/a", "a")
        try from.put("in/big", String(repeating: "b", count: 9 << 20))
        for name in ["a", "big"] {
            #expect(
                try Command.run(["touch", "-d", "2026-01-02T03:04:05Z", try from.path() + "in/" + name]).status == 0
            )
        }
        let pairs =
            #","blockSizeInMB":5,"metadata":[{"name":"origin","value":"here"},{"name":"changed","value":"$$LASTMODIFIED"}]"#
        let ended = try run(try document(from, to, sink: pairs, #","preserve":["Mode"]"#), to)
        #expect(ended.status == 0, "\(ended.errors)")
        for name in ["a", "big"] {
            let found = try to.metadata("out/" + name)
            #expect(found["origin"] == "here" && found["changed"] == "2026-01-02T03:04:05.000Z", "\(found)")
            #expect(found["sluicemode"] == "644", "\(found)")
        }
    }

    @Test("pairs are refused where nothing keeps them")
    func refusedMetadata() throws {
        let (from, to) = (try JobStore(.files), try JobStore(.nginx))
        try from.put("in/a", "a")
        var document = try document(from, to)
        document.copy = document.copy.replacing("HttpWriteSettings\"", with: "HttpWriteSettings\",\"metadata\":[]")
        #expect(try run(document, to).errors.contains("there is no property \"metadata\""))
    }

    @Test("a list in a store names the files to take", arguments: JobStore.Kind.allCases)
    func fileList(kind: JobStore.Kind) throws {
        let (from, to) = (try JobStore(kind), try JobStore(.files))
        for name in ["in/a", "in/deep/b", "in/c"] { try from.put(name, name) }
        try from.put("lists/today", "a\ndeep/b\n")
        let list = try from.path("lists/today")
        let ended = try run(try document(from, to, source: #","fileListPath":"\#(list)""#), from)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try to.names() == ["out/a", "out/deep/b"])
        let missing = try run(try document(from, to, source: #","fileListPath":"\#(list)-not""#), from)
        #expect(missing.status != 0)
        #expect(kind == .files || missing.errors.contains("the list of files"), "\(missing.errors)")
    }

    @Test(
        "names of folders become columns of a table, and of files of another format, with columns that are the same in all"
    )
    func partitionDiscovery() throws {
        let database = DatabaseUnderTest.postgresql
        try database.run(
            "drop table if exists job_folders; create table job_folders (id integer, year integer, month text, region text)"
        )
        let (from, to) = (try JobStore(.s3), try JobStore(.files))
        try from.put("in/region=eu/year=2025/month=01/a.csv", "id\n1\n2\n")
        try from.put("in/region=eu/year=2026/plain/month=a=b/b.csv", "id\n3\n")
        try from.put("in/region=us/year=2026/month=12/c.csv", "id\n4\n")
        var document = try document(
            from,
            to,
            source: #","enablePartitionDiscovery":true,"partitionRootPath":"\#(try from.path("in"))""#
        )
        document.services["Base"] = try JobLogTests.service(of: database)
        document.source = JobDocument.dataset(
            "DelimitedText",
            "Source",
            #""location":\#(try from.location("in/region=eu/")),"firstRowAsHeader":true"#
        )
        document.copy = document.copy.replacing("BinarySource", with: "DelimitedTextSource")
        var load = document
        load.sink = JobDocument.dataset("OdbcTable", "Base", #""tableName":"job_folders""#)
        load.copy =
            String(load.copy[..<(try #require(load.copy.firstRange(of: "\"sink\"")?.lowerBound))])
            + #""sink":{"type":"OdbcSink"}"#
        let loaded = try run(load, from, environment: database.environment())
        #expect(loaded.status == 0, "\(loaded.errors)")
        #expect(
            try database.run("select id, year, month, region from job_folders order by id")
                == "1|2025|01|eu\n2|2025|01|eu\n3|2026|a=b|eu\n"
        )
        document.sink = JobDocument.dataset("Json", "Sink", #""location":\#(try to.location("out/"))"#)
        document.copy = document.copy.replacing("BinarySink", with: "JsonSink")
            .replacing(
                #""type":"DelimitedTextSource""#,
                with: #""type":"DelimitedTextSource","additionalColumns":[{"name":"from","value":"$$FILEPATH"}]"#
            )
        let converted = try run(document, from)
        #expect(converted.status == 0, "\(converted.errors)")
        let name = try #require(try to.names().first { $0.contains("month=a=b") })
        #expect(
            try to.text(name)
                == #"{"id":"3","from":"year=2026/plain/month=a=b/b.csv","region":"eu","year":"2026","month":"a=b"}"#
                + "\n"
        )
    }

    @Test("a column of a folder that the file has, too, is refused by its name")
    func twice() throws {
        let (from, to) = (try JobStore(.files), try JobStore(.files))
        try from.put("in/id=7/a.csv", "id\n1\n")
        var document = try document(from, to, source: #","enablePartitionDiscovery":true"#)
        document.source = JobDocument.dataset(
            "DelimitedText",
            "Source",
            #""location":\#(try from.location("in/")),"firstRowAsHeader":true"#
        )
        document.sink = JobDocument.dataset("Json", "Sink", #""location":\#(try to.location("out/"))"#)
        document.copy = document.copy.replacing("BinarySource", with: "DelimitedTextSource").replacing(
            "BinarySink",
            with: "JsonSink"
        )
        let ended = try run(document)
        #expect(ended.status != 0 && ended.errors.contains("there are two columns \"id\""), "\(ended.errors)")
    }

    @Test("rows of a table are cut into files of so many at most")
    func mostRows() throws {
        let database = DatabaseUnderTest.postgresql
        try database.run(
            "drop table if exists job_cut; create table job_cut as select n from generate_series(1, 25) as s(n)"
        )
        let to = try JobStore(.files)
        var document = JobDocument()
        document.services = ["Base": try JobLogTests.service(of: database), "Sink": try to.service()]
        document.source = JobDocument.dataset("OdbcTable", "Base", #""tableName":"job_cut""#)
        document.sink = JobDocument.dataset(
            "DelimitedText",
            "Sink",
            #""location":\#(try to.location("out/")),"firstRowAsHeader":true"#
        )
        document.copy = """
            "source":{"type":"OdbcSource"},
            "sink":{"type":"DelimitedTextSink","storeSettings":{"type":"FileServerWriteSettings"},
             "formatSettings":{"type":"DelimitedTextWriteSettings","maxRowsPerFile":10,"fileNamePrefix":"cut"}}
            """
        let ended = try run(document, environment: database.environment())
        #expect(ended.status == 0, "\(ended.errors)")
        let names = try to.names()
        #expect(names.count == 3 && names.allSatisfy { $0.hasPrefix("out/cut-") }, "\(names)")
        #expect(try names.map { try to.text($0).split(separator: "\n").count } == [11, 11, 6])
    }

    @Test("a file extension that changes nothing is told to")
    func fileExtension() throws {
        let (from, to) = (try JobStore(.files), try JobStore(.files))
        try from.put("in/a.csv", "id\n1\n")
        var document = try document(from, to)
        document.source = JobDocument.dataset("DelimitedText", "Source", #""location":\#(try from.location("in/"))"#)
        document.sink = JobDocument.dataset("DelimitedText", "Sink", #""location":\#(try to.location("out/"))"#)
        document.copy = """
            "source":{"type":"DelimitedTextSource","storeSettings":{"type":"FileServerReadSettings"}},
            "sink":{"type":"DelimitedTextSink","storeSettings":{"type":"FileServerWriteSettings"},
             "formatSettings":{"type":"DelimitedTextWriteSettings","fileExtension":".txt"}}
            """
        let ended = try run(document)
        #expect(ended.status == 0 && ended.errors.contains("\"fileExtension\" has no effect"), "\(ended.errors)")
        #expect(try to.names() == ["out/a.csv"])
    }
}
