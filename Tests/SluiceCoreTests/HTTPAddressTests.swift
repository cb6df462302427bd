import SluiceCore
import Testing

@Suite struct HTTPAddressTests {
    @Test("an address is taken apart and put together again")
    func parts() throws {
        let address = try HTTPAddress(parsing: "https://Host.Example:8443/a%20b?x=y")
        #expect(address.isEncrypted)
        #expect(address.host == "host.example")
        #expect(address.port == 8443)
        #expect(address.path == "/a%20b")
        #expect(address.query == "x=y")
        #expect(address.authority == "host.example:8443")
        #expect(address.origin == "https://host.example:8443")
        #expect(address.description == "https://host.example:8443/a%20b?x=y")
    }

    @Test("an IPv6 address has brackets in the Host header and none as a host")
    func literal() throws {
        let address = try HTTPAddress(parsing: "http://[FE80::1]:80")
        #expect(address.host == "fe80::1")
        #expect(address.authority == "[fe80::1]:80")
        #expect(address.origin == "http://[fe80::1]:80")
    }

    @Test(
        "only this machine is loopback",
        arguments: [
            ("localhost", true), ("LOCALHOST", true), ("a.localhost", true), ("127.0.0.1", true), ("127.255.1.2", true),
            ("[::1]", true), ("localhost.example", false), ("notlocalhost", false), ("127.example.com.net", false),
            ("127.0.0.1.example.com", false), ("127.0.0.256", false), ("127.0.0", false), ("127.a.b.c", false),
            ("10.0.0.1", false), ("1270.0.0.1", false), ("[::2]", false), ("[127::1]", false), ("127..0.1", false),
        ]
    )
    func loopback(host: String, isLoopback: Bool) throws {
        #expect(try HTTPAddress(parsing: "http://\(host)/").isLoopback == isLoopback)
    }

    @Test("what is no web address is refused", arguments: ["", "host", "ftp://host", "//host", "https:/host", "HTTPS://host"])
    func refusal(text: String) {
        #expect(throws: LocationError.self) { try HTTPAddress(parsing: text) }
    }
}
