package import SluiceCore

/// What the AWS tools' variables and shared files say.
///
/// Source: AWS SDKs and Tools Reference Guide, "Environment variables" and "Settings reference".
extension CredentialEnvironment {
    /// Keys for S3: for each level its variables, then its profile; then the profile `default`. Nil when there are
    /// none, and requests go unsigned.
    /// - Throws: `CredentialError` when keys are half given or a profile can't be used.
    package func awsCredentials() throws -> AWSCredentials? {
        for level in levels {
            if let credentials = try awsKeys(level) { return credentials }
            if let profile = level["AWS_PROFILE"] {
                return try awsProfile().credentials(profile, required: level.name("AWS_PROFILE"))
            }
        }
        return try awsProfile().credentials("default", required: nil)
    }

    private func awsKeys(_ level: Level) throws(CredentialError) -> AWSCredentials? {
        let (id, secret, token) = (
            level["AWS_ACCESS_KEY_ID"], level["AWS_SECRET_ACCESS_KEY"], level["AWS_SESSION_TOKEN"]
        )
        guard id != nil || secret != nil || token != nil else { return nil }
        guard let id, let secret else {
            let missing = level.name(id == nil ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY")
            let given = level.name(
                id != nil ? "AWS_ACCESS_KEY_ID" : secret != nil ? "AWS_SECRET_ACCESS_KEY" : "AWS_SESSION_TOKEN"
            )
            throw CredentialError("\(given) is set without \(missing)", advice: "Set both or neither")
        }
        return AWSCredentials(
            accessKeyID: id,
            secretAccessKey: Secret(secret),
            sessionToken: token.map { Secret($0) },
            origin: level.name("AWS_ACCESS_KEY_ID")
        )
    }

    /// The region to sign for when the bucket's is not known: the variables', the profile's, or `us-east-1`.
    package func awsRegion() throws -> String {
        if let region = first(of: "AWS_REGION", "AWS_DEFAULT_REGION") { return region.value }
        return try awsProfile().setting("region", profileName) ?? "us-east-1"
    }

    /// A service other than AWS's own: the variables', the profile's, or nil.
    package func awsEndpoint() throws -> HTTPAddress? {
        if let (value, name) = first(of: "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL") {
            return try CredentialEnvironment.endpoint(value, from: name)
        }
        guard let value = try awsProfile().endpoint(profileName) else { return nil }
        return try CredentialEnvironment.endpoint(value, from: "endpoint_url of the profile \"\(profileName)\"")
    }

    /// How the profile wants buckets addressed (`s3 =`, then `addressing_style = path|virtual|auto`); nil when it
    /// doesn't say.
    func awsAddressingStyle() throws -> String? { try awsProfile().setting("s3.addressing_style", profileName) }

    private var profileName: String { first(of: "AWS_PROFILE")?.value ?? "default" }

    static func endpoint(_ text: String, from name: String) throws(CredentialError) -> HTTPAddress {
        do {
            return try HTTPAddress(parsing: text)
        } catch {
            throw CredentialError("\(name) is not an address", cause: error.what, advice: "Write https://HOST:PORT")
        }
    }

    private func awsProfile() throws -> AWSProfiles {
        let home = common("HOME").map { $0 + "/.aws/" }
        let credentials = first(of: "AWS_SHARED_CREDENTIALS_FILE")?.value ?? home.map { $0 + "credentials" }
        let config = first(of: "AWS_CONFIG_FILE")?.value ?? home.map { $0 + "config" }
        return AWSProfiles(credentials: try profileFile(credentials), config: try profileFile(config))
    }

    private func profileFile(_ path: String?) throws -> ProfileFile {
        guard let path else { return ProfileFile() }
        let isInHome = path.hasPrefix("~/")
        let expanded = isInHome ? (common("HOME") ?? "") + path.dropFirst() : path
        guard let bytes = try file(expanded) else { return ProfileFile() }
        return try ProfileFile(bytes, path: expanded)
    }
}
