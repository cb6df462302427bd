internal import Dispatch
internal import SluiceCore
internal import SluicePipeline
internal import SluiceStores

/// The comparison of two locations, or of one with what an earlier copy has recorded, from its specification to its
/// end.
///
/// The lists are streamed, and merged where both are ordered; objects are compared several at a time. Memory is that of
/// two pieces for each of them and of a bounded part of the lists, however many objects there are.
package final class VerifyRun: Sendable {
    let specification: CopySpecification
    private let manifest: String?
    private let limits: RunLimits
    private let mayRead: Bool
    private let findsExtra: Bool
    private let recordItem: @Sendable (VerifyRecord) -> Void
    let cancellation = Cancellation()
    private let pairs = Channel<Pair>(bound: 1024)
    private let sums = Locked<VerifyCounts>(VerifyCounts())
    private let listed = Locked<Int>(0)

    /// Two objects that are to be compared.
    private struct Pair: Sendable {
        enum First: Sendable {
            case object(SourceItem)
            case record(CopiedObject)

            var name: String {
                switch self {
                case .object(let item): item.name
                case .record(let object): object.name
                }
            }

            var size: Int? {
                switch self {
                case .object(let item): item.size
                case .record(let object): object.size
                }
            }

            var link: String? {
                switch self {
                case .object(let item): item.link
                case .record(let object): object.link
                }
            }
        }

        let first: First
        /// The whole name in the sink's store.
        let sinkName: String
        let standing: SourceItem
    }

    /// - Parameters:
    ///   - manifest: an earlier copy's, to be compared with the sink instead of the source; a file, or `-`.
    ///   - reads: whether objects are read where no digest is kept; those that a codec changes are read in any case.
    ///   - findsExtra: whether what is at the sink and not in the source is a difference.
    ///   - recordItem: hears what came of each object, from several threads, before `execute` returns.
    package init(
        _ specification: CopySpecification,
        manifest: String? = nil,
        reads: Bool,
        findsExtra: Bool,
        recordItem: @escaping @Sendable (VerifyRecord) -> Void
    ) {
        var specification = specification
        specification.isComparison = true
        specification.verification = .readback
        specification.overwrite = .always
        self.specification = specification
        limits = RunLimits(specification)
        self.manifest = manifest
        mayRead = reads || specification.codec != nil || specification.decompresses
        self.findsExtra = findsExtra
        self.recordItem = recordItem
    }

    /// Ends the run as soon as possible.
    package func cancel() { cancellation.cancel() }

    package var counts: VerifyCounts { sums.withLock { $0 } }

    /// Compares; blocks until everything has ended.
    ///
    /// - Throws: a `Failure` when the source or the sink can't be listed.
    package func execute() throws {
        if case .standardStream = specification.sink { throw VerifyRun.nothingStands("standard output") }
        if manifest == nil, case .standardStream = specification.source {
            throw VerifyRun.nothingStands("standard input")
        }
        cancellation.onCancel { [pairs] in pairs.close() }
        cancellation.onCancel { [limits] in limits.close() }
        let factory = StoreFactory(specification, limits: limits)
        let target = try StoreTarget(specification.sink)
        if let manifest {
            try run(nil, try factory.storedObjects(target)) { try pair(CopiedObjects(path: manifest), factory, target) }
            return
        }
        let endpoints = try factory.endpoints()
        guard let sink = endpoints.readBack else { preconditionFailure("a comparison reads the sink") }
        if findsExtra { try checkExtra(endpoints) }
        try run(endpoints.source, sink) { try pair(endpoints, factory, target) }
        if findsExtra, !cancellation.isCancelled { try findExtra(endpoints, factory, target) }
    }

    private static func nothingStands(_ place: String) -> CopyError {
        CopyError(.usage, "nothing stands on \(place) that could be compared", advice: "Give a file or a store")
    }

    // MARK: Comparing

    /// Objects that are compared at a time: most of their time is that of round trips.
    private static let workers = 16

    private var workerCount: Int {
        let fitting = max(1, specification.memory.rawValue / (2 * ObjectComparison.piece))
        let wanted = if case .fixed(let count) = specification.connections { count } else { VerifyRun.workers }
        return min(wanted, fitting, VerifyRun.mostWorkers)
    }

    /// Dispatch gives threads in a limited number.
    private static let mostWorkers = 64

    /// Compares what `list` finds, and waits for all of it.
    private func run(_ source: (any ObjectSource)?, _ sink: any LookupSource, _ list: () throws -> Void) throws {
        let group = DispatchGroup()
        for index in 0..<workerCount {
            Worker("comparison \(index)").run(in: group) { [self] in
                let comparison = ObjectComparison(mayRead: mayRead, cancellation: cancellation)
                while let pair = pairs.receive() { record(compare(pair, source, sink, comparison)) }
            }
        }
        defer {
            pairs.finish()
            group.wait()
        }
        try list()
    }

    private func compare(
        _ pair: Pair,
        _ source: (any ObjectSource)?,
        _ sink: any LookupSource,
        _ comparison: ObjectComparison
    ) -> VerifyRecord {
        let outcome: VerifyRecord.Outcome
        var checksum: Checksum?
        do {
            // Single reads and questions are made again where they are made; what is decompressed begins anew.
            (outcome, checksum) =
                specification.decompresses
                ? try limits.retries { try finding(pair, source, sink, comparison, limits.retries) }
                : try finding(pair, source, sink, comparison, limits.retries)
        } catch {
            outcome = .failed(VerifyRun.naming(SluiceCore.failure(from: error), pair.first.name))
        }
        var record = VerifyRecord(name: pair.first.name, sinkName: pair.sinkName, outcome)
        record.sourceSize = pair.first.size
        record.sinkSize = pair.standing.size
        record.checksum = checksum
        record.bytesRead = comparison.bytesRead
        return record
    }

    /// Puts an object's name into a failure that lacks it.
    private static func naming(_ failure: any Failure, _ name: String) -> any Failure {
        guard failure is ObjectComparison.SizeUnknown else { return failure }
        return CopyError(failure.kind, "\"\(name)\" can't be compared", cause: failure.what, advice: failure.advice)
    }

    private func finding(
        _ pair: Pair,
        _ source: (any ObjectSource)?,
        _ sink: any LookupSource,
        _ comparison: ObjectComparison,
        _ retry: Retries
    ) throws -> ObjectComparison.Finding {
        comparison.begin()
        if let finding = VerifyRun.finding(link: pair.first.link, other: pair.standing.link) { return finding }
        if specification.codec == nil, let first = pair.first.size, let second = pair.standing.size {
            // What the lists say already need not be asked for.
            if first != second { return (.different(.size(source: first, sink: second)), nil) }
            let isOfFiles = sink.allowsReadThrough && source?.allowsReadThrough == true
            if isOfFiles, !mayRead, first > 0 { return (.same(.size), nil) }
        }
        return try comparison.compare(opened(pair.first, source, retry), opened(pair, sink, retry))
    }

    /// What is found where one of the two is a symbolic link, or both are; nil where none is.
    private static func finding(link: String?, other: String?) -> ObjectComparison.Finding? {
        switch (link, other) {
        case (nil, nil): nil
        case (let target?, let other?) where target.hasSameBytes(as: other): (.same(.reading), nil)
        case (let target?, let other?):
            (.different(.content("its link leads to \"\(target)\" in the source and to \"\(other)\" at the sink")), nil)
        case (_?, nil): (.different(.content("it is a symbolic link in the source and none at the sink")), nil)
        case (nil, _?): (.different(.content("it is a symbolic link at the sink and none in the source")), nil)
        }
    }

    private func opened(_ first: Pair.First, _ source: (any ObjectSource)?, _ retry: Retries) throws -> ComparedObject
    {
        switch first {
        case .record(let object):
            return ComparedObject(size: object.size, digest: object.digest, isLocal: false, object: nil)
        case .object(let item):
            guard let source else { preconditionFailure("items come from a source") }
            return try ComparedObject(source.open(item), isLocal: source.allowsReadThrough, retry)
        }
    }

    /// The object at the sink, as it was before a codec.
    private func opened(_ pair: Pair, _ sink: any LookupSource, _ retry: Retries) throws -> ComparedObject {
        let item = pair.standing
        let stored = SourceItem(
            name: pair.sinkName,
            size: item.size,
            modified: item.modified,
            entityTag: item.entityTag
        )
        guard specification.codec != nil else {
            return try ComparedObject(sink.open(stored), isLocal: sink.allowsReadThrough, retry)
        }
        let object = DecodedObject(name: pair.sinkName, modified: item.modified) {
            RetriedObject(try sink.open(stored), retry)
        }
        return ComparedObject(size: nil, isLocal: sink.allowsReadThrough, object: object)
    }

    func record(_ record: VerifyRecord) {
        if case .failed(let failure) = record.outcome, failure.kind == .cancelled { return }
        sums.withLock { $0.add(record) }
        recordItem(record)
    }

    // MARK: Finding pairs

    /// The source's objects with what stands under their names.
    private func pair(_ endpoints: CopyEndpoints, _ factory: StoreFactory, _ target: StoreTarget) throws {
        let index = try factory.destinationIndex(target, endpoints.naming)
        var batch: [SourceItem] = []
        func flush() throws {
            for (item, standing) in zip(batch, try index.standing(batch)) {
                try add(.object(item), item.name, endpoints.naming.name(for: item), standing)
            }
            batch.removeAll(keepingCapacity: true)
        }
        try endpoints.source.list { entry in
            switch entry {
            case .item(let item), .unchanged(let item):
                batch.append(item)
                if batch.count == index.batch { try flush() }
            case .failure(let name, let failure): record(VerifyRecord(name: name, sinkName: name, .failed(failure)))
            }
        }
        try flush()
    }

    /// An earlier copy's objects with what stands under their names now.
    private func pair(_ copied: CopiedObjects, _ factory: StoreFactory, _ target: StoreTarget) throws {
        let isLocal = if case .file = target.kind { true } else { false }
        let index = DestinationIndex(
            try factory.storedObjects(target),
            lookups: isLocal ? 1 : Lookup.remote,
            folder: nil,
            nameInStore: \.name
        )
        // A link was put where it is itself looked for; other files where a link may lead.
        let links = try factory.storedObjects(target, links: .copy)
        var batch: [CopiedObject] = []
        func flush() throws {
            let items = batch.map { SourceItem(name: $0.sinkName, size: $0.size) }
            for (object, standing) in zip(batch, try index.standing(items)) {
                try add(.record(object), object.name, object.sinkName, standing)
            }
            batch.removeAll(keepingCapacity: true)
        }
        try copied.read { entry in
            switch entry {
            case .object(let object) where object.link != nil && isLocal:
                let standing = Result { try links.find(object.sinkName) }.mapError { failure in
                    let problem = SluiceCore.failure(from: failure)
                    return CopyError(problem.kind, problem.what, cause: problem.cause, advice: problem.advice)
                }
                try add(.record(object), object.name, object.sinkName, standing)
            case .object(let object) where isBelow(object.sinkName, target):
                batch.append(object)
                if batch.count == index.batch { try flush() }
            case .object(let object):
                fail(
                    object.name,
                    "the manifest says that it is at \"\(object.sinkName)\", which is not in \(specification.sink)"
                )
            case .unknown(let name, let cause): fail(name, cause)
            }
        }
        try flush()
    }

    private func fail(_ name: String, _ cause: String) {
        let failure = CopyError(.unexpectedAnswer, "\"\(name)\" can't be compared", cause: cause)
        record(VerifyRecord(name: name, sinkName: name, .failed(failure)))
    }

    /// Whether an object of the store lies in the sink.
    private func isBelow(_ name: String, _ target: StoreTarget) -> Bool {
        if case .file = target.kind, target.isFolder { return true }
        let folder = target.name.path(of: "")
        return target.name.isEmpty || name == target.name || name.remainder(after: folder) != nil
    }

    private func add(
        _ first: Pair.First,
        _ name: String,
        _ sinkName: String,
        _ standing: Result<SourceItem?, CopyError>
    ) throws {
        switch standing {
        case .success(let standing?):
            if !pairs.send(Pair(first: first, sinkName: sinkName, standing: standing)) { throw Cancelled() }
        case .success(nil): record(VerifyRecord(name: name, sinkName: sinkName, .different(.missing)))
        case .failure(let failure): record(VerifyRecord(name: name, sinkName: sinkName, .failed(failure)))
        }
        if cancellation.isCancelled { throw Cancelled() }
    }
}
