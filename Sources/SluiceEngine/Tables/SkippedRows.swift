internal import SluiceCore
internal import SluiceTables

/// A row that is not in the table, as it is told.
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
}

/// Decides what becomes of rows that can't be taken: up to a limit they are kept beside, and one more ends the run. From
/// several threads.
final class SkippedRows: Sendable {
    private struct State: ~Copyable, Sendable {
        var count = 0
        var file: RowFile?
    }

    private let limit: Int?
    private let state = Locked(State())
    private let path: String?

    /// - Parameters:
    ///   - limit: rows that may be skipped; nil for any number, 0 for none.
    ///   - path: the file that they are kept in, made with the first of them; nil for none.
    init(limit: Int?, path: String?) {
        self.limit = limit
        self.path = path
    }

    /// Whether any row may be skipped.
    var maySkip: Bool { limit != 0 }

    var count: Int { state.withLock { $0.count } }

    /// Skips a row.
    /// - Throws: a failure that tells of this row when the limit is reached, and what keeps it from being kept.
    func add(_ row: SkippedRow) throws {
        try state.withLock { state in
            if let limit, state.count >= limit { throw SkippedRows.beyond(limit, row) }
            if let path {
                if state.file == nil { state.file = try RowFile(path: path) }
                try state.file?.append(SkippedRows.line(row))
            }
            state.count += 1
        }
    }

    /// Writes what is left; whether there is a file.
    func finish() throws -> Bool {
        try state.withLock { state in
            try state.file?.finish()
            return state.file != nil
        }
    }

    private static func beyond(_ limit: Int, _ row: SkippedRow) -> CopyError {
        CopyError(
            .unexpectedAnswer,
            "\(row.place) of \"\(row.source)\" can't be taken",
            cause: "\(row.message) (\(row.code))" + (limit > 0 ? ", and \(limit) rows were skipped already" : ""),
            advice: limit > 0
                ? "Mend the rows, or allow more of them with --max-bad-rows"
                : "Mend it, or skip such rows with --skip-bad-rows"
        )
    }

    /// The columns of the file.
    static let head = Array("file,line,row,column,code,message,text\n".utf8)

    private static func line(_ row: SkippedRow) -> [UInt8] {
        var line = ""
        var number = ""
        switch row.place {
        case .line(let at): line = String(at)
        case .row(let at): number = String(at)
        }
        let texts = [row.source, line, number, row.column ?? "", row.code, row.message].map { Array($0.utf8) }
        return text(of: texts + [row.text]) + [10]
    }

    /// Values as RFC 4180 has them; NULL is nothing, and the empty text is quoted.
    static func text(of values: [[UInt8]?]) -> [UInt8] {
        var text: [UInt8] = []
        for (index, value) in values.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            guard let value else { continue }
            let isPlain = !value.contains { $0 == 34 || $0 == 44 || $0 == 10 || $0 == 13 }
            guard !isPlain else {
                text += value
                continue
            }
            text.append(34)
            for byte in value {
                if byte == 34 { text.append(34) }
                text.append(byte)
            }
            text.append(34)
        }
        return text
    }
}
