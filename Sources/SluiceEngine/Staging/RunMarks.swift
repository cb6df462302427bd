internal import SluiceCore
internal import SluiceDigests
internal import SluiceODBC

/// The marks of a run in its sink's database: see `LoadMarks`.
final class RunMarks: Sendable {
    private let run: String
    private let database: SinkDatabase
    private let made = Monitor<LoadMarks?>(nil)
    private let note = Locked<String?>(nil)
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

    /// Removes the table where everything is in and the ledger knows it; else another attempt needs it. To be called when no
    /// object is under way.
    func end(isWhole: Bool) {
        guard let marks = table else { return }
        guard isWhole else { return note.withLock { $0 = "the table \(marks.relation) says what of the run is in, for sluice resume" } }
        do {
            try marks.drop(database.connection)
        } catch {
            let failure = SluiceCore.failure(from: error)
            note.withLock {
                $0 = "the table \(marks.relation), which says what of the run is in, could not be removed: \(failure.description)"
            }
        }
    }

    var notes: [String] { note.withLock { $0 }.map { [$0] } ?? [] }
}
