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
}
