internal import SluiceCore
internal import SluiceDigests
internal import SluiceEngine
internal import SluiceJobs
internal import SluiceLedger
internal import SluiceODBC
internal import SluiceStores

/// What `run --incremental` takes of each source: what has come to it since it was copied last.
///
/// The ledger keeps how far that was by pipeline, activity, item and what is read, and where to: another of these begins
/// anew. It is moved once the sink has confirmed a copy, so that one that failed or was killed is made again as it was, with
/// what has come since.
final class JobIncrements: Sendable {
    private let ledger: Ledger
    private let run: JobRun
    /// Found once for each copy, so that all its attempts have the same.
    private let found = Locked<[[UInt8]: Increment]>([:])

    init(_ run: JobRun, _ environment: [String: String]) throws {
        self.run = run
        ledger = try RunRegister.open(environment)
    }

    /// What one copy takes.
    struct Increment: Sendable {
        let key: [UInt8]
        let words: String
        let seen: Watermark?
        /// What the watermark becomes.
        let value: String?
        let extent: Extent

        enum Extent: Sendable {
            /// Rows of which a condition is true.
            case rows(String)
            /// Files by their times of last change, from one on, and before another.
            case files(Timestamp?, before: Timestamp)
        }

        /// Has a copy take this much and no more.
        func bound(_ specification: inout CopySpecification) {
            switch extent {
            case .rows(let condition): specification.table.condition = condition
            case .files(let from, let before):
                specification.selection.modifiedFrom = [specification.selection.modifiedFrom, from].compactMap(\.self)
                    .max()
                specification.selection.modifiedBefore = before
            }
        }
    }

    /// What a copy takes; asks the source's database, and blocks.
    ///
    /// - Parameter specification: of the copy, as it is without this.
    func increment(of copy: CopyPlan, _ activity: String, _ item: JobItem?, _ specification: CopySpecification) throws
        -> Increment
    {
        let subject = copy.source.subject
        let words = [run.pipeline, activity, item.map { JSONNode($0.value).json } ?? ""] + subject + copy.sink.subject
        let key = try Checksum(.sha256, of: Array(words.joined(separator: "\0").utf8).span.bytes).bytes
        if let increment = found.withLock({ $0[key] }) { return increment }
        let seen = try ledger.watermark(key)
        let text = "\(run.pipeline)/\(activity): \(subject.joined(separator: " "))"
        let increment: Increment
        switch copy.source {
        case .objects: increment = files(key, text, seen, specification.selection)
        case .table(let source): increment = try rows(key, text, seen, source, specification)
        }
        found.withLock { $0[key] = increment }
        return increment
    }

    /// Files that were changed since the last run began, and before this one did.
    ///
    /// The bounds are whole seconds: stores tell no more, so that what is put in the second in which a run begins would be in
    /// neither of two.
    private func files(_ key: [UInt8], _ words: String, _ seen: Watermark?, _ selection: Selection) -> Increment {
        let start = Timestamp(seconds: run.start.seconds)
        let before = min(selection.modifiedBefore ?? start, start)
        let from = seen?.value.flatMap { Timestamp(rfc3339: $0) }
        return Increment(
            key: key,
            words: words,
            seen: seen,
            // A document's own end, which moves back, takes nothing back.
            value: max(from ?? before, before).rfc3339,
            extent: .files(from, before: before)
        )
    }

    private func rows(
        _ key: [UInt8],
        _ words: String,
        _ seen: Watermark?,
        _ source: TableSourcePlan,
        _ specification: CopySpecification
    ) throws -> Increment {
        guard let column = source.watermarkColumn, let query = specification.table.query else {
            preconditionFailure("a copy of a table without a column was refused")
        }
        guard case .odbc(let text) = specification.source else { preconditionFailure("a table is in a database") }
        let variables = CredentialEnvironment(role: .source, variables: specification.environment)
        let connection = try Connection(
            ConnectionString(parsing: text),
            password: variables.odbcPassword()?.value,
            profiles: specification.driverProfiles()
        )
        let mark = seen.map { TableIncrement.Mark(high: $0.value) }
        let increment = try TableIncrement(query, by: column, since: mark, connection)
        return Increment(key: key, words: words, seen: seen, value: increment.high, extent: .rows(increment.condition))
    }

    /// Says that the sink has all of a copy's increment; a sentence where the watermark stays all the same.
    func confirm(_ increment: Increment) throws -> String? {
        let new = Watermark(value: increment.value, run: run.identifier, moved: .now)
        guard try ledger.move(increment.key, of: increment.words, from: increment.seen, to: new) else {
            return "another run has moved its watermark meanwhile, which stays where that has put it"
        }
        return nil
    }
}

extension CopyPlan.Source {
    /// What is read, in words that tell it from all else.
    fileprivate var subject: [String] {
        switch self {
        case .objects(let source):
            let endpoint = source.store.endpoint?.description ?? ""
            return ["files", endpoint, source.store.location.description] + source.selection.includes
        case .table(let source):
            let rows =
                switch source.rows {
                case .table(let name): "table \(name)"
                case .query(let sql): "query \(sql)"
                }
            return ["rows", source.store.service, rows, source.watermarkColumn ?? ""]
        }
    }
}

extension CopyPlan.Sink {
    /// Where it goes: names of files may have the date in them, and be others each time.
    fileprivate var subject: [String] {
        switch self {
        case .objects(let sink): [sink.store.service]
        case .table(let sink): [sink.store.service, sink.table]
        }
    }
}
