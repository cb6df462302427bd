internal import SluiceCore
internal import SluiceDigests
internal import SluiceODBC

/// The marks of a run in its sink's database: see `LoadMarks`.
final class RunMarks: Sendable {
    private let run: String
    private let database: SinkDatabase
    private let made = Monitor<LoadMarks?>(nil)
    private let problem = Locked<(any Failure)?>(nil)
    /// Those that earlier attempts have left.
    private let earlier: Set<String>

    /// - Parameter goesOn: whether an earlier attempt may have left any; then the database is asked.
    init(of run: String, _ database: SinkDatabase, goesOn: Bool) throws {
        self.run = run
        self.database = database
        earlier = goesOn ? LoadMarks.all(beside: database.tableName, run: run, try database.connection) : []
    }

    /// What stands for an object's name.
    static func mark(of name: String) -> String { Hex.encode(SHA256.hash(name)) }

    /// Whether an earlier attempt has brought an object in.
    func has(_ name: String) -> Bool { earlier.contains(RunMarks.mark(of: name)) }

    /// The table of marks; nil before it was made, and where none can be.
    var table: LoadMarks? { made.withLock { $0 } }

    /// Makes the table of marks, once.
    func make(beside table: TargetTable) throws {
        try made.withLock { made in
            guard made == nil else { return }
            let marks = LoadMarks(beside: table.name, run: run, try database.connection)
            try marks.make(database.connection)
            made = marks
        }
    }

    /// Removes the table: what is in is in the ledger by now. To be called when no object is under way.
    func end() {
        guard let marks = table else { return }
        do {
            try marks.drop(database.connection)
        } catch {
            problem.withLock { $0 = SluiceCore.failure(from: error) }
        }
    }

    var notes: [String] {
        guard let failure = problem.withLock({ $0 }), let table else { return [] }
        return [
            "the table \(table.relation), which says what of the run is in, could not be removed: \(failure.description)"
        ]
    }
}
