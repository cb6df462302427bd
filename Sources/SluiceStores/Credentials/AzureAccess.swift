package import SluiceCore

/// How requests to an Azure account are let in.
package enum AzureCredential: Sendable {
    case sharedKey(AzureAccountKey)
    case sharedAccessSignature(SharedAccessSignature)
    case client(AzureClient)
    /// For containers that are open to everyone.
    case anonymous
}

/// One of an account's two keys: it may do everything.
package struct AzureAccountKey: Sendable {
    /// 64 bytes in the cloud.
    let bytes: SecretBytes
}

/// A credential, and what came along with it.
package struct AzureAccess: Sendable {
    package let credential: AzureCredential
    /// The service's address where a connection string names one; it includes what names the account.
    package let endpoint: HTTPAddress?
    /// Where the credential was found, for messages: `AZURE_STORAGE_KEY`. Nil when there is none.
    package let origin: String?
}

/// An application that Microsoft Entra knows, and the secret that it shows itself with.
package struct AzureClient: Sendable {
    package let tenant: String
    package let client: String
    package let secret: Secret
    /// The directory's address, without a path.
    package let authority: HTTPAddress
}

/// The parameters that a SAS token adds to every request.
///
/// Source: Azure Storage REST API, "Create an account SAS" and "Create a service SAS".
package struct SharedAccessSignature: Sendable {
    /// Percent-encoded, without a question mark.
    let query: Secret
    /// When it ends to hold, where it says so itself.
    let expiry: Timestamp?
    /// Whether it is for one blob or directory rather than for a container or an account.
    let isForPart: Bool

    /// - Parameters:
    ///   - text: the token, with or without its question mark. Values that were left unencoded are encoded.
    ///   - name: where it comes from, for messages.
    init(_ text: String, from name: String) throws(CredentialError) {
        var isSigned = false
        var expiry: Timestamp?
        var isForPart = false
        var pairs: [String] = []
        for pair in (text.dropping(prefix: "?") ?? Substring(text)).split(separator: "&") {
            let key = pair.prefix { $0 != "=" }
            let value = pair.dropFirst(key.count + 1)
            let isEncoded = value.contains("%")
            guard let plain = isEncoded ? PercentEncoding.decode(value) : String(value) else {
                throw CredentialError("\(name) is not percent-encoded correctly", advice: "Copy the token again")
            }
            if key == "sig", !plain.isEmpty { isSigned = true }
            if key == "se" { expiry = Timestamp(rfc3339: plain) }
            if key == "sr" { isForPart = ["b", "d", "bs", "bv"].contains(plain) }
            pairs.append("\(PercentEncoding.encode(String(key)))=\(PercentEncoding.encode(plain))")
        }
        guard isSigned else {
            throw CredentialError(
                "\(name) is not a SAS token: it has no signature (sig=)",
                advice: "Give what follows the question mark of the SAS address, and nothing else"
            )
        }
        self.query = Secret(pairs.joined(separator: "&"))
        self.expiry = expiry
        self.isForPart = isForPart
    }
}
