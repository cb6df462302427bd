internal import SluiceCore

/// An answer without success, as far as the Blob service says what it is about.
///
/// Source: Azure Storage REST API, "Status and error codes".
struct AzureFault: Sendable {
    let status: Int
    /// `ContainerNotFound`; nil where the answer is not the service's.
    let code: String?
    /// The first line of the service's own words: the others are the request's number and time.
    let message: String?
    /// Why a request was not let in, where the service says so. Its words are not kept: they quote signatures.
    let reason: Reason?
    /// The service's clock.
    let date: Timestamp?
    let isWebPage: Bool

    enum Reason: Sendable {
        /// The request's date is too far from the service's clock.
        case clock
        /// A SAS token or an access token does not hold yet, or no more.
        case lifetime
    }

    init(_ response: HTTPResponse) {
        let document = AzureErrorDocument(response.body)
        status = response.status
        // An answer to HEAD has no body, and says its code all the same.
        code = (response["x-ms-error-code"] ?? document?.code).map(ServiceFailure.words)
        let line = document?.message?.split(whereSeparator: \.isNewline).first
        message = line.map { ServiceFailure.words(String($0)) }
        reason = document?.detail.flatMap(AzureFault.reason)
        date = response["date"].flatMap { Timestamp(httpDate: $0) }
        isWebPage = code == nil && ServiceFailure.isWebPage(response)
    }

    private static func reason(_ detail: String) -> Reason? {
        if detail.contains("date header too old") || detail.contains("Request date header") { return .clock }
        if detail.contains("time frame") || detail.contains("Lifetime validation failed") { return .lifetime }
        return nil
    }

    /// Whether the refusal is about our clock; the service takes fifteen minutes of difference (Azure Storage REST API,
    /// "Authorize with Shared Key"). An answer to HEAD doesn't say why, but shows the service's clock.
    func isClockSkew(now: Timestamp, offset: Int64) -> Bool {
        guard code == "AuthenticationFailed", let date else { return false }
        return reason == .clock || abs(date.seconds - (now.seconds + offset)) > 15 * 60
    }
}

/// The `<Error>` document.
private struct AzureErrorDocument {
    var code: String?
    var message: String?
    var detail: String?

    init?(_ body: [UInt8]) {
        var reader = XMLReader(body)
        guard (try? reader.root())?.name == "Error" else { return nil }
        do {
            while let child = try reader.child() {
                switch child.name {
                case "Code": code = try reader.text()
                case "Message": message = try reader.text()
                case "AuthenticationErrorDetail": detail = try reader.text()
                default: try reader.skip()
                }
            }
        } catch {
            // A cut document still says what it said first.
        }
        guard code != nil else { return nil }
    }
}
