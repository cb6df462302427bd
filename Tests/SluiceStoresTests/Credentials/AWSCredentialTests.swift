import SluiceCore
import SluiceStores
import Testing

@Suite struct AWSCredentialTests {
    private static let shared = [
        "/home/u/.aws/credentials": """
        # keys
        [default]
        aws_access_key_id = DEFAULTID
        aws_secret_access_key = default+secret/= ; a comment

        [work]
        aws_access_key_id=WORKID
        aws_secret_access_key=work-secret
        aws_session_token=work-token
        [half]
        aws_access_key_id=HALFID
        """,
        "/home/u/.aws/config": """
        [default]
        region = eu-west-1
        [profile work]
        region = ap-south-1
        endpoint_url = https://all.example
        services = local
        s3 =
          addressing_style = virtual
        [services local]
        s3 =
            endpoint_url = https://s3.example:9000
        [profile plain]
        endpoint_url = https://all.example
        [profile sso]
        sso_session = corp
        """,
        "/keys": "[default]\naws_access_key_id=FILEID\naws_secret_access_key=file-secret\n",
    ]

    private func environment(
        _ variables: [String: String],
        role: StoreRole = .sink,
        files: [String: String] = shared
    ) -> CredentialEnvironment {
        let all = variables.merging(["HOME": "/home/u"]) { given, _ in given }
        return CredentialEnvironment(role: role, variables: all) { path in files[path].map { Array($0.utf8) } }
    }

    private static let plain = ["AWS_ACCESS_KEY_ID": "PLAINID", "AWS_SECRET_ACCESS_KEY": "plain-secret"]
    private static let own = ["AWS_ACCESS_KEY_ID_SINK": "SINKID", "AWS_SECRET_ACCESS_KEY_SINK": "sink-secret"]
    private static let ofSource = ["AWS_ACCESS_KEY_ID_SOURCE": "SOURCEID", "AWS_SECRET_ACCESS_KEY_SOURCE": "s"]

    @Test(arguments: [
        ("variables", plain, "PLAINID", "AWS_ACCESS_KEY_ID"),
        ("the role's variables win", plain.merging(own) { $1 }, "SINKID", "AWS_ACCESS_KEY_ID_SINK"),
        ("another role's don't count", plain.merging(ofSource) { $1 }, "PLAINID", "AWS_ACCESS_KEY_ID"),
        (
            "the role's profile wins over plain variables", plain.merging(["AWS_PROFILE_SINK": "work"]) { $1 },
            "WORKID", "the profile \"work\""
        ),
        (
            "plain variables win over the plain profile", plain.merging(["AWS_PROFILE": "work"]) { $1 }, "PLAINID",
            "AWS_ACCESS_KEY_ID"
        ),
        (
            "the role's variables win over the plain profile", own.merging(["AWS_PROFILE": "work"]) { $1 }, "SINKID",
            "AWS_ACCESS_KEY_ID_SINK"
        ),
        ("a profile", ["AWS_PROFILE": "work"], "WORKID", "the profile \"work\""),
        ("the profile default", [:], "DEFAULTID", "the profile \"default\""),
        ("another file", ["AWS_SHARED_CREDENTIALS_FILE": "/keys"], "FILEID", "the profile \"default\""),
        (
            "empty variables count as none", ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": " "], "DEFAULTID",
            "the profile \"default\""
        ),
    ])
    func `keys are found in the documented order`(
        _ case: String,
        _ variables: [String: String],
        _ id: String,
        _ origin: String
    ) throws {
        let credentials = try environment(variables).awsCredentials()
        #expect(credentials?.accessKeyID == id)
        #expect(credentials?.origin == origin)
    }

    @Test func `secrets and tokens are read whole`() throws {
        #expect(try environment([:]).awsCredentials()?.secretAccessKey.value == "default+secret/=")
        #expect(try environment(["AWS_PROFILE": "work"]).awsCredentials()?.sessionToken?.value == "work-token")
    }

