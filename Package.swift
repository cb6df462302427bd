// swift-tools-version: 6.2
import PackageDescription

/// A C library that Sluice links: a module map, a header of static inline shims, and the library's own header,
/// found by pkg-config.
func library(_ name: String, pkgConfig: String, package: String) -> Target {
    .systemLibrary(name: name, path: "Sources/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

let package = Package(
    name: "sluice",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "sluice", targets: ["sluice"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .executableTarget(name: "sluice", dependencies: ["SluiceCommands"]),
        .target(
            name: "SluiceCommands",
            dependencies: [
                "SluiceBench", "SluiceJobs", "SluiceEngine", "SluiceODBC", "SluiceTables", "SluiceLedger", "SluiceStores", "SluiceCodecs",
                "SluicePipeline", "SluiceDigests", "SluiceCore", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .target(
            name: "SluiceEngine",
            dependencies: [
                "SluiceODBC", "SluiceTables", "SluiceLedger", "SluiceStores", "SluiceCodecs", "SluicePipeline", "SluiceDigests",
                "SluiceCore",
            ]
        ),
        .target(
            name: "SluiceBench",
            dependencies: [
                "SluiceEngine", "SluiceStores", "SluiceCodecs", "SluiceDigests", "SluicePipeline", "SluiceCore",
                "COpenSSL", "CLinux",
            ]
        ),
        .target(
            name: "SluiceLedger",
            dependencies: [
                "SluiceCore", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .target(name: "SluicePipeline", dependencies: ["SluiceDigests", "SluiceCore"]),
        .target(name: "SluiceStores", dependencies: ["SluiceDigests", "SluiceCore", "CCurl", "COpenSSL", "CLinux"]),
        .target(name: "SluiceODBC", dependencies: ["SluiceTables", "SluiceCore", "CODBC"]),
        .target(name: "SluiceJobs", dependencies: ["SluiceCore"], exclude: ["PROPERTIES.md", "job.schema.json"]),
        .target(name: "SluiceTables", dependencies: ["SluiceCore", "CScan"], exclude: ["TYPES.md"]),
        .target(name: "SluiceCodecs", dependencies: ["SluiceCore", "CISAL", "CZlib", "CLZ4", "CZstd", "CSnappy"]),
        .target(name: "SluiceDigests", dependencies: ["SluiceCore", "CFold", "COpenSSL"]),
        .target(name: "SluiceCore"),
        .target(name: "CFold"),
        .target(name: "CScan"),

        .systemLibrary(name: "CLinux", path: "Sources/CLinux"),
        library("CCurl", pkgConfig: "libcurl", package: "libcurl4-openssl-dev"),
        library("COpenSSL", pkgConfig: "openssl", package: "libssl-dev"),
        library("CODBC", pkgConfig: "odbc", package: "unixodbc-dev"),
        library("CISAL", pkgConfig: "libisal", package: "libisal-dev"),
        library("CZlib", pkgConfig: "zlib", package: "zlib1g-dev"),
        library("CLZ4", pkgConfig: "liblz4", package: "liblz4-dev"),
        library("CSnappy", pkgConfig: "snappy", package: "libsnappy-dev"),
        library("CZstd", pkgConfig: "libzstd", package: "libzstd-dev"),

        .testTarget(name: "SluiceCoreTests", dependencies: ["SluiceCore", "SluiceTestSupport"]),
        .target(name: "SluiceTestSupport", dependencies: ["SluiceCore", "CLinux"], path: "Tests/SluiceTestSupport"),
        .testTarget(
            name: "SluiceDigestsTests",
            dependencies: ["SluiceDigests", "SluiceCore", "CFold", "SluiceTestSupport"]
        ),
        .testTarget(name: "SluiceCodecsTests", dependencies: ["SluiceCodecs", "SluiceCore", "SluiceTestSupport"]),
        .testTarget(
            name: "SluiceTablesTests",
            dependencies: ["SluiceTables", "SluiceCodecs", "SluiceCore", "SluiceTestSupport"]
        ),
        // What measures text in memory.
        .executableTarget(
            name: "SluiceTableProbe",
            dependencies: ["SluiceTables", "SluiceCodecs", "SluiceCore"],
            path: "Tests/SluiceTableProbe"
        ),
        .testTarget(name: "SluicePipelineTests", dependencies: ["SluicePipeline", "SluiceCore", "SluiceTestSupport"]),
        .testTarget(
            name: "SluiceStoresTests",
            dependencies: ["SluiceStores", "SluiceCore", "CCurl", "SluiceTestSupport"]
        ),
        .testTarget(
            name: "SluiceEngineTests",
            dependencies: [
                "sluice", "SluiceEngine", "SluiceLedger", "SluiceStores", "SluiceCodecs", "SluicePipeline", "SluiceDigests",
                "SluiceCore", "SluiceTestSupport",
            ]
        ),
        .testTarget(
            name: "SluiceCommandsTests",
            dependencies: [
                "sluice", "SluiceCommands", "SluiceEngine", "SluiceLedger", "SluiceStores", "SluiceCodecs", "SluicePipeline",
                "SluiceCore",
                "SluiceTestSupport", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        // What the ledger's tests kill, and what measures it.
        .executableTarget(
            name: "SluiceLedgerProbe",
            dependencies: ["SluiceLedger", "SluiceCore"],
            path: "Tests/SluiceLedgerProbe"
        ),
        .testTarget(
            name: "SluiceLedgerTests",
            dependencies: [
                "SluiceLedger", "SluiceLedgerProbe", "SluiceCore", "SluiceTestSupport", .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "SluiceODBCTests",
            dependencies: ["SluiceODBC", "SluiceTables", "SluiceCore", "CODBC", "SluiceTestSupport"]
        ),
        .testTarget(name: "SluiceJobsTests", dependencies: ["SluiceJobs", "SluiceCore", "SluiceTestSupport"]),
        .testTarget(
            name: "SluiceServerTests",
            dependencies: [
                "sluice", "SluiceODBC", "SluiceTables", "SluiceEngine", "SluiceLedger", "SluiceStores", "SluiceCodecs", "SluicePipeline", "SluiceCore", "SluiceTestSupport",
            ]
        ),
        .testTarget(
            name: "SluiceFuzzTests",
            dependencies: [
                "SluiceCommands", "SluiceEngine", "SluiceJobs", "SluiceStores", "SluiceTables", "SluiceCodecs", "SluiceCore",
                "SluiceTestSupport",
            ],
            exclude: ["Corpus"]
        ),
        .testTarget(
            name: "SluiceBenchTests",
            dependencies: [
                "SluiceBench", "SluiceEngine", "SluiceStores", "SluiceCodecs", "SluicePipeline", "SluiceCore",
                "SluiceTestSupport",
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

/// Modules that handle raw memory or call C: every unsafe expression in them is marked.
let handlesRawMemory: Set<String> = [
    "SluiceCodecs", "SluiceDigests", "SluiceStores", "SluicePipeline", "SluiceCore",
    "SluiceBench", "SluiceLedger", "SluiceTables", "SluiceODBC",
]

for target in package.targets where target.type != .system {
    var settings = target.swiftSettings ?? []
    settings += [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .treatAllWarnings(as: .error),
    ]
    if handlesRawMemory.contains(target.name) { settings.append(.strictMemorySafety()) }
    target.swiftSettings = settings
}
