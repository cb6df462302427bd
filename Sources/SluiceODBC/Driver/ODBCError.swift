internal import CODBC
package import SluiceCore

/// What a driver, its manager or the database says is wrong.
package struct ODBCError: Failure {
    package let kind: FailureKind
    package let what: String
    package let cause: String?
    package let advice: String?
    package let isOutage: Bool

    package init(_ kind: FailureKind, _ what: String, cause: String? = nil, advice: String? = nil) {
        self.kind = kind
        self.what = what
        self.cause = cause
        self.advice = advice
        isOutage = false
    }

    /// - Parameters:
    ///   - what: what was tried.
    ///   - diagnostics: what the driver says; the first is the error.
    ///   - isLost: whether the connection has gone, whatever they say.
    init(_ what: String, _ diagnostics: [Diagnostic], isLost: Bool = false) {
        let meaning = Meaning(state: isLost ? "08S01" : diagnostics.first?.state ?? "")
        kind = meaning.kind
        isOutage = meaning.isOutage
        advice = meaning.advice
        self.what = what
        let told = diagnostics.prefix(3).map(\.description).joined(separator: "; ")
        cause = told.isEmpty ? "the driver doesn't say why" : told
    }

    /// What a SQLSTATE comes down to: ISO 9075's classes, and ODBC's own.
    private struct Meaning {
        var kind = FailureKind.unexpectedAnswer
        var isOutage = false
        var advice: String?

        init(state: String) {
            switch state {
            case "IM002":
                kind = .usage
                advice =
                    "Check the names of the data source and the driver: odbcinst -q -s and odbcinst -q -d list those that there are"
            case "IM003", "01000":
                kind = .usage
                advice = "Install the driver, or mend its path in odbcinst.ini"
            case "28000", "28P01":
                kind = .forbidden
                advice = "Check the user (Uid=) and the password (SLUICE_ODBC_PASSWORD)"
            case "42501": kind = .forbidden
            case "42S02", "42P01": kind = .notFound
            case "08001", "08S01", "08003", "08006", "08007", "HYT00", "HYT01", "57P01", "57P02", "57P03":
                kind = .transient
                isOutage = state.hasPrefix("08")
            case "40001", "40P01": kind = .transient
            case "53100": kind = .noSpace
            case "53300": kind = .throttled
            case _ where state.hasPrefix("42") || state.hasPrefix("HYC"): kind = .usage
            default: break
            }
        }
    }
}

/// One record of what a call has to say.
struct Diagnostic: Sendable, CustomStringConvertible {
    let state: String
    let native: Int
    let message: String

    var description: String { "\(message) (\(state)" + (native == 0 ? ")" : ", \(native))") }

    /// All records of a handle, in the order of their weight.
    static func all(of kind: Int32, _ handle: SQLHANDLE?) -> [Diagnostic] {
        var found: [Diagnostic] = []
        var state = [SQLCHAR](repeating: 0, count: 6)
        var message = [SQLCHAR](repeating: 0, count: 2048)
        var native: SQLINTEGER = 0
        var length: SQLSMALLINT = 0
        while found.count < 16,
            unsafe SQLGetDiagRec(
                SQLSMALLINT(kind),
                handle,
                SQLSMALLINT(found.count + 1),
                &state,
                &native,
                &message,
                SQLSMALLINT(message.count),
                &length
            ) & ~1 == 0
        {
            let count = min(Int(length), message.count - 1)
            found.append(
                Diagnostic(
                    state: String(decoding: state.prefix(5), as: UTF8.self),
                    native: Int(native),
                    message: tidy(String(decoding: message.prefix(max(0, count)), as: UTF8.self))
                )
            )
        }
        return found
    }

    /// On one line, and without the names of the programs that passed it on: `[unixODBC][Driver]`.
    private static func tidy(_ text: String) -> String {
        var rest = text[...]
        while rest.first == "[", let end = rest.firstIndex(of: "]") {
            rest = rest[end...].dropFirst().drop { $0 == " " }
        }
        return rest.split(whereSeparator: { $0.isNewline }).map { $0.trimmed }.filter { !$0.isEmpty }.joined(
            separator: " "
        )
    }
}
