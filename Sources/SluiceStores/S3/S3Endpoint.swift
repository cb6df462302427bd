internal import SluiceCore

/// Where a bucket's name goes in an address.
package enum S3Addressing: String, Sendable, CaseIterable {
    /// `https://HOST/BUCKET/KEY`
    case path
    /// `https://BUCKET.HOST/KEY`
    case virtual
}

/// Where a bucket is served.
///
/// Source: Amazon S3 User Guide, "Virtual hosting of general purpose buckets" and "Amazon S3 endpoints".
struct S3Endpoint: Sendable {
    let bucket: String
    /// A service other than AWS's own, or nil.
    let service: HTTPAddress?
    let addressing: S3Addressing

    /// - Parameter addressing: nil for the service's habit: by host on AWS, by path elsewhere.
    /// - Throws: a `StoreError` of kind `.usage` when no bucket can have this name, or the endpoint is no place to add
    ///   one to.
    init(bucket: String, service: HTTPAddress?, addressing: S3Addressing? = nil) throws(StoreError) {
        guard S3Endpoint.isBucketName(bucket) else {
            throw StoreError(
                .usage,
                "\"\(bucket)\" can't be a bucket's name",
                advice: "A bucket's name has 3 to 63 lower-case letters, digits, hyphens and dots"
            )
        }
        guard !bucket.hasSuffix("--x-s3") else {
            throw StoreError(
                .usage,
                "\"\(bucket)\" is a directory bucket, which takes another kind of signature",
                advice: "Use a general purpose bucket"
            )
        }
        guard service?.query == nil else {
            throw StoreError(
                .usage,
                "the endpoint \(service?.origin ?? "") has a query",
                advice: "Write https://HOST:PORT"
            )
        }
        self.bucket = bucket
        self.service = service.map(S3Endpoint.normalised)
        // A bucket with a dot in its name is in no certificate, and host names have no capitals.
        let wanted = addressing ?? (service == nil ? .virtual : .path)
        self.addressing = S3Endpoint.isHostLabel(bucket) ? wanted : .path
    }

    /// The bucket's address in a region: the path is what comes in front of `/KEY`.
    func base(region: String) -> HTTPAddress {
        var address = service ?? HTTPAddress(host: "s3.\(region).\(S3Endpoint.domain(region))")
        switch addressing {
        case .path: address.path += "/" + bucket
        case .virtual: address.host = bucket + "." + address.host
        }
        return address
    }

    /// Without the scheme's own port, which no client puts into `Host`, and without a slash at the path's end.
    private static func normalised(_ address: HTTPAddress) -> HTTPAddress {
        var address = address
        if address.port == (address.isEncrypted ? 443 : 80) { address.port = nil }
        while address.path.hasSuffix("/") { address.path.removeLast() }
        return address
    }

    private static func domain(_ region: String) -> String {
        region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    }

    /// What any service may take: the rules of today, and those for buckets made in us-east-1 before March 2018
    /// (Amazon S3 User Guide, "General purpose bucket naming rules").
    private static func isBucketName(_ name: String) -> Bool {
        3...255 ~= name.utf8.count && !name.hasPrefix(".") && !name.contains("..")
            && name.utf8.allSatisfy { isAlphanumeric($0, capitals: true) || "-._".utf8.contains($0) }
    }

    private static func isHostLabel(_ name: String) -> Bool {
        name.utf8.count <= 63 && !name.hasPrefix("-") && !name.hasSuffix("-")
            && name.utf8.allSatisfy { isAlphanumeric($0, capitals: false) || $0 == UInt8(ascii: "-") }
    }

    private static func isAlphanumeric(_ byte: UInt8, capitals: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): capitals
        default: false
        }
    }
}
