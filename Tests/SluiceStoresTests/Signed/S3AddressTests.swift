import SluiceCore
import SluiceStores
import Testing

/// Presigned addresses, by Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters", and as
/// botocore 1 makes them.
@Suite struct S3AddressTests {
    private func address(
        _ name: String,
        in location: String,
        endpoint: String? = nil,
        _ more: [String: String] = [:],
        keys: [String: String] = S3Fixture.keys,
        addressing: S3Addressing? = nil,
        lifetime: Duration
    ) throws -> ObjectAddress {
        let source = try S3ReadDialect.make(
            location: Location(parsing: location),
            options: S3Fixture.options(endpoint),
            environment: S3Fixture.environment(keys.merging(more) { $1 }),
            addressing: addressing
        )
        return try source.address(of: name, lifetime: AddressLifetime(lifetime), now: S3Fixture.now)
    }

    /// The query but for what follows the lifetime.
    private func query(_ region: String, expires: Int) -> String {
        "X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2F\(region)%2Fs3%2Faws4_request"
            + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=\(expires)"
    }

    @Test func `an address is signed as Amazon's example`() throws {
        let address = try address(
            "test.txt",
            in: "s3://examplebucket/",
            endpoint: "https://s3.amazonaws.com",
            addressing: .virtual,
            lifetime: .seconds(86400)
        )
        #expect(address.address == "https://examplebucket.s3.amazonaws.com/test.txt")
        #expect(
            address.credential == query("us-east-1", expires: 86400) + "&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        )
        #expect(try address.signed == "\(address.address)?\(#require(address.credential))")
    }

    @Test func `a bucket of AWS is addressed and signed in its region, for a week`() throws {
        let address = try address(
            "part-0.csv.gz",
            in: "s3://bucket/stage",
            ["AWS_REGION": "eu-west-1"],
            lifetime: .seconds(604_800)
        )
        #expect(address.address == "https://bucket.s3.eu-west-1.amazonaws.com/stage/part-0.csv.gz")
        #expect(
            address.credential == query("eu-west-1", expires: 604_800) + "&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=73103ece902622a8ca7b45f5d7f64e2b48599c95d538d7deb6e5b2b88303b7e7"
        )
    }

    @Test func `a name is encoded and a session's token is signed, as botocore does`() throws {
        let address = try address(
            "ä b'c\\.csv.gz",
            in: "s3://bucket/stage/",
            endpoint: "https://localhost:9000",
            ["AWS_REGION": "eu-central-1", "AWS_SESSION_TOKEN": "tok/en+="],
            lifetime: .milliseconds(60_900)
        )
        #expect(address.address == "https://localhost:9000/bucket/stage/%C3%A4%20b%27c%5C.csv.gz")
        #expect(
            address.credential == query("eu-central-1", expires: 60)
                + "&X-Amz-Security-Token=tok%2Fen%2B%3D&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=7bee51cac55bc4f54831f977fac89752bfe4c9e8ff1e682d7d5f7f83697d64f0"
        )
    }

    @Test func `what the service has said of its region and clock is signed`() throws {
        let source = try S3Fixture.source("s3://bucket/stage/")
        let late = [HTTPRequest.Header("date", Timestamp(seconds: S3Fixture.now.seconds + 7200).httpDate)]
        let skew = HTTPResponse(
            status: 403,
            headers: late,
            body: S3Fixture.error("RequestTimeTooSkewed", status: 403).body
        )
        let elsewhere = HTTPResponse(status: 400, headers: [.init("x-amz-bucket-region", "eu-north-1")], body: [])
        for answer in [skew, elsewhere] {
            #expect(source.failure(answer, name: "a", now: S3Fixture.now).isRetryable)
        }
        let address = try source.address(of: "a", lifetime: AddressLifetime(.seconds(1)), now: S3Fixture.now)
        let credential = try #require(address.credential)
        #expect(credential.contains("%2F20130524%2Feu-north-1%2Fs3%2F") && credential.contains("=20130524T020000Z&"))
    }

    @Test func `without keys an address is bare`() throws {
        let address = try address("a", in: "s3://bucket", keys: [:], lifetime: .seconds(1))
        #expect(address.credential == nil && address.signed == "https://bucket.s3.us-east-1.amazonaws.com/a")
    }

    @Test(arguments: [.zero, .milliseconds(999), .seconds(-1), .seconds(604_800) + .nanoseconds(1)] as [Duration])
    func `a lifetime that no service takes is refused`(_ lifetime: Duration) {
        #expect(throws: StoreError.self) { try AddressLifetime(lifetime) }
    }

    @Test func `printing an address shows no credential, and what quotes it can be told without`() throws {
        let address = try address(
            "a",
            in: "s3://bucket/",
            ["AWS_SESSION_TOKEN": "tok/en+="],
            lifetime: .seconds(60)
        )
        let signature = try #require(address.credential?.split(separator: "=").last)
        #expect(signature.utf8.count == 64)
        for text in ["\(address)", String(reflecting: address), dumped(address), "\(Optional(address) as Any)"] {
            #expect(!text.contains(signature) && text.contains("s3.us-east-1.amazonaws.com/a"))
        }
        let told = address.withoutSecrets("program \"curl \(address.signed)\" failed, and \(address.signed)")
        #expect(!told.contains(signature) && !told.contains("tok%2Fen"))
        #expect(told.hasPrefix("program \"curl https://bucket.s3") && told.hasSuffix("&X-Amz-Signature=…"))
    }
}
