internal import SluiceCore

/// A row that can't be taken, as it is told to the user.
package struct BadRow: Sendable, Hashable {
    /// What is wrong with it, by the names that ADF has for it where it has one.
    package enum Code: String, Sendable, CaseIterable {
        case moreColumns = "DelimitedTextMoreColumnsThanDefined"
        case fewerColumns = "DelimitedTextFewerColumnsThanDefined"
        case badQuote = "DelimitedTextBadDataDetected"
        case badJSON = "JsonInvalidDataFormat"
        case badText = "UserErrorInvalidText"
        case badValue = "UserErrorInvalidDataValue"
    }

    package let place: RowPlace
    package let code: Code
    /// A clause that names the column where there is one: `column 3 (price) holds "x", which is no decimal`.
    package let message: String
    /// The row as it stands in the source, or its values as delimited text.
    package let text: [UInt8]

    package init(_ place: RowPlace, _ code: Code, _ message: String, text: [UInt8]) {
        self.place = place
        self.code = code
        self.message = message
        self.text = text
    }

    /// At most this many bytes of a value are shown in a message.
    private static let longestShown = 80

    /// A value for a message, in quotes and without control characters.
    package static func shown(_ bytes: some Collection<UInt8>) -> String {
        let text = String(decoding: bytes.prefix(longestShown), as: UTF8.self)
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + (bytes.count > longestShown ? "…\"" : "\"")
    }
}

/// Decides what becomes of rows that can't be taken: up to `limit` of them are handed on, and one more is the table's
/// failure. Used by one thread at a time.
package final class BadRows {
    /// Rows that were skipped so far.
    package private(set) var count = 0
    private let limit: Int?
    private let take: (BadRow) throws -> Void

    /// - Parameters:
    ///   - limit: rows that may be skipped; nil for any number, 0 for none.
    ///   - take: keeps a skipped row, in the order of the source.
    package init(limit: Int? = 0, take: @escaping (BadRow) throws -> Void = { _ in }) {
        self.limit = limit
        self.take = take
    }

    /// Skips a row.
    /// - Throws: a `TableError` that tells of this row when the limit is reached, and what `take` throws.
    func add(_ row: BadRow) throws {
        if let limit, count >= limit {
            throw TableError(
                .unexpectedAnswer,
                "\(row.place) can't be taken",
                cause: row.message + (limit > 0 ? ", and \(limit) rows were skipped already" : ""),
                advice: limit > 0 ? "Mend the rows" : "Mend it"
            )
        }
        try take(row)
        count += 1
    }
}
