internal import SluiceCore

/// An answer without success, as far as S3 says what it is about.
///
/// Source: Amazon S3 API Reference, "Error Responses".
struct S3Fault: Sendable {
    let status: Int
    /// `NoSuchBucket`; nil where the answer has no such document: to HEAD, or from something else than S3.
    let code: String?
    /// The service's own words, on one line.
    let message: String?
    /// The header, argument or condition that it is about.
    let subject: String?
    /// The region that the bucket is in, where the answer names it.
    let region: String?
    /// The service's clock.
    let date: Timestamp?
    let isWebPage: Bool
    /// Where a redirect leads to, without its query.
    let target: String?

    init(_ response: HTTPResponse) {
        let document = S3ErrorDocument(response.body)
        status = response.status
        code = document?.code.map(ServiceFailure.words)
        message = document?.message.map(ServiceFailure.words)
        subject = document?.subject
        region = response["x-amz-bucket-region"] ?? document?.region
        date = document?.serverTime ?? response["date"].flatMap { Timestamp(httpDate: $0) }
        isWebPage = document == nil && ServiceFailure.isWebPage(response)
        let place = response["location"].map { String($0.prefix { $0 != "?" }) } ?? document?.endpoint
        target = place.map(ServiceFailure.words)
    }

    /// The region to sign for and to send to, where the refusal is about the region.
    var regionToUse: String? {
        // It becomes part of a host's name and of a header: what can't be a region's name is none.
        guard let region, 1...64 ~= region.utf8.count, region.utf8.allSatisfy(S3Fault.isOfRegion) else { return nil }
        switch code {
        case "AuthorizationHeaderMalformed", "PermanentRedirect", "TemporaryRedirect",
            "IllegalLocationConstraintException":
            return region
        case nil: return (300..<400).contains(status) || status == 400 ? region : nil
        default: return nil
        }
    }

    private static func isOfRegion(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Whether the refusal is about our clock. An answer to HEAD doesn't say so, but shows the service's clock; S3
    /// takes fifteen minutes of difference (Amazon S3 API Reference, "Error Responses": RequestTimeTooSkewed).
    func isClockSkew(now: Timestamp, offset: Int64) -> Bool {
        if code == "RequestTimeTooSkewed" || code == "RequestInTheFuture" || code == "RequestExpired" { return true }
        guard code == nil, status == 403, let date else { return false }
        return abs(date.seconds - (now.seconds + offset)) > 15 * 60
    }

    /// Whether the refusal is about a checksum's header: services that don't know one answer 400 or 501 and name it,
    /// or say only that some header is not implemented.
    ///
    /// - Parameter hasCondition: whether the request had a header of a precondition, which may be meant as well.
    func refusesChecksum(hasCondition: Bool) -> Bool {
        guard status == 400 || status == 501, S3Failure.meaning(of: code)?.kind != .integrity else { return false }
        let text = ((subject ?? "") + " " + (message ?? "")).lowercased()
        if text.contains("x-amz-checksum") || text.contains("checksum algorithm") || text.contains("checksum type") {
            return true
        }
        return code == "NotImplemented" && subject == nil && !hasCondition && text.contains("header")
    }
}

/// The `<Error>` document.
private struct S3ErrorDocument {
    var code: String?
    var message: String?
    var subject: String?
    var region: String?
    var endpoint: String?
    var serverTime: Timestamp?

    init?(_ body: [UInt8]) {
        var reader = XMLReader(body)
        guard (try? reader.root())?.name == "Error" else { return nil }
        do {
            while let child = try reader.child() {
                switch child.name {
                case "Code": code = try reader.text()
                case "Message": message = try reader.text()
                case "Header", "ArgumentName", "Condition": subject = try reader.text()
                case "Region": region = try reader.text()
                case "Endpoint": endpoint = try reader.text()
                case "ServerTime": serverTime = Timestamp(rfc3339: try reader.text())
                default: try reader.skip()
                }
            }
        } catch {
            // A cut document still says what it said first.
        }
        guard code != nil else { return nil }
    }
}
