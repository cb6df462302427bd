internal import SluiceCore

/// What an error code of a service means to us.
struct ServiceCode: Sendable {
    let kind: FailureKind
    /// What the user can do about it.
    let advice: String?

    /// - Parameter rows: kind, codes with spaces between them, and advice.
    static func table(_ rows: [(FailureKind, String, String?)]) -> [String: ServiceCode] {
        var codes: [String: ServiceCode] = [:]
        for (kind, names, advice) in rows {
            for name in names.split(separator: " ") { codes[String(name)] = ServiceCode(kind: kind, advice: advice) }
        }
        return codes
    }
}
