internal import CODBC

/// What statements have given that were run together.
package struct ScriptResult: Sendable {
    /// The rows of one of them.
    package struct Rows: Sendable {
        package var columns: [Column]
        /// A text for each column, nil for NULL.
        package var rows: [[String?]] = []
        /// Whether there were more, which were left out.
        package var isCut = false
    }

    package struct Column: Sendable, Hashable {
        package let name: String
        /// Whether its texts are numbers.
        package let isNumber: Bool
    }

    package var sets: [Rows] = []
    /// Rows that statements have changed; nil where none told.
    package var changed: Int?
}

extension Connection {
    /// Runs statements, as many as the driver takes in one text, each committed by itself; blocks.
    ///
    /// - Parameter mostRows: of each result that are kept.
    package func script(_ sql: String, mostRows: Int) throws -> ScriptResult {
        let statement = try Statement(self)
        try statement.execute(sql)
        var result = ScriptResult()
        while true {
            let columns = try statement.columns()
            if columns.isEmpty {
                var count: SQLLEN = -1
                try statement.check(unsafe SQLRowCount(statement.handle, &count), "counts the rows of")
                if count >= 0 { result.changed = (result.changed ?? 0) + Int(count) }
            } else {
                result.sets.append(try rows(statement, columns, mostRows))
            }
            let next = unsafe SQLMoreResults(statement.handle)
            if next == SQL_NO_DATA { return result }
            try statement.check(next, "runs the rest of")
        }
    }

    private func rows(_ statement: Statement, _ columns: [ResultColumn], _ most: Int) throws -> ScriptResult.Rows {
        var result = ScriptResult.Rows(
            columns: columns.map { .init(name: $0.name, isNumber: Connection.numbers.contains($0.type)) }
        )
        while true {
            let fetched = unsafe SQLFetch(statement.handle)
            if fetched == SQL_NO_DATA { return result }
            try statement.check(fetched, "fetches the rows of")
            guard result.rows.count < most else {
                result.isCut = true
                return result
            }
            result.rows.append(
                try columns.indices.map { index in
                    var bytes: [UInt8] = []
                    let isThere = try unsafe statement.read(column: index + 1, as: SQL_C_CHAR, terminator: 1) { piece in
                        unsafe bytes.append(contentsOf: piece)
                    }
                    return isThere ? String(decoding: bytes, as: UTF8.self) : nil
                }
            )
        }
    }

    private static let numbers: Set<Int32> = [
        SQL_TINYINT, SQL_SMALLINT, SQL_INTEGER, SQL_BIGINT, SQL_DECIMAL, SQL_NUMERIC, SQL_REAL, SQL_FLOAT, SQL_DOUBLE,
    ]
}
