import SluiceCore
import SluiceEngine
import SluiceStores
import SluiceTestSupport
import Testing

/// How connections are made and refused: trust, client certificates, pins, proxies, wrong addresses.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct TransportTests {
    private let directory: TemporaryDirectory
    private let file: String
    private let nginx: Launcher

    init() throws {
        directory = try TemporaryDirectory()
        file = try directory.write("file", Array("content".utf8))
        nginx = try Launcher.shared("nginx")
    }

    private func specification(_ sink: String) throws -> CopySpecification {
        var specification = CopySpecification(source: try Location(parsing: file), sink: try Location(parsing: sink))
        specification.sinkConnection.caCertificate = nginx["ca"]
        specification.retry.attempts = 2
        return specification
    }

    /// What a copy fails with; nil when it succeeds.
    private func failure(_ specification: CopySpecification) -> (any Failure)? {
        do {
            return try StoreContractTests.copy(specification).failures.first
        } catch {
            return error as? any Failure
        }
    }

    @Test("a server whose authority is not known is not trusted")
    func unknownAuthority() throws {
        var specification = try specification(nginx["endpoint"] + "/up/trust")
        specification.sinkConnection.caCertificate = nil
        let failure = failure(specification)
        #expect(failure?.kind == .insecure)
        #expect(failure?.advice?.contains("--ca-certificate") == true)
    }

    @Test("an expired certificate is refused, and the sentence says why")
    func expiredCertificate() throws {
        let failure = try failure(specification(nginx["expiredEndpoint"] + "/up/expired"))
        #expect(failure?.kind == .insecure)
        #expect(failure?.description.contains("expired") == true)
        #expect(failure?.advice?.contains("renewed") == true)
    }

    @Test("a pin lets the right key in and no other")
    func pins() throws {
        let authority = nginx["endpoint"].dropFirst("https://".count)
        let script = """
            openssl s_client -connect \(authority) </dev/null 2>/dev/null | openssl x509 -pubkey -noout \
            | openssl pkey -pubin -outform der | sha256sum | cut -d' ' -f1
            """
        let output = try Command.run(["bash", "-c", script]).output
        let pin = try #require(Hex.decode(String(String(decoding: output, as: UTF8.self).prefix(64))))
        var specification = try specification(nginx["endpoint"] + "/up/pin")
        specification.sinkConnection.pin = pin
        #expect(failure(specification) == nil)
        specification.sinkConnection.pin = pin.map { ~$0 }
        #expect(failure(specification)?.kind == .insecure)
    }

    @Test("mutual TLS takes our certificate and refuses none")
    func clientCertificates() throws {
        var specification = try specification(nginx["mtlsEndpoint"] + "/up/mutual")
        #expect(failure(specification)?.advice == "Give --client-certificate and --client-key")
        specification.sinkConnection.clientCertificate = nginx["clientCertificate"]
        specification.sinkConnection.clientKey = nginx["clientKey"]
        #expect(failure(specification) == nil)
        specification.sinkConnection.clientKey = nginx["ca"]
        #expect(failure(specification)?.kind == .usage)
    }

    @Test("a web server that wants a client certificate in front of any service is told as such", arguments: [
        "s3://bucket/name", "az://account/container/name", "https://localhost/name",
    ])
    func missingCertificate(_ location: String) throws {
        let text = location.replacing("https://localhost", with: nginx["mtlsEndpoint"])
        for isSource in [false, true] {
            var specification = try specification(isSource ? directory.path + "/" : text)
            specification.environment = [
                "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AZURE_STORAGE_KEY": "a2V5",
            ]
            if isSource {
                specification.source = try Location(parsing: text)
                specification.sourceConnection = specification.sinkConnection
            }
            let endpoint = text.hasPrefix("https") ? nil : try HTTPAddress(parsing: nginx["mtlsEndpoint"])
            specification.sinkConnection.endpoint = endpoint
            specification.sourceConnection.endpoint = endpoint
            let failure = failure(specification)
            #expect(failure?.kind == .forbidden)
            #expect(failure?.advice == "Give --client-certificate and --client-key")
        }
    }

    @Test("a password is taken from the environment, and a wrong one is refused")
    func authorization() throws {
        var specification = try specification(nginx["endpoint"] + "/auth/name")
        #expect(failure(specification)?.kind == .forbidden)
        specification.environment["SLUICE_HTTP_AUTHORIZATION"] = "Basic " + Base64.encode(Array("user:pass".utf8))
        #expect(failure(specification) == nil)
        // The variant of the role wins.
        specification.environment["SLUICE_HTTP_AUTHORIZATION_SINK"] = "Basic " + Base64.encode(Array("user:wrong".utf8))
        let refused = failure(specification)
        #expect(refused?.kind == .forbidden)
        #expect(refused?.description.contains("wrong") == false)
    }

    @Test("plaintext to another machine is refused unless it is allowed")
    func plaintext() throws {
        let refused = try failure(specification("http://192.0.2.1/name"))
        #expect(refused?.kind == .usage)
        #expect(try failure(specification(nginx["plainEndpoint"] + "/up/plain")) == nil)
    }

    @Test("an address that is not what it says is told in one sentence", arguments: [
        ("TLS on a port that speaks plain HTTP", "plainEndpoint", "https"),
        ("plain HTTP on a port that speaks TLS", "endpoint", "http"),
    ])
    func wrongProtocol(_ name: String, _ field: String, _ scheme: String) throws {
        let authority = nginx[field].split(separator: "/").last ?? ""
        let failure = try failure(specification("\(scheme)://\(authority)/up/name"))
        #expect(failure != nil)
        #expect(failure?.description.isEmpty == false)
    }

    @Test("a port where nobody listens is told as no connection")
    func nobodyListens() throws {
        let failure = try failure(specification("https://localhost:1/name"))
        #expect(failure?.kind == .transient)
        #expect(failure?.what.contains("no connection") == true)
    }

    @Test("an S3 endpoint that is a web server is told as such")
    func notS3() throws {
        var specification = try specification("s3://bucket/name")
        specification.sinkConnection.endpoint = try HTTPAddress(parsing: nginx["endpoint"])
        specification.environment = ["AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"]
        let failure = failure(specification)
        #expect([.unexpectedAnswer, .notFound].contains(failure?.kind))
    }

    @Test("a bucket that is not there is named")
    func noBucket() throws {
        let store = S3Store(kind: "s3-juicefs")
        var specification = try specification("s3://no-such-bucket/name")
        try store.prepare(&specification)
        let failure = failure(specification)
        #expect(failure?.kind == .notFound)
        #expect(failure?.description.contains("no-such-bucket") == true)
    }

    @Test("proxies are gone through with their password and say so without", arguments: ["tinyproxy", "squid"])
    func connectProxies(_ kind: String) throws {
        let proxy = try Launcher.shared(kind)
        var specification = try specification(nginx["endpoint"] + "/up/proxied-" + kind)
        specification.sinkConnection.proxy = .address(proxy["endpoint"])
        #expect(failure(specification)?.kind == .forbidden)
        specification.environment["SLUICE_PROXY_USERPWD"] = "puser:wrong"
        #expect(failure(specification)?.kind == .forbidden)
        specification.environment["SLUICE_PROXY_USERPWD"] = proxy["user"] + ":" + proxy["password"]
        #expect(failure(specification) == nil)
        // The environment's proxy is not asked when none is wanted.
        specification.sinkConnection.proxy = .none
        #expect(failure(specification) == nil)
    }

    @Test("a SOCKS5 proxy with a password is gone through")
    func socks() throws {
        let proxy = try Launcher.shared("socks", "--user", "puser", "--password", "ppass")
        var specification = try specification(nginx["endpoint"] + "/up/socks")
        specification.sinkConnection.proxy = .address(proxy["endpoint"])
        #expect(failure(specification) != nil)
        specification.environment["SLUICE_PROXY_USERPWD"] = "puser:ppass"
        #expect(failure(specification) == nil)
        let log = try Command.run(["cat", proxy["requests"]]).output
        #expect(String(decoding: log, as: UTF8.self).contains("localhost"))
    }
}
