import SluiceCore
import SluiceStores
import Testing

/// A dialect for `s3://bucket` with known keys, at a known time.
enum S3Fixture {
    static let now = Timestamp(seconds: 1_369_353_600)  // 2013-05-24T00:00:00Z
    static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    static let keys = ["AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": secret]

    static func environment(_ variables: [String: String] = keys) -> CredentialEnvironment {
        CredentialEnvironment(role: .sink, variables: variables)
    }

    static func options(_ endpoint: String?, allowsPlaintext: Bool = false) throws -> ConnectionOptions {
        var options = ConnectionOptions()
        options.endpoint = try endpoint.map { try HTTPAddress(parsing: $0) }
        options.allowsPlaintext = allowsPlaintext
        return options
    }

    static func sink(
        _ location: String = "s3://bucket",
        endpoint: String? = "https://localhost:9000",
        variables: [String: String] = keys,
        addressing: S3Addressing? = nil,
        allowsPlaintext: Bool = false
    ) throws -> S3Dialect {
        try S3Dialect.make(
            location: Location(parsing: location),
            options: options(endpoint, allowsPlaintext: allowsPlaintext),
            environment: environment(variables),
            addressing: addressing
        )
    }

    static func source(_ location: String = "s3://bucket", endpoint: String? = "https://localhost:9000") throws
        -> S3ReadDialect
    {
        try S3ReadDialect.make(
            location: Location(parsing: location),
            options: options(endpoint),
            environment: environment()
        )
    }

    static func upload(_ name: String = "a.csv", condition: WriteCondition = .none, session: S3Upload? = nil) -> Upload
    {
        let upload = Upload(name: name, size: nil, condition: condition)
        upload.session = session
        return upload
    }

    static func error(_ code: String, _ message: String = "It is so.", status: Int, extra: String = "") -> HTTPResponse
    {
        HTTPResponse(
            status: status,
            headers: [.init("content-type", "application/xml")],
            body: Array(
                "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>\(message)</Message>\(extra)<RequestId>1</RequestId></Error>"
                    .utf8
            )
        )
    }
}

extension HTTPRequest {
    /// The first header of this name.
    subscript(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

    /// The headers that are not the signature's.
    var plainHeaders: [String: String] {
        let signing = [
            "authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "x-ms-date", "x-ms-version",
        ]
        return Dictionary(
            uniqueKeysWithValues: headers.filter { !signing.contains($0.name) }.map { ($0.name, $0.value) }
        )
    }

    var text: String {
        guard case .bytes(let bytes) = body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension StepResult {
    var outcome: StepOutcome? {
        guard case .confirmed(let outcome) = self else { return nil }
        return outcome
    }

    var failure: StoreError? {
        guard case .failed(let failure) = self else { return nil }
        return failure as? StoreError
    }
}

/// A slab that holds `bytes`.
func slab(_ bytes: [UInt8]) -> Slab {
    final class Owner: SlabOwner {
        func reclaim(_ memory: UnsafeMutableRawBufferPointer) { unsafe memory.deallocate() }
    }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 16), alignment: 16)
    unsafe memory.copyBytes(from: bytes)
    var slab = unsafe Slab(memory: memory, owner: Owner())
    slab.count = bytes.count
    return slab
}
