internal import SluiceCore
package import SluiceTables

/// A row that is left out, as it is told.
package struct SkippedRow: Sendable {
    /// The file or table that it comes from.
    package let source: String
    package let place: RowPlace
    package let column: String?
    /// ADF's name of what is wrong, or a SQLSTATE.
    package let code: String
    package let message: String
    /// The row as it stands in the source, or its values as delimited text.
    package let text: [UInt8]

    /// The columns of a file that keeps such rows.
    static let head = Array("file,line,row,column,code,message,text\n".utf8)

    /// A row of such a file, with its end.
    var line: [UInt8] {
        var line: [UInt8]?
        var number: [UInt8]?
        switch place {
        case .line(let at): line = Array(String(at).utf8)
        case .row(let at): number = Array(String(at).utf8)
        }
        let before = [Array(source.utf8), line, number, column.map { Array($0.utf8) }]
        return RowText.delimited(before + [Array(code.utf8), Array(message.utf8), text]) + [10]
    }
}

extension SkippedRow {
    /// A row of a file, as its reader tells it.
    init(_ row: BadRow, of source: String) {
        self.init(
            source: source,
            place: row.place,
            column: nil,
            code: row.code.rawValue,
            message: row.message,
            text: row.text
        )
    }
}
