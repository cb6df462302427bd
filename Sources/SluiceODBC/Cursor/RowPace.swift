/// How many rows a driver is asked for at a time, where it holds them all: as many of the longest that were seen last as
/// fit into its share of the memory.
///
/// Rows that are suddenly far longer than those before are held for one time all the same.
struct RowPace: Sendable, Hashable {
    /// Rows to be asked for next.
    private(set) var rows: Int
    private let bytes: Int
    private let most: Int

    /// Of rows that nothing is known of.
    private static let first = 32
    /// What rows may grow by at a time: some more of them tell whether they go on being short.
    private static let growth = 4

    /// - Parameters:
    ///   - bytes: the driver's share.
    ///   - most: rows that nothing is gained beyond.
    init(bytes: Int, most: Int) {
        self.bytes = bytes
        self.most = max(1, most)
        rows = min(self.most, RowPace.first)
    }

    /// Takes account of what came.
    ///
    /// - Parameter longest: bytes of the longest row.
    mutating func saw(longest: Int) {
        rows = max(1, min(most, bytes / max(1, longest), rows * RowPace.growth))
    }
}
