internal import SluiceCore

/// How rows stand in delimited text; as RFC 4180 has it where nothing else is said.
package struct DelimitedFormat: Sendable, Hashable {
    /// Between values; one byte or more.
    package var delimiter: [UInt8] = [UInt8(ascii: ",")]
    /// Behind each row; nil to read whatever of CR LF, LF and CR stands there, and to write LF.
    package var rowDelimiter: [UInt8]?
    /// Around values that hold one of these, and taken as such at a value's start only; nil for none, in which case
    /// they are escaped.
    package var quote: UInt8? = UInt8(ascii: "\"")
    /// Makes the byte behind it a plain one, within quotes and without; nil for quotes within quotes that are doubled.
    package var escape: UInt8?
    /// What stands for a value that is not there, never within quotes.
    package var null: [UInt8] = []
    /// Whether the first row holds the columns' names.
    package var hasHeader = true
    /// Whether every value that is there is quoted.
    package var quotesAll = false
    /// Lines that are passed over before anything is read.
    package var skippedLines = 0
    /// The name that iconv has for the text's encoding; nil for UTF-8.
    package var encoding: String?
    /// How bytes stand in text.
    package var binary = BinaryText.hexadecimal

    package init() {}

    /// What writes rows of these columns.
    /// - Throws: a `TableError` when the options contradict each other, or name an encoding that there is not.
    package func makeEncoder(_ columns: [Column]) throws(TableError) -> any RowEncoder {
        let encoder = try DelimitedEncoder(self, columns: columns)
        guard let encoding, !TextEncoding.isUTF8(encoding) else { return encoder }
        return try TranscodedEncoder(encoder, encoding: encoding)
    }

    /// The escape where it is more than a quote that is doubled.
    var ownEscape: UInt8? { escape == quote ? nil : escape }

    /// What stands behind each row that is written.
    var writtenRowDelimiter: [UInt8] { rowDelimiter ?? [DelimitedFormat.lineFeed] }

    /// Throws where the options contradict each other.
    package func check() throws(TableError) {
        let rowEnd = writtenRowDelimiter
        if delimiter.isEmpty { throw .delimited("the column delimiter is empty", "Name one character or more") }
        if rowEnd.isEmpty { throw .delimited("the row delimiter is empty", "Name one character or more") }
        if delimiter[0] == rowEnd[0] || (rowDelimiter == nil && delimiter[0] == DelimitedFormat.carriageReturn) {
            throw .delimited("columns and rows have delimiters that begin alike", "Choose others")
        }
        let delimiters = delimiter + rowEnd
        if let quote {
            if delimiters.contains(quote) {
                throw .delimited("the quote is part of a delimiter", "Choose another quote, or none")
            }
            if null.contains(quote) { throw .delimited("what stands for NULL holds the quote", "Choose another text") }
        } else if quotesAll {
            throw .delimited("all values are to be quoted, and there is no quote", "Name one, or leave that out")
        }
        if (quote ?? 0) >= 128 || (escape ?? 0) >= 128 {
            throw .delimited("the quote or the escape is no ASCII", "Choose others")
        }
        if (try? UTF8Span(validating: delimiters.span)) == nil {
            throw .delimited("a delimiter is no UTF-8", "Choose another")
        }
        if let escape, delimiters.contains(escape) {
            throw .delimited("the escape is part of a delimiter", "Choose another escape")
        }
        if null.contains(where: { $0 == delimiter[0] || $0 == rowEnd[0] || $0 == 10 || $0 == 13 }) {
            throw .delimited("what stands for NULL holds a delimiter", "Choose another text")
        }
    }

    static let lineFeed: UInt8 = 10
    static let carriageReturn: UInt8 = 13
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}

extension TableError {
    static func delimited(_ what: String, _ advice: String) -> TableError { TableError(.usage, what, advice: advice) }
}
