import Glibc
import SluiceTestSupport
import Testing

/// Logs of copies and deletions in stores, read back by another client.
@Suite(.timeLimit(.minutes(30))) struct JobLogTests {
    private static let head = "Timestamp,Level,OperationName,OperationItem,Message"

    /// A copy of the files of one store to another, as they are.
    private func document(_ from: JobStore, _ to: JobStore, _ log: JobStore, _ level: String, _ reliable: Bool) throws
        -> JobDocument
    {
        var document = JobDocument()
        document.services = ["Source": try from.service(), "Sink": try to.service(), "Log": try log.service()]
        document.source = JobDocument.dataset("Binary", "Source", #""location":\#(try from.location("in/"))"#)
        document.sink = JobDocument.dataset("Binary", "Sink", #""location":\#(try to.location("out/"))"#)
        document.copy = """
            "source":{"type":"BinarySource","storeSettings":{"type":"\(from.readSettings)"}},
            "sink":{"type":"BinarySink","storeSettings":{"type":"\(to.writeSettings)"}},
            "parallelCopies":1,"skipErrorFile":{"invalidFileName":true},
            "logSettings":{"enableCopyActivityLog":true,
             "copyActivityLogSettings":{"logLevel":"\(level)","enableReliableLogging":\(reliable)},
             "logLocationSettings":{"linkedServiceName":"Log","path":"\(try log.path("logs"))"}}
            """
        return document
    }

    /// The lines of a log without their times: level, operation and item.
    private func told(_ text: String) -> [String] {
        text.split(separator: "\n").dropFirst().map { line in
            line.split(separator: ",").dropFirst().prefix(3).joined(separator: " ").replacing("\"", with: "")
        }
    }

    @Test(
        "each file that is read and written is told in a log in any store, reliable or not",
        arguments: JobStore.Kind.allCases,
        [true, false]
    )
    func everyFile(kind: JobStore.Kind, isReliable: Bool) throws {
        let (from, to, log) = (try JobStore(.files), try JobStore(.files), try JobStore(kind))
        try from.put("in/a.bin", "a")
        try from.put("in/deep/b.bin", String(repeating: "b", count: 70_000))
        let job = try JobUnderTest(try document(from, to, log, "Info", isReliable).text)
        let ended = try job.run([:], try log.authority(), environment: try log.environment())
        #expect(ended.status == 0, "\(ended.errors)")
        let names = try log.names()
        let output = try #require(ended.output)
        #expect(names.count == 1, "\(names)")
        let name = try #require(names.first)
        #expect(name.hasPrefix("logs/copyactivity-logs/Copy/\(output.runId)/") && name.hasSuffix(".txt"))
        #expect(name.split(separator: "/").last?.utf8.count == 40)
        #expect(output["Copy"]?.output.logFilePath?.hasSuffix(name) == true, "\(output)")
        let text = try log.text(name)
        #expect(text.hasPrefix(JobLogTests.head + "\n2"))
        #expect(
            told(text).sorted()
                == [
                    "Info FileRead a.bin", "Info FileRead deep/b.bin", "Info FileWrite out/a.bin",
                    "Info FileWrite out/deep/b.bin",
                ].map { $0.replacing("out/", with: "") }
        )
        #expect(try to.text("out/a.bin") == "a")
    }

    @Test(
        "a file whose name the sink can't hold is skipped, told in the log of what was skipped, and the exit code is 3"
    )
    func skippedFile() throws {
        let (from, to, log) = (try JobStore(.files), try JobStore(.s3), try JobStore(.azure))
        let long = Array(repeating: String(repeating: "x", count: 200), count: 6).joined(separator: "/")
        try from.put("in/good", "good")
        try from.put("in/" + long, "bad")
        let job = try JobUnderTest(try document(from, to, log, "Warning", true).text)
        let authority = try JobLogTests.authorities([to, log], job.directory)
        let ended = try job.run([:], authority, environment: try to.environment())
        #expect(ended.status == 3, "\(ended.errors)")
        #expect(ended.output?.endings == ["Copy Succeeded"])
        #expect(ended.output?["Copy"]?.output.filesSkipped == 1)
        #expect(try to.names() == ["out/good"])
        let text = try log.text(try #require(try log.names().first))
        #expect(told(text) == ["Warning FileSkip \(long)"])
    }

    /// One file with the authorities of several stores.
    static func authorities(_ stores: [JobStore], _ directory: TemporaryDirectory) throws -> [String] {
        let files = try stores.flatMap { try $0.authority() }.filter { !$0.hasPrefix("--") }
        guard !files.isEmpty else { return [] }
        let all = try Command.run(["cat"] + files).output
        return ["--ca-certificate", try directory.write("authorities.pem", all)]
    }

    @Test("rows that a table does not take are told, each, and files are not where only what was skipped is asked for")
    func skippedRows() throws {
        let database = DatabaseUnderTest.postgresql
        try database.run("drop table if exists job_log; create table job_log (id integer, total numeric(8,2))")
        let (from, log) = (try JobStore(.files), try JobStore(.s3))
        try from.put("in/a.csv", "id,total\n1,2.50\n2,x\n3,y\n")
        var document = try document(from, from, log, "Warning", true)
        document.services["Sink"] = try JobLogTests.service(of: database)
        document.source = JobDocument.dataset(
            "DelimitedText",
            "Source",
            #""location":\#(try from.location("in/")),"firstRowAsHeader":true"#
        )
        document.sink = JobDocument.dataset("OdbcTable", "Sink", #""tableName":"job_log""#)
        document.copy = document.copy
            .replacing(#""type":"BinarySource""#, with: #""type":"DelimitedTextSource""#)
            .replacing(
                #""sink":{"type":"BinarySink","storeSettings":{"type":"FileServerWriteSettings"}}"#,
                with: #""sink":{"type":"OdbcSink"},"enableSkipIncompatibleRow":true"#
            )
        let job = try JobUnderTest(document.text)
        let environment = try database.environment().merging(try log.environment()) { first, _ in first }
        let ended = try job.run([:], try log.authority(), environment: environment)
        #expect(ended.status == 3, "\(ended.errors)")
        let text = try log.text(try #require(try log.names().first))
        let lines = text.split(separator: "\n").dropFirst()
        #expect(lines.count == 2, "\(text)")
        #expect(lines.first?.contains(",Warning,TabularRowSkip,\"2,x\",\"line 3 of ") == true, "\(text)")
        #expect(try database.run("select count(*) from job_log") == "1\n")
    }

    @Test(
        "a log that grows beyond what is put anew goes on in another object, with no line lost or told twice",
        arguments: [true, false]
    )
    func largeLog(isReliable: Bool) throws {
        let database = DatabaseUnderTest.postgresql
        let table = "job_large_log_\(isReliable)"
        try database.run("drop table if exists \(table); create table \(table) (id integer, total numeric(8,2))")
        let (from, log) = (try JobStore(.files), try JobStore(.nginx))
        let count = 20_000
        try from.put("in/a.csv", "id,total\n" + (1...count).map { "\($0),bad-\($0)\n" }.joined())
        var document = try document(from, from, log, "Warning", isReliable)
        document.services["Sink"] = try JobLogTests.service(of: database)
        document.source = JobDocument.dataset(
            "DelimitedText",
            "Source",
            #""location":\#(try from.location("in/")),"firstRowAsHeader":true"#
        )
        document.sink = JobDocument.dataset("OdbcTable", "Sink", #""tableName":"\#(table)""#)
        document.copy = document.copy
            .replacing(#""type":"BinarySource""#, with: #""type":"DelimitedTextSource""#)
            .replacing(
                #""sink":{"type":"BinarySink","storeSettings":{"type":"FileServerWriteSettings"}}"#,
                with: #""sink":{"type":"OdbcSink"},"enableSkipIncompatibleRow":true"#
            )
        let job = try JobUnderTest(document.text)
        let ended = try job.run([:], try log.authority(), environment: database.environment())
        #expect(ended.status == 3, "\(ended.errors)")
        let names = try log.names()
        #expect(names.count >= 2 && names.contains { $0.hasSuffix("-2.txt") }, "\(names)")
        var told: Set<String> = []
        var lines = 0
        for name in names {
            let text = try log.text(name)
            #expect(text.hasPrefix(JobLogTests.head + "\n") && text.utf8.count < 2 << 20)
            for line in text.split(separator: "\n").dropFirst() {
                lines += 1
                if let start = line.firstRange(of: "bad-")?.upperBound {
                    told.insert(String(line[start...].prefix { $0.isNumber }))
                }
            }
        }
        #expect(lines == count && told.count == count, "\(lines) lines of \(told.count) rows")
    }

    static func service(of database: DatabaseUnderTest) throws -> String {
        let connection = try database.launcher()["connection"].replacing("\\", with: "\\\\").replacing(
            "\"",
            with: "\\\""
        )
        return #"{"type":"Odbc","typeProperties":{"connectionString":"\#(connection)"}}"#
    }

    @Test("a log that can't be kept ends the copy before anything is touched")
    func refused() throws {
        let (from, to, log) = (try JobStore(.files), try JobStore(.files), try JobStore(.files))
        try from.put("in/a.bin", "a")
        try log.put("logs", "a file where the folder should be")
        let job = try JobUnderTest(try document(from, to, log, "Info", true).text)
        let ended = try job.run([:], environment: [:])
        #expect(ended.status == 1, "\(ended.errors)")
        #expect(ended.output?["Copy"]?.error?.message.contains("the log ") == true, "\(ended.errors)")
        #expect(try to.names().isEmpty)
    }

    @Test(
        "a reliable log of a copy that is killed has told of every file but the one under way",
        arguments: [JobStore.Kind.files, .s3]
    )
    func killed(kind: JobStore.Kind) throws {
        let (from, to, log) = (try JobStore(.files), try JobStore(.files), try JobStore(kind))
        for number in 0..<400 { try from.put("in/\(number)", "\(number)") }
        let job = try JobUnderTest(try document(from, to, log, "Info", true).text)
        let begun = try job.start(try log.authority(), try log.environment())
        try begun.kill(once: { try to.names().count >= 5 })
        let there = try to.names().filter { !$0.hasPrefix("out/.") }.count
        let text = try log.text(try #require(try log.names().first { $0.hasSuffix(".txt") }))
        let written = told(text).filter { $0.hasPrefix("Info FileWrite") }.count
        #expect(there >= 5 && there < 400, "\(there)")
        #expect(there - written <= 1, "\(there) files are there, and \(written) told")
    }

    @Test("what a Delete activity takes away is told, folders too, and none is left")
    func deletion() throws {
        let (store, log) = (try JobStore(.files), try JobStore(.nginx))
        try store.put("in/a", "a")
        try store.put("in/deep/deeper/b", "b")
        let services =
            #"{"name":"Source","properties":\#(try store.service())},{"name":"Log","properties":\#(try log.service())}"#
        let dataset = JobDocument.dataset("Binary", "Source", #""location":\#(try store.location("in/"))"#)
        let text = """
            {"properties":{"activities":[{"name":"Delete","type":"Delete","typeProperties":{
             "dataset":{"referenceName":"From","type":"DatasetReference"},
             "storeSettings":{"type":"FileServerReadSettings","recursive":true},
             "enableLogging":true,"logStorageSettings":{"linkedServiceName":"Log","path":"\(try log.path("logs"))"}}}]},
             "datasets":[{"name":"From","properties":\(dataset)}],"linkedServices":[\(services)]}
            """
        let job = try JobUnderTest(text)
        let ended = try job.run([:], try log.authority(), environment: [:])
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output?["Delete"]?.output.filesDeleted == 2)
        #expect(try store.names().isEmpty)
        let tree = try Command.run(["find", try store.path(), "-mindepth", "1"]).output
        #expect(String(decoding: tree, as: UTF8.self) == "")
        let name = try #require(try log.names().first)
        #expect(ended.output?["Delete"]?.output.logPath?.hasSuffix(name) == true)
        let lines = try log.text(name).split(separator: "\n")
        #expect(lines.first == "Name,Category,Status,Error")
        #expect(lines.filter { $0.contains(",File,Deleted,") }.count == 2)
        #expect(lines.filter { $0.contains(",Folder,Deleted,") }.count == 3, "\(lines)")
    }
}
