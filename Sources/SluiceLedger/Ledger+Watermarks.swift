internal import GRDB
package import SluiceCore

/// How far a source has been copied: the highest value of a column, or the time up to which files were taken.
package struct Watermark: Sendable, Hashable {
    /// Nil where there was no value to be seen.
    package let value: String?
    /// The run that moved it there.
    package let run: String
    package let moved: Timestamp

    package init(value: String?, run: String, moved: Timestamp) {
        self.value = value
        self.run = run
        self.moved = moved
    }
}

extension Ledger {
    /// How far the source of this key has been copied; nil where it never was. Blocks.
    package func watermark(_ key: [UInt8]) throws(LedgerError) -> Watermark? {
        try write { database in
            let select = try RowStatement(database, "SELECT value, run, moved FROM watermarks WHERE key = ?1")
            try select.bind(key, at: 1)
            defer { select.reset() }
            guard try select.next() else { return nil }
            return Watermark(
                value: select.isNull(0) ? nil : select.text(0),
                run: select.text(1),
                moved: Timestamp(nanoseconds: select.integer(2))
            )
        }
    }

    /// Moves a watermark, unless another process has moved it since it was seen; blocks.
    ///
    /// - Parameters:
    ///   - words: what the key is of, for people who look into the ledger.
    ///   - seen: where it stood; nil where there was none.
    /// - Returns: whether it is there now.
    package func move(_ key: [UInt8], of words: String, from seen: Watermark?, to new: Watermark) throws(LedgerError)
        -> Bool
    {
        var isMoved = false
        try transaction { database in
            let change = try RowStatement(
                database,
                seen == nil
                    ? """
                    INSERT INTO watermarks (key, words, value, run, moved) SELECT ?1, ?2, ?3, ?4, ?5
                    WHERE NOT EXISTS (SELECT 1 FROM watermarks WHERE key = ?1) RETURNING 1
                    """
                    : """
                    UPDATE watermarks SET words = ?2, value = ?3, run = ?4, moved = ?5
                    WHERE key = ?1 AND value IS ?6 AND run = ?7 RETURNING 1
                    """
            )
            try change.bind(key, at: 1)
            try change.bind(words, at: 2)
            try change.bind(new.value, at: 3)
            try change.bind(new.run, at: 4)
            change.bind(new.moved.nanoseconds, at: 5)
            if let seen {
                try change.bind(seen.value, at: 6)
                try change.bind(seen.run, at: 7)
            }
            while try change.next() { isMoved = true }
        }
        return isMoved
    }
}
