internal import SluiceCore
internal import SluiceTables

/// A row that is left out, as it is told.
struct SkippedRow: Sendable {
    /// The file or table that it comes from.
    let source: String
    let place: RowPlace
    let column: String?
    /// ADF's name of what is wrong, or a SQLSTATE.
    let code: String
    let message: String
    /// The row as it stands in the source, or its values as delimited text.
    let text: [UInt8]

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