    @Test func `without any keys there are none, and no error`() throws {
        #expect(try environment([:], files: [:]).awsCredentials() == nil)
    }

    @Test(arguments: [
        (["AWS_ACCESS_KEY_ID": "A"], "AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY"),
        (["AWS_SECRET_ACCESS_KEY": "hush"], "AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID"),
        (["AWS_SESSION_TOKEN": "hush"], "AWS_SESSION_TOKEN is set without AWS_ACCESS_KEY_ID"),
        (
            ["AWS_ACCESS_KEY_ID_SINK": "A", "AWS_SECRET_ACCESS_KEY": "hush"],
            "AWS_ACCESS_KEY_ID_SINK is set without AWS_SECRET_ACCESS_KEY_SINK"
        ),
        (["AWS_PROFILE": "half"], "the profile \"half\" has aws_access_key_id without aws_secret_access_key"),
        (["AWS_PROFILE": "none"], "AWS_PROFILE names the profile \"none\", which is in neither of the shared files"),
        (["AWS_PROFILE": "plain"], "AWS_PROFILE names the profile \"plain\", which has no keys"),
        (["AWS_PROFILE_SINK": "sso"], "the profile \"sso\" gets its keys by sso_session, which is not followed"),
    ])
    func `keys that can't be used are a usage error that names the setting`(
        _ variables: [String: String],
        _ what: String
    ) {
        let error = #expect(throws: CredentialError.self) { try environment(variables).awsCredentials() }
        #expect(error?.what == what)
        #expect(error?.kind == .usage)
        #expect(error?.description.contains("hush") == false)
    }

    @Test func `a malformed file is named with its line, which is not shown`() {
        let files = ["/home/u/.aws/credentials": "[default]\naws_secret_access_key hush\n"]
        let error = #expect(throws: CredentialError.self) { try environment([:], files: files).awsCredentials() }
        #expect(error?.what.hasPrefix("line 2 of /home/u/.aws/credentials") == true)
        #expect(error?.description.contains("hush") == false)
    }

    @Test(arguments: [
        (["AWS_REGION": "r1", "AWS_DEFAULT_REGION": "r2"], "r1"),
        (["AWS_DEFAULT_REGION": "r2"], "r2"),
        (["AWS_REGION": "r1", "AWS_REGION_SINK": "r3"], "r3"),
        (["AWS_PROFILE": "work"], "ap-south-1"),
        ([:], "eu-west-1"),
        (["AWS_CONFIG_FILE": "/nowhere"], "us-east-1"),
    ])
    func `the region is found in the documented order`(_ variables: [String: String], _ region: String) throws {
        #expect(try environment(variables).awsRegion() == region)
    }

    @Test(arguments: [
        (["AWS_ENDPOINT_URL": "https://a.example", "AWS_ENDPOINT_URL_S3": "https://b.example"], "https://b.example"),
        (["AWS_ENDPOINT_URL": "https://a.example"], "https://a.example"),
        (
            ["AWS_ENDPOINT_URL_S3": "https://b.example", "AWS_ENDPOINT_URL_SINK": "https://c.example"],
            "https://c.example"
        ),
        (["AWS_PROFILE": "work"], "https://s3.example:9000"),
        (["AWS_PROFILE": "plain"], "https://all.example"),
        ([:], nil),
    ])
    func `the endpoint is found in the documented order`(_ variables: [String: String], _ origin: String?) throws {
        #expect(try environment(variables).awsEndpoint()?.origin == origin)
    }

    @Test func `an endpoint that is no address is a usage error`() {
        let error = #expect(throws: CredentialError.self) {
            try environment(["AWS_ENDPOINT_URL": "localhost:9000"]).awsEndpoint()
        }
        #expect(error?.what == "AWS_ENDPOINT_URL is not an address")
    }
}
