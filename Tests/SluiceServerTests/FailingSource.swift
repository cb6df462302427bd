import SluiceCore
import SluiceStores

/// A source whose objects can be read up to a byte and fail behind it: by default because they have changed.
struct FailingSource: ObjectSource {
    private let base: any ObjectSource
    private let limit: Int
    private let kind: FailureKind
    private let wait: @Sendable () -> Void

    /// - Parameter wait: called before a read fails.
    init(
        _ base: any ObjectSource,
        failingAt limit: Int,
        _ kind: FailureKind = .sourceChanged,
        after wait: @escaping @Sendable () -> Void = {}
    ) {
        self.base = base
        self.limit = limit
        self.kind = kind
        self.wait = wait
    }

    var location: Location { base.location }
    var isRereadable: Bool { base.isRereadable }
    var isSingleObject: Bool { base.isSingleObject }
    var allowsReadThrough: Bool { base.allowsReadThrough }
    func list(_ body: (ListEntry) throws -> Void) throws { try base.list(body) }
    func open(_ item: SourceItem) throws -> any ReadableObject { FailingObject(try base.open(item), limit, kind, wait) }
}

private final class FailingObject: ReadableObject {
    private let base: any ReadableObject
    private let limit: Int
    private let kind: FailureKind
    private let wait: @Sendable () -> Void

    init(_ base: any ReadableObject, _ limit: Int, _ kind: FailureKind, _ wait: @escaping @Sendable () -> Void) {
        self.base = base
        self.limit = limit
        self.kind = kind
        self.wait = wait
    }

    var size: Int? { base.size }
    var modified: Timestamp? { base.modified }
    var metadata: ObjectMetadata { get throws { try base.metadata } }
    func checkUnchanged() throws { try base.checkUnchanged() }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard offset + buffer.count <= limit else {
            wait()
            throw StoreError(kind, "the source failed at byte \(limit)")
        }
        return try base.read(at: offset, into: buffer)
    }
}
