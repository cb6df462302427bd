internal import Dispatch
internal import SluiceCore
internal import SluiceEngine
internal import SluiceJobs
internal import SluiceODBC
internal import SluicePipeline
internal import SluiceStores

/// Scripts and deletions of a job.
extension JobSession {
    /// Rows of a result that are put out: ADF bounds outputs, too.
    private static let mostRows = 5000

    /// Runs statements in a database, each block in one connection, in their order.
    func run(_ plan: ScriptPlan, _ policy: ActivityPolicy) throws -> AttemptEnding {
        let clock = ContinuousClock.now
        let output = try asking("script", policy.timeout) { [self] in try blocks(plan, clock) }
        return AttemptEnding(output: output.node)
    }

    /// Runs what asks a database on a thread of its own, and waits until it ends, the job is interrupted, or the time is up.
    func asking<Answer: Sendable>(
        _ name: String,
        _ timeout: Duration,
        _ body: @escaping @Sendable () throws -> Answer
    ) throws -> Answer {
        let deadline = ContinuousClock.now + timeout
        let ending = Monitor<Result<Answer, any Error>?>(nil)
        Worker(name).run(in: DispatchGroup()) {
            let result = Result { try body() }
            ending.withLock { $0 = result }
            ending.broadcast()
        }
        return try underWay({
            // A waiter that has just looked sleeps by then.
            ending.withLock { _ in }
            ending.broadcast()
        }) {
            let result: Result<Answer, any Error>? = ending.wait(deadline: deadline) { ended in
                if let ended { return ended }
                return state.withLock { $0.signal } == nil ? nil : .failure(Cancelled())
            }
            // The database is left to itself: its driver may have no way to be asked to stop.
            guard let result else { throw JobTimeout(timeout) }
            return try result.get()
        }
    }

    private func blocks(_ plan: ScriptPlan, _ clock: ContinuousClock.Instant) throws -> ScriptOutput {
        guard case .odbc(let text) = plan.store.location else { preconditionFailure("a script runs in a database") }
        var credentials = JobCredentials(settings.environment)
        try credentials.use(plan.store, as: .sink)
        var specification = CopySpecification(source: plan.store.location, sink: plan.store.location)
        specification.environment = credentials.environment
        let variables = CredentialEnvironment(role: .sink, variables: credentials.environment)
        let connection = try Connection(
            ConnectionString(parsing: text),
            password: variables.odbcPassword()?.value,
            profiles: specification.driverProfiles()
        )
        if let limit = plan.blockTimeout { try connection.run(connection.limit(to: limit)) }
        var output = ScriptOutput(runtime: settings.runtime, seconds: 0)
        for block in plan.blocks {
            let result = try connection.script(block.text, mostRows: JobSession.mostRows)
            if block.isQuery {
                output.resultSets += result.sets.map { set in set.rows.map { JSONNode(columns: set.columns, $0) } }
            }
            if let changed = result.changed { output.recordsAffected = (output.recordsAffected ?? 0) + changed }
            if result.sets.contains(where: \.isCut) { output.isTruncated = true }
        }
        output.seconds = (ContinuousClock.now - clock).seconds
        return output
    }

    /// Deletes files or objects.
    func delete(_ plan: DeletePlan, of activity: ActivityPlan, _ item: JobItem?) throws -> AttemptEnding {
        let policy = activity.policy
        let store = plan.source.store
        if case .http = store.location {
            throw UnsupportedPlan("Delete", "nothing can be deleted from \(store.location)")
        }
        let clock = ContinuousClock.now
        var credentials = JobCredentials(settings.environment)
        try credentials.use(store, as: .source)
        var specification = CopySpecification(source: store.location, sink: .standardStream)
        specification.sourceConnection = settings.connection(to: store)
        specification.environment = credentials.environment
        specification.selection = try CopyMapping.selection(plan.source.selection)
        let list = try FileList(plan.source.selection.filesFrom, specification)
        defer { withExtendedLifetime(list) {} }
        if let list {
            specification.filesFrom = list.path
        } else if case .file(let path, _)? = plan.source.selection.filesFrom {
            specification.filesFrom = path
        }
        if let count = plan.source.connections { specification.connections = .fixed(count) }
        let kept = try plan.log.map { store in
            let place = try mapping(of: activity, item).place(of: store)
            return try StoreLog.begun(place, head: DeletionLog.head, isReliable: true)
        }
        defer { kept?.finish() }
        let deletion = ObjectDeletion(specification) { removal in kept?.add(DeletionLog.line(removal), waits: false) }
        kept?.onFailure { deletion.cancel() }
        let timer = DispatchWorkItem { deletion.cancel() }
        let seconds = Int(clamping: policy.timeout.components.seconds)
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds), execute: timer)
        defer { timer.cancel() }
        do {
            let result = try underWay({ deletion.cancel() }) { try deletion.run() }
            let seconds = (ContinuousClock.now - clock).seconds
            var output = DeleteOutput(plan, filesDeleted: result.deleted, runtime: settings.runtime, seconds: seconds)
            kept?.finish()
            output.logFile = kept?.location.description
            if let failure = kept?.failure { return AttemptEnding(output: output.node, failure: failure) }
            if let failure = result.firstFailure { log.error(failure) }
            return AttemptEnding(output: output.node, failure: result.firstFailure)
        } catch let cancelled as Cancelled {
            if let failure = kept?.failure { throw failure }
            guard ContinuousClock.now - clock >= policy.timeout else { throw cancelled }
            throw JobTimeout(policy.timeout)
        }
    }
}

extension JSONNode {
    /// A row of a result: numbers digit by digit, all else as text.
    fileprivate init(columns: [ScriptResult.Column], _ row: [String?]) {
        let members = zip(columns, row).map { column, text in
            JSONMember(name: column.name, value: JSONNode(column: column, text))
        }
        self.init(.object(members))
    }

    private init(column: ScriptResult.Column, _ text: String?) {
        guard let text else {
            self.init(.null)
            return
        }
        // NaN, the infinities and what begins with a point are no numbers of JSON.
        guard column.isNumber, let node = try? JSONParser.document(Array(text.utf8)), case .number = node.content else {
            self.init(.text(text))
            return
        }
        self.init(node.content)
    }
}
