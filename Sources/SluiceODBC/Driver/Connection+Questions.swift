internal import CODBC

/// Questions to the database whose answers are short.
extension Connection {
    /// The first value that a statement gives, as text; blocks.
    ///
    /// - Parameter column: whose value, in any case; nil for the first one's.
    func text(_ sql: String, column: String? = nil) throws -> String? {
        var found: String?
        let pick = { (columns: [ResultColumn]) in columns.firstIndex { $0.name.lowercased() == column } ?? 0 }
        try forEach(sql, pick) { value in
            found = try value()
            return false
        }
        return found
    }

    /// About how many rows a statement's plan tells: see `DivisionProfile.estimate`.
    func estimate(_ sql: String) throws -> Int? {
        var found: String?
        try forEach(sql, { columns in columns.firstIndex { $0.name.lowercased() == "rows" } ?? 0 }) { value in
            found = try value()
            return false
        }
        guard let found else { return nil }
        let start = found.firstRange(of: "rows=")?.upperBound ?? found.startIndex
        return Int(found[start...].prefix { $0.isNumber })
    }

    /// Up to twice `wanted` of the first values that a statement's rows have, evenly spread over them; NULL left out.
    func sample(_ sql: String, wanted: Int) throws -> [String] {
        var kept: [String] = []
        var step = 1
        var number = 0
        try forEach(sql) { value in
            defer { number += 1 }
            guard number % step == 0, let text = try value() else { return true }
            kept.append(text)
            if kept.count == 2 * wanted {
                kept = stride(from: 0, to: kept.count, by: 2).map { kept[$0] }
                step *= 2
            }
            return true
        }
        return kept
    }

    /// Calls `body` for each row that a statement gives until it returns false.
    ///
    /// - Parameter column: picks the column whose value `body` can ask for.
    private func forEach(
        _ sql: String,
        _ column: ([ResultColumn]) -> Int = { _ in 0 },
        _ body: (() throws -> String?) throws -> Bool
    ) throws {
        let statement = try Statement(self)
        try statement.execute(sql)
        let number = column(try statement.columns()) + 1
        while true {
            let result = unsafe SQLFetch(statement.handle)
            if result == SQL_NO_DATA { return }
            try statement.check(result, "fetches the rows of")
            let goesOn = try body {
                var bytes: [UInt8] = []
                let isThere = try unsafe statement.read(column: number, as: SQL_C_CHAR, terminator: 1) { piece in
                    unsafe bytes.append(contentsOf: piece)
                }
                return isThere ? String(decoding: bytes, as: UTF8.self) : nil
            }
            if !goesOn { return }
        }
    }
}
