internal import SluiceCore

/// Another source, with what may not be read told apart from what may not be written.
struct ForgivingSource: ObjectSource {
    private let base: any ObjectSource

    init(_ base: any ObjectSource) { self.base = base }

    var location: Location { base.location }
    var isRereadable: Bool { base.isRereadable }
    var isSingleObject: Bool { base.isSingleObject }
    var allowsReadThrough: Bool { base.allowsReadThrough }
    var requestSize: ClosedRange<Int>? { base.requestSize }
    var mostOpen: Int? { base.mostOpen }
    var rowFacts: RowFacts? { base.rowFacts }
    func mayStartOver(after failure: any Failure) -> Bool { base.mayStartOver(after: failure) }
    func finish() { base.finish() }

    func list(_ body: (ListEntry) throws -> Void) throws {
        try base.list { entry in
            guard case .failure(let name, let failure) = entry else { return try body(entry) }
            try body(.failure(name: name, ForbiddenSource.told(failure)))
        }
    }

    func open(_ item: SourceItem) throws -> any ReadableObject {
        do {
            return try base.open(item)
        } catch {
            throw ForbiddenSource.told(SluiceCore.failure(from: error))
        }
    }
}

/// An object of the source that may not be read: `--skip-forbidden` skips it.
struct ForbiddenSource: Failure {
    private let failure: any Failure

    static func told(_ failure: any Failure) -> any Failure {
        failure.kind == .forbidden ? ForbiddenSource(failure: failure) : failure
    }

    var kind: FailureKind { .forbidden }
    var what: String { failure.what }
    var cause: String? { failure.cause }
    var advice: String? { failure.advice }
}
