package import SluiceCore

extension S3Service {
    /// The service that a location, its options and the environment lead to.
    static func make(
        location: Location,
        options: ConnectionOptions,
        environment: CredentialEnvironment,
        addressing: S3Addressing?
    ) throws -> (service: S3Service, key: String) {
        guard case .s3(let bucket, let key) = location else {
            preconditionFailure("only an s3:// location is S3's")
        }
        let address = try options.endpoint ?? environment.awsEndpoint()
        if let address, !address.isEncrypted, !address.isLoopback, !options.allowsPlaintext {
            throw StoreError(
                .usage,
                "the endpoint \(address.origin) is not encrypted",
                advice: "Use https://, or allow it with --allow-plaintext"
            )
        }
        let style = try addressing ?? environment.awsAddressingStyle().flatMap(S3Addressing.init(rawValue:))
        let service = S3Service(
            location: location,
            endpoint: try S3Endpoint(bucket: bucket, service: address, addressing: style),
            region: try environment.awsRegion(),
            credentials: FixedAWSCredentials(try environment.awsCredentials())
        )
        return (service, key)
    }
}

extension S3Dialect {
    /// The sink that a location, its options and the environment lead to.
    ///
    /// - Parameters:
    ///   - location: an `s3://` location.
    ///   - options: `endpoint` wins over the environment's.
    ///   - environment: where keys, region and endpoint come from.
    ///   - addressing: nil for the profile's `addressing_style`, or the service's habit.
    ///   - checksum: the digest that bodies are sent with.
    /// - Throws: a `Failure` of kind `.usage` when they don't fit together or credentials are half given.
    package static func make(
        location: Location,
        options: ConnectionOptions,
        environment: CredentialEnvironment,
        addressing: S3Addressing? = nil,
        checksum: ChecksumAlgorithm? = .crc64nvme
    ) throws -> S3Dialect {
        let (service, _) = try S3Service.make(
            location: location,
            options: options,
            environment: environment,
            addressing: addressing
        )
        return S3Dialect(service: service, checksum: checksum)
    }
}

extension S3ReadDialect {
    /// The source that a location, its options and the environment lead to; see `S3Dialect.make`.
    package static func make(
        location: Location,
        options: ConnectionOptions,
        environment: CredentialEnvironment,
        addressing: S3Addressing? = nil
    ) throws -> S3ReadDialect {
        let (service, key) = try S3Service.make(
            location: location,
            options: options,
            environment: environment,
            addressing: addressing
        )
        return S3ReadDialect(service: service, key: key)
    }
}
