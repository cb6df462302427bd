internal import SluiceCore

/// The two shared files together; what the credentials file says wins.
struct AWSProfiles {
    let credentials: ProfileFile
    let config: ProfileFile

    /// Settings by which other tools get keys from somewhere else.
    private static let indirections = [
        "role_arn", "credential_process", "sso_session", "sso_start_url", "web_identity_token_file",
    ]

    func setting(_ key: String, _ profile: String) -> String? {
        credentials.value(key, in: profile) ?? config.value(key, in: "profile \(profile)")
            ?? (profile == "default" ? config.value(key, in: "default") : nil)
    }

    /// The service's own endpoint, by the `services` section that the profile names, then the profile's for all.
    func endpoint(_ profile: String) -> String? {
        let services = setting("services", profile).map { "services \($0)" }
        return services.flatMap { config.value("s3.endpoint_url", in: $0) } ?? setting("endpoint_url", profile)
    }

    private func contains(_ profile: String) -> Bool {
        credentials.sections[profile] != nil || config.sections["profile \(profile)"] != nil
            || (profile == "default" && config.sections["default"] != nil)
    }

    /// - Parameter required: the variable that asks for the profile; nil when it is only looked for.
    func credentials(_ profile: String, required: String?) throws(CredentialError) -> AWSCredentials? {
        let (id, secret) = (setting("aws_access_key_id", profile), setting("aws_secret_access_key", profile))
        guard let id, let secret else {
            if id != nil || secret != nil {
                let (given, missing) =
                    id != nil
                    ? ("aws_access_key_id", "aws_secret_access_key") : ("aws_secret_access_key", "aws_access_key_id")
                throw CredentialError(
                    "the profile \"\(profile)\" has \(given) without \(missing)",
                    advice: "Give both or neither"
                )
            }
            try refuseIndirection(profile)
            guard let required else { return nil }
            guard contains(profile) else {
                throw CredentialError(
                    "\(required) names the profile \"\(profile)\", which is in neither of the shared files",
                    advice: "See `aws configure list-profiles`, or set AWS_SHARED_CREDENTIALS_FILE or AWS_CONFIG_FILE"
                )
            }
            throw CredentialError(
                "\(required) names the profile \"\(profile)\", which has no keys",
                advice: "Give it aws_access_key_id and aws_secret_access_key"
            )
        }
        return AWSCredentials(
            accessKeyID: id,
            secretAccessKey: Secret(secret),
            sessionToken: setting("aws_session_token", profile).map { Secret($0) },
            origin: "the profile \"\(profile)\""
        )
    }

    private func refuseIndirection(_ profile: String) throws(CredentialError) {
        guard let indirection = AWSProfiles.indirections.first(where: { setting($0, profile) != nil }) else { return }
        throw CredentialError(
            "the profile \"\(profile)\" gets its keys by \(indirection), which is not followed",
            advice: "Put the keys into the environment first: "
                + "eval \"$(aws configure export-credentials --profile \(profile) --format env)\""
        )
    }
}
