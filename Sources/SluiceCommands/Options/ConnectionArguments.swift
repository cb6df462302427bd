internal import ArgumentParser
internal import SluiceCore
internal import SluiceEngine
internal import SluiceStores

/// How to reach and trust the stores at both ends.
struct ConnectionArguments: ParsableArguments {
    @Option(
        help: .init("PEM file of the authorities to trust instead of the system's.", valueName: "file"),
        completion: .file()
    )
    var caCertificate: String?

    @Option(help: .init("PEM file with our certificate, for mutual TLS.", valueName: "file"), completion: .file())
    var clientCertificate: String?

    @Option(help: .init("PEM file with the key of our certificate.", valueName: "file"), completion: .file())
    var clientKey: String?

    @Option(help: .init("SHA-256 of the server's public key, in hexadecimal or base64.", valueName: "sha256"))
    var pin: String?

    @Option(
        help: .init(
            "The proxy: system (as the environment says), none, or its URL.",
            discussion: "User and password go into SLUICE_PROXY_USERPWD.",
            valueName: "proxy"
        ),
        completion: .list(["system", "none"])
    )
    var proxy = "system"

    @Flag(help: "Accept http:// for other machines than this one.")
    var allowPlaintext = false

    /// The options of one end.
    /// - Parameter endpoint: the end's own service, as the option `name` gives it.
    func options(endpoint: String?, of name: String) throws -> ConnectionOptions {
        var options = ConnectionOptions()
        options.endpoint = try endpoint.map { try ConnectionArguments.address($0, of: name) }
        options.caCertificate = caCertificate
        options.clientCertificate = clientCertificate
        options.clientKey = clientKey
        options.pin = try pin.map(ConnectionArguments.fingerprint)
        options.proxy = try ProxyChoice(argument: proxy)
        options.allowsPlaintext = allowPlaintext
        return options
    }

    private static func address(_ text: String, of name: String) throws -> HTTPAddress {
        let address = try HTTPAddress(parsing: text)
        guard address.query == nil, address.path.isEmpty || address.path == "/" else {
            throw UsageError(
                "\(name) \(address.origin) has more than a host and a port",
                advice: "Give only the service's address; the bucket or container belongs to the location"
            )
        }
        return address
    }

    /// The 32 bytes of a SHA-256 in hexadecimal (colons allowed, as openssl writes it) or base64 (curl's `sha256//`
    /// in front allowed).
    static func fingerprint(_ text: String) throws -> [UInt8] {
        let bare = text.dropping(prefix: "sha256//").map(String.init) ?? text
        let bytes = Hex.decode(bare.filter { $0 != ":" }) ?? Base64.decode(bare)
        guard let bytes, bytes.count == 32 else {
            throw UsageError(
                "--pin \"\(text)\" is not a SHA-256",
                advice: "Give 64 hexadecimal digits, or 44 characters of base64, of the server's public key"
            )
        }
        return bytes
    }
}

extension CopySpecification {
    /// Refuses a service for a place that has none: it would be left out in silence.
    func checkEndpoints() throws {
        let ends = [(source, sourceConnection, "source"), (sink, sinkConnection, "sink")]
        for (location, connection, end) in ends where connection.endpoint != nil && !location.isContainer {
            throw UsageError(
                "--\(end)-endpoint names the service of s3:// and az://, and the \(end) is \"\(location)\"",
                advice: "Leave --\(end)-endpoint out"
            )
        }
    }
}

extension ProxyChoice {
    /// Reads `--proxy`. A password in it is refused, and not repeated in the message.
    init(argument text: String) throws {
        switch text {
        case "system": self = .system
        case "none": self = .none
        default:
            let parts = text.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, ProxyChoice.schemes.contains(parts[0].lowercased()), parts[1].hasPrefix("//") else {
                throw UsageError(
                    "--proxy is neither system nor none nor a proxy's URL",
                    advice: "Write http://HOST:PORT, https://HOST:PORT, socks5://HOST:PORT or socks5h://HOST:PORT"
                )
            }
            let authority = parts[1].dropFirst(2).prefix { $0 != "/" }
            if authority.contains("@") {
                throw UsageError(
                    "--proxy holds a user name or password",
                    advice:
                        "Set SLUICE_PROXY_USERPWD to USER:PASSWORD instead, so that it shows neither in ps nor in the shell's history"
                )
            }
            guard !authority.isEmpty else { throw UsageError("--proxy \(text) names no host") }
            self = .address(text)
        }
    }

    private static let schemes: Set<String> = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]
}
