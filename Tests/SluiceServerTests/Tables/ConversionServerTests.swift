import SluiceCore
import SluiceEngine
import SluiceStores
import SluiceTables
import SluiceTestSupport
import Testing

/// Files of rows in stores become files of another format, here or there.
@Suite(.serialized, .timeLimit(.minutes(30))) struct ConversionServerTests {
    private let directory: TemporaryDirectory
    private let sink: TemporaryDirectory

    /// Rows enough for several row groups and several requests a column.
    private static let rows = 400_000

    init() throws {
        directory = try TemporaryDirectory()
        sink = try TemporaryDirectory()
        var random = SeededGenerator(seed: 4)
        var text = "number,word,noise\n"
        for row in 0..<Self.rows {
            let noise = UInt64.random(in: 0 ... .max, using: &random)
            text += "\(row),\(row % 7 == 0 ? "" : "word \(row % 100)"),\(noise)\n"
        }
        _ = try directory.write("rows.csv", Array(text.utf8))
        var conversion = Conversion()
        conversion.types = ["number": .integer(bits: 32, isSigned: true), "noise": .integer(bits: 64, isSigned: false)]
        try Self.convert(
            try Location(parsing: "\(directory.path)/rows.csv"),
            try Location(parsing: "\(directory.path)/rows.parquet"),
            .parquet,
            conversion
        )
    }

    private static func convert(
        _ source: Location,
        _ sink: Location,
        _ format: TableOptions.Format,
        _ conversion: Conversion = Conversion(),
        prepare: (inout CopySpecification) throws -> Void = { _ in }
    ) throws {
        var specification = CopySpecification(source: source, sink: sink)
        // Row groups of a few megabytes.
        specification.memory = .mebibytes(32)
        specification.table.format = format
        specification.table.conversion = conversion
        try prepare(&specification)
        let outcome = try StoreContractTests.copy(specification)
        #expect(outcome.failures.map(\.description) == [])
    }

    private static let stores: [any StoreUnderTest] = [NginxStore(), S3Store(kind: "s3-seaweedfs"), AzureStore()]
        .filter { store in Stores.all.contains { $0.testDescription == store.testDescription } }

    private func isSame(_ name: String, as other: String) throws -> Bool {
        try Command.run(["cmp", "\(directory.path)/\(name)", "\(sink.path)/\(other)"]).status == 0
    }

    @Test("Parquet in a store is read by ranges, and text in one becomes Parquet there", arguments: stores)
    func both(_ store: any StoreUnderTest) throws {
        try store.put("convert/rows.parquet", "\(directory.path)/rows.parquet")
        try store.put("convert/rows.csv", "\(directory.path)/rows.csv")
        let reached: (inout CopySpecification) throws -> Void = { specification in
            try store.prepare(&specification)
            specification.sourceConnection = specification.sinkConnection
        }
        let place = try store.location("convert/")
        let local = { (name: String) in try Location(parsing: "\(sink.path)/\(name)") }
        try Self.convert(try Location(parsing: place + "rows.parquet"), local("down.csv"), .csv, prepare: reached)
        #expect(try isSame("rows.csv", as: "down.csv"))
        try Self.convert(
            try Location(parsing: place + "rows.csv"),
            try Location(parsing: place + "there.parquet"),
            .parquet,
            prepare: reached
        )
        try Self.convert(try Location(parsing: place + "there.parquet"), local("again.csv"), .csv, prepare: reached)
        #expect(try isSame("rows.csv", as: "again.csv"))
    }

    @Test("a line that breaks within a range is gone on with", arguments: stores)
    func broken(_ store: any StoreUnderTest) throws {
        try store.put("convert-cut/rows.parquet", "\(directory.path)/rows.parquet")
        var setting = try DownSetting(
            store,
            "convert-cut/rows.parquet",
            to: sink.path,
            ["match": "GET .*/rows.parquet", "times": "3", "truncate-response": "100000"]
        )
        setting.specification.table.format = .csv
        setting.specification.table.conversion = Conversion()
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.description) == [])
        #expect(try isSame("rows.csv", as: "rows.csv"))
        let asked = try setting.reads(of: "/rows.parquet").filter { $0.method == "GET" }.compactMap(\.start)
        // The footer first.
        #expect((asked.first ?? 0) > 1 << 20, "\(asked)")
    }

    @Test("skipped rows go into a store, and those of an object that is sent again are told once", arguments: stores)
    func badRows(_ store: any StoreUnderTest) throws {
        var text = "number,word\n"
        // 64 KiB of rows between one bad row and the next, so that several chunks have one.
        for row in 0..<60_000 { text += row % 6000 == 0 ? "bad,row,\(row)\n" : "\(row),some word\n" }
        let path = try directory.write("bad-rows.csv", Array(text.utf8))
        let place = try store.location("bad-rows/")
        let (specification, proxy) = try faulty(store, place)
        var copy = specification
        copy.source = .file(path: path, isDirectory: false)
        copy.table.format = .jsonl
        copy.table.conversion = Conversion()
        copy.tableSink.mostBadRows = nil
        copy.tableSink.badRows = try Location(parsing: place)
        var reached = CopySpecification(source: copy.source, sink: try Location(parsing: place))
        try store.prepare(&reached)
        copy.badRowsConnection = reached.sinkConnection
        copy.environment.merge(["TMPDIR": sink.path]) { $1 }
        let run = CopyRun(copy)
        _ = try run.execute()
        let rows = try #require(run.tally.reading.rows)
        #expect(rows == RowCount(read: 60_000, copied: 59_990, skipped: 10))
        #expect(run.rowFacts?.read == 60_000)
        let answers = String(decoding: try Command.run(["cat", proxy["log"]]).output, as: UTF8.self)
        #expect(answers.split(separator: "\n").count { $0.contains("PUT") && $0.contains("rows.jsonl") } > 2)
        var down = CopySpecification(source: try Location(parsing: place + "bad-rows.csv"), sink: .standardStream)
        down.sink = .file(path: sink.path + "/found.csv", isDirectory: false)
        try store.prepare(&down)
        down.sourceConnection = down.sinkConnection
        #expect(try StoreContractTests.copy(down).failures.map(\.description) == [])
        let lines = String(decoding: try sink.read("found.csv"), as: UTF8.self).split(separator: "\n")
        let wanted = (0..<10).map { "bad-rows.csv,\($0 * 6000 + 2),,," }
        #expect(lines.dropFirst().map { $0.prefix { $0 != "D" } }.map(String.init) == wanted, "\(lines)")
        // Nothing of ours is left where it was kept meanwhile.
        #expect(try sink.tree() == ["found.csv"])
    }

    /// A copy to the store whose first answers are lost on the way.
    private func faulty(_ store: any StoreUnderTest, _ place: String) throws -> (CopySpecification, Launcher) {
        var specification = CopySpecification(
            source: .standardStream,
            sink: try Location(parsing: place + "rows.jsonl")
        )
        try store.prepare(&specification)
        let authority = try #require(specification.sinkConnection.caCertificate)
        let upstream: String
        if case .http(let address) = specification.sink {
            upstream = address.origin
        } else {
            upstream = try #require(specification.sinkConnection.endpoint).description
        }
        let rule = ["--match", "PUT .*rows.jsonl", "--times", "2", "--drop-after-body"]
        let proxy = try Launcher("faults", ["--https", "--upstream", upstream, "--upstream-ca", authority] + rule)
        let endpoint = try HTTPAddress(parsing: proxy["endpoint"])
        specification.sinkConnection.caCertificate = proxy["ca"]
        if case .http(var address) = specification.sink {
            address.port = endpoint.port
            specification.sink = .http(address)
        } else {
            specification.sinkConnection.endpoint = endpoint
        }
        return (specification, proxy)
    }
}
