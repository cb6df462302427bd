internal import SluiceCore

/// What the Azure tools' variables say.
extension CredentialEnvironment {
    /// For each level: `AZURE_STORAGE_KEY`, `AZURE_STORAGE_SAS_TOKEN`, `AZURE_STORAGE_CONNECTION_STRING`, then
    /// `AZURE_TENANT_ID` with `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET`; `.anonymous` when there is none.
    /// - Throws: `CredentialError` when one is malformed, half given or for another account.
    package func azureAccess(account: String) throws -> AzureAccess {
        for level in levels {
            if let text = level["AZURE_STORAGE_KEY"] {
                let name = level.name("AZURE_STORAGE_KEY")
                let key = try CredentialEnvironment.accountKey(text, from: name)
                return AzureAccess(credential: .sharedKey(key), endpoint: nil, origin: name)
            }
            if let token = level["AZURE_STORAGE_SAS_TOKEN"] {
                let name = level.name("AZURE_STORAGE_SAS_TOKEN")
                let signature = try SharedAccessSignature(token, from: name)
                return AzureAccess(credential: .sharedAccessSignature(signature), endpoint: nil, origin: name)
            }
            if let text = level["AZURE_STORAGE_CONNECTION_STRING"] {
                let name = level.name("AZURE_STORAGE_CONNECTION_STRING")
                return try AzureConnectionString(text, from: name).access(account: account)
            }
            if let client = try azureClient(level) {
                return AzureAccess(credential: .client(client), endpoint: nil, origin: level.name("AZURE_CLIENT_ID"))
            }
        }
        return AzureAccess(credential: .anonymous, endpoint: nil, origin: nil)
    }

    static func accountKey(_ text: String, from name: String) throws(CredentialError) -> AzureAccountKey {
        guard let key = Base64.decode(text), !key.isEmpty else {
            throw CredentialError(
                "\(name) holds no account key: it is not base64",
                advice: "Copy the whole key of \"Access keys\" in the portal, with the == at its end"
            )
        }
        return AzureAccountKey(bytes: SecretBytes(key))
    }

    private func azureClient(_ level: Level) throws(CredentialError) -> AzureClient? {
        let names = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"]
        guard let given = names.first(where: { level[$0] != nil }) else { return nil }
        guard let tenant = level[names[0]], let client = level[names[1]], let secret = level[names[2]] else {
            let missing = names.first { level[$0] == nil } ?? ""
            throw CredentialError(
                "\(level.name(given)) is set without \(level.name(missing))",
                advice: "Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or none of them"
            )
        }
        // A tenant is a GUID or a domain's name; anything else would change the path of the token's address.
        guard tenant.utf8.allSatisfy({ $0 < 0x80 && PercentEncoding.encode(String(UnicodeScalar($0))).utf8.count == 1 })
        else {
            throw CredentialError(
                "\(level.name(names[0])) is neither an identifier nor a domain",
                advice: "Copy \"Directory (tenant) ID\" of the application's page in the portal"
            )
        }
        return AzureClient(tenant: tenant, client: client, secret: Secret(secret), authority: try azureAuthority())
    }

    /// The directory that gives out tokens: `AZURE_AUTHORITY_HOST` (for the clouds of states), or the public cloud's.
    private func azureAuthority() throws(CredentialError) -> HTTPAddress {
        guard let (value, name) = first(of: "AZURE_AUTHORITY_HOST") else {
            return HTTPAddress(host: "login.microsoftonline.com")
        }
        var address = try CredentialEnvironment.endpoint(value.contains("://") ? value : "https://" + value, from: name)
        guard address.isEncrypted || address.isLoopback else {
            throw CredentialError(
                "\(name) is an http:// address, which would show the client's secret",
                advice: "Write https://HOST"
            )
        }
        address.path = ""
        address.query = nil
        return address
    }
}
