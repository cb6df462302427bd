internal import SluiceCore

/// An Azure storage connection string taken apart.
///
/// Source: Azure Storage documentation, "Configure Azure Storage connection strings".
struct AzureConnectionString {
    /// Where the string comes from, for messages.
    let name: String
    /// Settings by their names in lower case.
    private let settings: [String: Secret]

    /// - Throws: `CredentialError` that never quotes the string: it holds a key.
    init(_ text: String, from name: String) throws(CredentialError) {
        var settings: [String: Secret] = [:]
        for pair in text.split(separator: ";") where !pair.trimmed.isEmpty {
            guard let equals = pair.firstIndex(of: "=") else {
                throw CredentialError(
                    "\(name) is not a connection string: a part of it has no \"=\"",
                    advice: "Copy the whole string of \"Access keys\" in the portal, in quotes"
                )
            }
            let value = pair[pair.index(after: equals)...].trimmed
            if !value.isEmpty { settings[pair[..<equals].trimmed.lowercased()] = Secret(value) }
        }
        self.name = name
        self.settings = settings
    }

    private subscript(_ key: String) -> String? { settings[key]?.value }

    /// The credential for `account`.
    /// - Throws: `CredentialError` when it is another account's or has no credential.
    func access(account: String) throws(CredentialError) -> AzureAccess {
        guard self["usedevelopmentstorage"] == nil else {
            throw CredentialError(
                "\(name) says UseDevelopmentStorage, which is not taken",
                advice: "Write out the emulator's AccountName, AccountKey and BlobEndpoint"
            )
        }
        if let own = self["accountname"], own != account {
            throw CredentialError(
                "\(name) is for the account \(own), and the location is in \(account)",
                advice: "Where source and sink are different accounts, set \(plainName)_SOURCE and \(plainName)_SINK"
            )
        }
        let endpoint = try endpoint(account: account)
        if let text = self["accountkey"] {
            let key = try CredentialEnvironment.accountKey(text, from: "AccountKey in \(name)")
            return AzureAccess(credential: .sharedKey(key), endpoint: endpoint, origin: name)
        }
        if let token = self["sharedaccesssignature"] {
            let signature = try SharedAccessSignature(token, from: "SharedAccessSignature in \(name)")
            return AzureAccess(credential: .sharedAccessSignature(signature), endpoint: endpoint, origin: name)
        }
        throw CredentialError(
            "\(name) has neither AccountKey nor SharedAccessSignature",
            advice: "Copy the whole string of \"Access keys\" in the portal, in quotes"
        )
    }

    private var plainName: String { "AZURE_STORAGE_CONNECTION_STRING" }

    /// `BlobEndpoint`, or what `EndpointSuffix` and `DefaultEndpointsProtocol` make of the account; nil for the
    /// public cloud.
    private func endpoint(account: String) throws(CredentialError) -> HTTPAddress? {
        if let text = self["blobendpoint"] {
            return try CredentialEnvironment.endpoint(text, from: "BlobEndpoint in \(name)")
        }
        let suffix = self["endpointsuffix"]
        let scheme = self["defaultendpointsprotocol"] ?? "https"
        guard suffix != nil || scheme != "https" else { return nil }
        return try CredentialEnvironment.endpoint(
            "\(scheme)://\(account).blob.\(suffix ?? "core.windows.net")",
            from: "EndpointSuffix in \(name)"
        )
    }
}
