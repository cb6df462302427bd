internal import SluiceCore

/// What the Blob service's error codes mean.
extension AzureFailure {
    /// What a code means; nil for one that is not known, which its status then decides.
    static func meaning(of code: String) -> ServiceCode? { codes[code] }

    /// Source: Azure Storage REST API, "Common REST API error codes" and "Blob Storage error codes".
    private static let codes = ServiceCode.table([
        (
            .notFound,
            "ContainerNotFound",
            "Create the container or mend its name"
        ),
        (
            .notFound,
            "BlobNotFound",
            "Check the blob's name"
        ),
        (
            .notFound,
            "ResourceNotFound",
            "Check the names of account and container"
        ),
        (
            .forbidden,
            "AuthorizationFailure",
            "The account's firewall may not let this machine in, or the SAS token doesn't allow this: see "
                + "\"Networking\" in the portal"
        ),
        (
            .forbidden,
            "AuthorizationPermissionMismatch InsufficientAccountPermissions",
            "Give the application the role Storage Blob Data Contributor, or the SAS token the permissions "
                + "rcwl"
        ),
        (
            .forbidden,
            "AuthorizationResourceTypeMismatch AuthorizationServiceMismatch",
            "Make the SAS token for the Blob service, and for containers and objects (ss=b, srt=co)"
        ),
        (
            .forbidden,
            "AuthorizationProtocolMismatch",
            "The SAS token wants https"
        ),
        (
            .forbidden,
            "AuthorizationSourceIPMismatch",
            "The SAS token is for other addresses than this machine's"
        ),
        (
            .forbidden,
            "KeyBasedAuthenticationNotPermitted",
            "The account takes no keys: set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET instead"
        ),
        (
            .forbidden,
            "UnauthorizedBlobOverwrite",
            "The SAS token allows to create and not to overwrite: give it the permission w, or use "
                + "--overwrite never"
        ),
        (
            .forbidden,
            "AccountIsDisabled ContainerDisabled",
            "See the account in the portal"
        ),
        (
            .forbidden,
            "BlobArchived BlobBeingRehydrated",
            "The blob is archived: rehydrate it first, in the portal"
        ),
        (
            .forbidden,
            "BlobImmutableDueToPolicy",
            "A policy of the container keeps the blob from being changed"
        ),
        (
            .precondition,
            "BlobAlreadyExists ConditionNotMet TargetConditionNotMet",
            "Something stands there already, or changed in between: see --overwrite"
        ),
        (
            .precondition,
            "LeaseIdMissing LeaseAlreadyPresent LeaseLost LeaseIdMismatchWithBlobOperation",
            "Someone holds a lease on the blob: wait for its end, or break it in the portal"
        ),
        (
            .precondition,
            "InvalidBlobType",
            "A page or append blob stands there: delete it first"
        ),
        (
            .precondition,
            "InvalidBlobOrBlock",
            "Blocks of another program's unfinished upload are in the way: they go after a week, or when the blob is "
                + "put whole or deleted"
        ),
        (
            .precondition,
            "PendingCopyOperation SnapshotsPresent",
            "Wait for the copy to end, or remove what holds the blob, in the portal"
        ),
        (
            .integrity,
            "Md5Mismatch Crc64Mismatch InvalidMd5 InvalidCrc64",
            "The bytes changed on the way: copy again, and check memory and network if it happens again"
        ),
        (
            .integrity,
            "InvalidBlockList",
            "Blocks are missing: another writer may have committed the blob meanwhile. Copy it again"
        ),
        (
            .throttled,
            "ServerBusy TooManyRequests IngressOverAccountLimit EgressIsOverAccountLimit",
            "The service asks for fewer requests: see --connections and --requests-per-second"
        ),
        (
            .transient,
            "InternalError OperationTimedOut ContainerBeingDeleted ContainerBeingCreated",
            nil
        ),
        (
            .tooLarge,
            "RequestBodyTooLarge BlockCountExceedsLimit BlockListTooLong",
            "Choose another --block-size"
        ),
        (
            .tooLarge,
            "MetadataTooLarge",
            "Azure takes 8 KiB of metadata a blob: leave out --preserve metadata"
        ),
        (
            .invalidName,
            "InvalidResourceName InvalidUri OutOfRangeInput",
            "Azure can't hold a blob of this name: rename it"
        ),
        (
            .invalidName,
            "InvalidMetadata EmptyMetadataKey",
            "Azure can't hold this metadata: leave out --preserve metadata"
        ),
        (
            .sourceChanged,
            "InvalidRange",
            "It is shorter than when it was listed: copy it again"
        ),
        (
            .sourceChanged,
            "SourceConditionNotMet CopySourceConditionNotMet",
            "The source was replaced since it was listed: copy it again"
        ),
        (
            .notFound,
            "CannotVerifyCopySource",
            "The service can't read the source by itself: copy with --no-server-side-copy"
        ),
        (
            .usage,
            "AccountRequiresHttps",
            "Write the endpoint with https://"
        ),
        (
            .unexpectedAnswer,
            "NotImplemented APINotImplemented InvalidHeaderValue UnsupportedHeader "
                + "FeatureVersionMismatch",
            "The service is older than version 2021-12-02 of the Blob service, or lacks a part of it"
        ),
    ])
}
