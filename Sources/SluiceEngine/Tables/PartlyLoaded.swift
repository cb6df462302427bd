internal import SluiceCore
internal import SluiceStores
internal import SluiceTables

/// What kept rows of an item from the table, where others are in.
struct PartlyLoaded: Failure {
    private let failure: any Failure
    private let rows: Int

    /// - Parameter rows: that are in.
    init(_ failure: any Failure, rows: Int) {
        self.failure = failure
        self.rows = rows
    }

    var kind: FailureKind { failure.kind }
    var what: String { failure.what }
    var cause: String? { failure.cause }
    var retryAfter: Duration? { failure.retryAfter }
    var isOutage: Bool { failure.isOutage }

    var advice: String? {
        let told = rows == 1 ? "1 row of it is in the table" : "\(rows) rows of it are in the table"
        return failure.advice.map { "\(told). \($0)" } ?? told
    }
}

extension Failure {
    /// Whether other items may do better than the one whose rows met this.
    var isItemsOwn: Bool {
        switch kind {
        case .integrity, .sourceChanged, .sourceVanished, .invalidName: true
        default: self is TableError || self is StoreError
        }
    }
}
