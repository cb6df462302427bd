/// What a run has moved, over all its attempts.
package struct RunTotals: Sendable, Hashable {
    /// Items that are at the sink, and those that failed or were skipped in the last attempt.
    package var done = 0
    package var failed = 0
    package var skipped = 0
    package var bytes = RunBytes()

    package init() {}

    /// These and what an ended item adds.
    mutating func add(_ item: EndedItem) {
        switch item.outcome {
        case .done:
            done += 1
            bytes.read += item.version.size ?? item.bytesWritten
            bytes.written += item.bytesWritten
        case .failed: failed += 1
        case .skipped: skipped += 1
        }
    }
}

/// Bytes that a run has moved.
package struct RunBytes: Sendable, Hashable {
    /// Read from the source.
    package var read = 0
    /// Confirmed by the sink.
    package var written = 0
    /// Found at the sink from an earlier attempt, and not sent again.
    package var resumed = 0

    package init(read: Int = 0, written: Int = 0, resumed: Int = 0) {
        self.read = read
        self.written = written
        self.resumed = resumed
    }

    static func + (left: RunBytes, right: RunBytes) -> RunBytes {
        RunBytes(
            read: left.read + right.read,
            written: left.written + right.written,
            resumed: left.resumed + right.resumed
        )
    }
}
