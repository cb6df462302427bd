internal import Glibc
internal import SluiceCore

extension CredentialEnvironment {
    /// Every variable that credentials and endpoints are read from.
    private static let names = [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION",
        "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CONFIG_FILE", "AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_CONNECTION_STRING",
        "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_AUTHORITY_HOST",
        "SLUICE_HTTP_AUTHORIZATION",
    ]

    /// The environment and files of this process.
    package static func process(role: StoreRole) -> CredentialEnvironment {
        var variables: [String: String] = [:]
        for name in names.flatMap({ [$0, $0 + role.suffix] }) + ["HOME"] {
            guard let value = unsafe getenv(name) else { continue }
            variables[name] = unsafe String(cString: value)
        }
        return CredentialEnvironment(role: role, variables: variables, read: readFile)
    }

    /// A small file's bytes; nil when there is none.
    @Sendable package static func readFile(_ path: String) throws -> [UInt8]? {
        // A file of profiles has some hundred lines: this only keeps a wrong path from filling the memory.
        let bound = 1 << 20
        guard let file = unsafe fopen(path, "re") else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw unreadable(path, errno)
        }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: bound + 1)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, file) }
        guard unsafe ferror(file) == 0 else { throw unreadable(path, errno) }
        guard count <= bound else {
            throw CredentialError("reading \(path) failed", cause: "it has more than \(ByteCount(bound))")
        }
        return Array(bytes[..<count])
    }

    private static func unreadable(_ path: String, _ code: Int32) -> CredentialError {
        CredentialError(
            "reading \(path) failed",
            cause: unsafe String(cString: strerror(code)),
            advice: "Let this user read it, or name another file in AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE"
        )
    }
}
