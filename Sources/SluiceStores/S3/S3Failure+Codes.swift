internal import SluiceCore

/// What S3's error codes mean.
extension S3Failure {
    /// What a code means; nil for one that is not known, which its status then decides.
    static func meaning(of code: String?) -> ServiceCode? { code.flatMap { codes[$0] } }

    /// Source: Amazon S3 API Reference, "List of error codes"; those with XMinio are of MinIO and its descendants.
    private static let codes = ServiceCode.table([
        (
            .notFound,
            "NoSuchBucket",
            "Create the bucket or mend its name, and check the endpoint and the region"
        ),
        (
            .notFound,
            "NoSuchKey NoSuchVersion",
            "Check the object's name"
        ),
        (
            .notFound,
            "NoSuchUpload",
            "The upload was given up by someone, or its commit had succeeded before: look at what stands there, or copy again"
        ),
        (
            .forbidden,
            "AccessDenied AllAccessDisabled MethodNotAllowed",
            "Check that the keys' policy and the bucket's allow this"
        ),
        (
            .forbidden,
            "InvalidAccessKeyId",
            "Check AWS_ACCESS_KEY_ID, and that it belongs to this service"
        ),
        (
            .forbidden,
            "SignatureDoesNotMatch",
            "Check AWS_SECRET_ACCESS_KEY; a proxy that rewrites requests can cause it too"
        ),
        (
            .forbidden,
            "ExpiredToken TokenRefreshRequired",
            "The keys have expired: get new ones, and set AWS_SESSION_TOKEN with them"
        ),
        (
            .forbidden,
            "InvalidToken InvalidSecurity",
            "AWS_SESSION_TOKEN does not belong to the keys: set all three anew, or unset it"
        ),
        (
            .forbidden,
            "RequestTimeTooSkewed RequestInTheFuture RequestExpired",
            "Set this machine's clock"
        ),
        (
            .forbidden,
            "AccountProblem NotSignedUp InvalidPayer",
            "See the account in the service's console"
        ),
        (
            .forbidden,
            "InvalidObjectState",
            "The object is archived: restore it first, in the service's console"
        ),
        (
            .forbidden,
            "KMS.DisabledException KMS.NotFoundException KMS.KMSInvalidStateException "
                + "KMS.InvalidStateException",
            "Check the bucket's encryption key in KMS"
        ),
        (
            .usage,
            "AuthorizationHeaderMalformed PermanentRedirect TemporaryRedirect "
                + "IllegalLocationConstraintException",
            "Set AWS_REGION to the bucket's region, or mend the endpoint"
        ),
        (
            .usage,
            "InvalidBucketName",
            "Mend the bucket's name"
        ),
        (
            .throttled,
            "SlowDown SlowDownRead SlowDownWrite ServiceUnavailable TooManyRequests "
                + "Throttling ThrottlingException RequestLimitExceeded BandwidthLimitExceeded "
                + "XMinioServerNotInitialized",
            "The service asks for fewer requests: see --connections and --requests-per-second"
        ),
        (
            .transient,
            "InternalError RequestTimeout IncompleteBody OperationAborted "
                + "ConditionalRequestConflict KMS.ThrottlingException",
            nil
        ),
        (
            .precondition,
            "PreconditionFailed",
            "Something stands there already, or changed in between: see --overwrite"
        ),
        (
            .integrity,
            "BadDigest InvalidDigest XAmzContentChecksumMismatch XAmzContentSHA256Mismatch",
            "The bytes changed on the way: copy again, and check memory and network if it happens again"
        ),
        (
            .integrity,
            "InvalidPart InvalidPartOrder",
            "What the service holds of the upload is not what was put: copy the object again"
        ),
        (
            .tooLarge,
            "EntityTooLarge EntityTooSmall MaxMessageLengthExceeded",
            "The service has other limits than S3's: choose another --block-size"
        ),
        (
            .tooLarge,
            "MetadataTooLarge",
            "S3 takes 2 KiB of metadata an object: leave out --preserve metadata"
        ),
        (
            .invalidName,
            "KeyTooLongError InvalidObjectName InvalidURI XMinioInvalidObjectName "
                + "XMinioInvalidResourceName XMinioObjectExistsAsDirectory XMinioParentIsObject",
            "The service can't hold an object of this name: rename it"
        ),
        (
            .sourceChanged,
            "InvalidRange",
            "It is shorter than when it was listed: copy it again"
        ),
        (
            .noSpace,
            "QuotaExceeded EntityQuotaExceeded InsufficientCapacity XMinioStorageFull",
            "Free some space at the service, or raise its quota"
        ),
        (
            .unexpectedAnswer,
            "NotImplemented",
            "The service lacks a part of S3 that this needs"
        ),
    ])
}
