import ArgumentParser
import SluiceCore
import SluiceEngine
import SluicePipeline
import SluiceStores
import Testing

@testable import SluiceCommands

private func specification(into sink: String = "out", _ arguments: String...) throws -> CopySpecification {
    let command = try #require(try SluiceCommand.parseAsRoot(["copy", "in", sink] + arguments) as? CopyCommand)
    return try command.copy.specification(command.connection, command.selection, environment: [:])
}

@Suite struct CopyArgumentsTests {
    @Test("without options the contract's defaults hold")
    func defaults() throws {
        let plain = try specification()
        #expect(plain.source == .file(path: "in", isDirectory: false))
        #expect(plain.sink == .file(path: "out", isDirectory: false))
        #expect(plain.connections == .automatic)
        #expect(plain.blockSize == nil)
        #expect(plain.memory == .mebibytes(256))
        #expect(plain.codec == nil)
        #expect(plain.verification == .transfer)
        #expect(plain.overwrite == .always)
        #expect(plain.selection.isEverything)
        #expect(plain.skipsMissing)
        #expect(plain.sinkConnection.proxy == .system)
        #expect(!plain.sinkConnection.allowsPlaintext)
    }

    @Test(
        "sizes are read in binary and decimal units",
        arguments: [("8M", 8 << 20), ("8MiB", 8 << 20), ("8MB", 8_000_000), ("1g", 1 << 30), ("16777216", 1 << 24)]
    )
    func sizes(text: String, bytes: Int) throws {
        #expect(try specification("--block-size", text).blockSize == ByteCount(bytes))
    }

    @Test("limits reach the engine")
    func limits() throws {
        #expect(try specification().bandwidth == nil)
        let made = try specification("--bandwidth", "08:00,10M 18:00,off", "--requests-per-second", "50")
        #expect(made.bandwidth == (try BandwidthSchedule(parsing: "08:00,10M 18:00,off")))
        #expect(made.requestsPerSecond == 50)
    }

    @Test("a limit that lets nothing through, or is none, is refused", arguments: [
        ("--bandwidth", "off"), ("--bandwidth", "10"), ("--bandwidth", "8,1M"), ("--requests-per-second", "0"), ("--requests-per-second", "-1"),
    ])
    func uselessLimits(option: String, value: String) {
        #expect(throws: (any Error).self) { try specification("\(option)=\(value)") }
    }

    @Test("options reach the engine")
    func options() throws {
        let made = try specification(
            into: "s3://bucket/out",
            "--connections",
            "7",
            "--memory=64MiB",
            "--compress",
            "gzip:6",
            "--verify",
            "readback",
            "--overwrite",
            "never",
            "--no-recursive",
            "--no-skip-missing",
            "--allow-plaintext",
            "--ca-certificate",
            "ca.pem",
            "--client-certificate",
            "c.pem",
            "--client-key",
            "k.pem",
            "--proxy",
            "socks5h://127.0.0.1:1080",
            "--sink-endpoint",
            "https://localhost:9000"
        )
        #expect(made.connections == .fixed(7))
        #expect(made.memory == .mebibytes(64))
        #expect(made.codec?.name == "gzip")
        #expect(made.verification == .readback)
        #expect(made.overwrite == .never)
        #expect(!made.selection.recursive)
        #expect(!made.skipsMissing)
        for connection in [made.sourceConnection, made.sinkConnection] {
            #expect(connection.allowsPlaintext)
            #expect(connection.caCertificate == "ca.pem")
            #expect(connection.clientCertificate == "c.pem")
            #expect(connection.clientKey == "k.pem")
            #expect(connection.proxy == .address("socks5h://127.0.0.1:1080"))
        }
        #expect(made.sinkConnection.endpoint == HTTPAddress(host: "localhost", port: 9000))
        #expect(made.sourceConnection.endpoint == nil)
    }

    @Test(
        "a pin is read in hexadecimal and in base64",
        arguments: [
            String(repeating: "0a", count: 32), String(repeating: "0A:", count: 31) + "0A",
            "CgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo=", "sha256//CgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo=",
        ]
    )
    func pins(text: String) throws {
        #expect(try specification("--pin", text).sinkConnection.pin == [UInt8](repeating: 10, count: 32))
    }

    @Test(
        "what can't be right is refused in a sentence that names the option",
        arguments: [
            ["--block-size", "8X"], ["--block-size", "1"], ["--memory", "huge"], ["--memory", "1M"],
            ["--connections", "0"],
            ["--connections", "many"], ["--pin", "abc"], ["--proxy", "ftp://x"], ["--proxy", "http://"],
            ["--sink-endpoint", "https://host/bucket"],
        ]
    )
    func refusals(arguments: [String]) throws {
        let command = try #require(try SluiceCommand.parseAsRoot(["copy", "in", "out"] + arguments) as? CopyCommand)
        let error = #expect(throws: UsageError.self) {
            try command.copy.specification(command.connection, command.selection, environment: [:])
        }
        #expect(error?.what.hasPrefix(arguments[0]) == true)
    }

    @Test(
        "a password in a proxy's address is refused and not repeated",
        arguments: ["http://user:hunter2@proxy:3128", "socks5://hunter2@proxy"]
    )
    func proxySecrets(text: String) throws {
        let error = #expect(throws: UsageError.self) { try ProxyChoice(argument: text) }
        #expect(error?.description.contains("hunter2") == false)
        #expect(error?.advice?.contains("SLUICE_PROXY_USERPWD") == true)
    }

    @Test("quiet and verbose exclude each other")
    func quietAndVerbose() {
        #expect(throws: (any Error).self) { try SluiceCommand.parseAsRoot(["copy", "a", "b", "--quiet", "--verbose"]) }
    }

    @Test("only one thing goes to standard output")
    func standardOutput() throws {
        let both = try #require(try SluiceCommand.parseAsRoot(["copy", "a", "-", "--report", "-"]) as? CopyCommand)
        #expect(throws: UsageError.self) { try both.output.checkStandardOutput(sink: .standardStream) }
        let one = try #require(try SluiceCommand.parseAsRoot(["copy", "a", "b", "--report", "-"]) as? CopyCommand)
        try one.output.checkStandardOutput(sink: .file(path: "b", isDirectory: false))
    }
}
