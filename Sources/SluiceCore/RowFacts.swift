/// Rows of an object, counted where they come in and where they go out.
package struct RowCount: Hashable, Sendable {
    package var read = 0
    package var copied = 0
    package var skipped = 0

    package init(read: Int = 0, copied: Int = 0, skipped: Int = 0) {
        self.read = read
        self.copied = copied
        self.skipped = skipped
    }

    /// Whether each row that was read is accounted for.
    package var isComplete: Bool { read == copied + skipped }

    package static func + (one: RowCount, other: RowCount) -> RowCount {
        RowCount(read: one.read + other.read, copied: one.copied + other.copied, skipped: one.skipped + other.skipped)
    }
}

/// What a source of rows knows of them, at one moment.
package struct RowFacts: Sendable, Equatable {
    /// Rows that were read, of unfinished objects too.
    package var read: Int
    /// Rows that there are about; nil where nobody says.
    package var expected: Int?
    /// Which state of the source they show, in a word.
    package var snapshot: String?
    /// What the user should know.
    package var notes: [String]

    package init(read: Int, expected: Int? = nil, snapshot: String? = nil, notes: [String] = []) {
        self.read = read
        self.expected = expected
        self.snapshot = snapshot
        self.notes = notes
    }
}
