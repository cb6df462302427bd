package import SluiceCore

/// How to reach and trust one location: the options of the command line that concern TLS, proxies and addresses.
package struct ConnectionOptions: Sendable {
    /// A service other than the public cloud's.
    package var endpoint: HTTPAddress?
    /// A PEM file of authorities that are trusted instead of the system's.
    package var caCertificate: String?
    /// A PEM file with the client's certificate chain, for mutual TLS.
    package var clientCertificate: String?
    /// A PEM file with the client's private key.
    package var clientKey: String?
    /// The SHA-256 of the server's public key, as 32 bytes.
    package var pin: [UInt8]?
    package var proxy: ProxyChoice = .system
    /// Whether `http://` is accepted for a host that is not this machine.
    package var allowsPlaintext = false
    /// How long nothing may move, in either direction, before an attempt is given up; whole seconds.
    package var stallLimit: Duration = .seconds(60)

    /// Headers that every request of plain HTTPS has beside the protocol's own.
    package var headers: [ExtraHeader] = []

    /// A header of the user's own, whose value may be a secret.
    package struct ExtraHeader: Sendable, Hashable {
        package let name: String
        package let value: Secret

        package init(_ name: String, _ value: Secret) {
            self.name = name
            self.value = value
        }
    }

    package init() {}
}

/// Which proxy a connection goes through.
package enum ProxyChoice: Sendable, Hashable {
    /// As `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` say.
    case system
    /// None, whatever the environment says.
    case none
    /// `http://`, `https://`, `socks5://` or `socks5h://`; user and password may come from the environment.
    case address(String)
}
