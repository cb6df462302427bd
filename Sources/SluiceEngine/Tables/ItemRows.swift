internal import SluiceCore
internal import SluiceTables

/// The rows of one reading of an object: counted, and told where they are skipped. Used by one thread at a time.
final class ItemRows {
    private(set) var count = RowCount()
    private let item: SourceItem
    private let skipped: SkippedRows
    private let meter: RowMeter

    init(_ item: SourceItem, _ skipped: SkippedRows, _ meter: RowMeter) {
        self.item = item
        self.skipped = skipped
        self.meter = meter
    }

    /// Takes the rows that can't be read, which stand between those that are handed on.
    var badRows: BadRows {
        BadRows(limit: nil) { [self] row in
            read(1)
            try skip(row)
        }
    }

    func read(_ rows: Int) {
        count.read += rows
        meter.add(rows)
    }

    func copied(_ rows: Int) { count.copied += rows }

    /// - Throws: when no more rows may be skipped.
    func skip(_ row: BadRow) throws {
        try skipped.add(row, of: item)
        count.skipped += 1
    }

    /// They are read again, or not at all.
    func discard() { meter.add(-count.read) }

    /// All rows were read.
    /// - Throws: where one is not accounted for.
    func end() throws {
        guard count.isComplete else {
            throw CopyError(
                .integrity,
                "of \(count.read) rows of \"\(item.name)\" \(count.copied) were copied and \(count.skipped) skipped",
                advice: "This is a mistake of ours: tell us of it"
            )
        }
    }
}
