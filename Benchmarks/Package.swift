// swift-tools-version: 6.2
import PackageDescription

/// The benchmark's own programs. They are C, so that nothing but the system calls and OpenSSL is in their figures.
let package = Package(
    name: "sluice-benchmarks",
    products: [
        .executable(name: "bare-loop", targets: ["BareLoop"]),
        .executable(name: "cursor-loop", targets: ["CursorLoop"]),
        .executable(name: "stopwatch", targets: ["Stopwatch"]),
    ],
    targets: [
        .executableTarget(name: "BareLoop", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .executableTarget(name: "CursorLoop", linkerSettings: [.linkedLibrary("odbc")]),
        .executableTarget(name: "Stopwatch"),
    ],
    cLanguageStandard: .gnu11
)

for target in package.targets {
    target.cSettings = [.define("_GNU_SOURCE"), .unsafeFlags(["-Wall", "-Wextra", "-Werror"])]
}
