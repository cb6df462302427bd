import SluiceCore
import SluiceStores

/// A source whose objects can be read up to a byte and have changed behind it.
struct FailingSource: ObjectSource {
    private let base: any ObjectSource
    private let limit: Int

    init(_ base: any ObjectSource, failingAt limit: Int) {
        self.base = base
        self.limit = limit
    }

    var location: Location { base.location }
    var isRereadable: Bool { base.isRereadable }
    var isSingleObject: Bool { base.isSingleObject }
    var allowsReadThrough: Bool { base.allowsReadThrough }
    func list(_ body: (ListEntry) throws -> Void) throws { try base.list(body) }
    func open(_ item: SourceItem) throws -> any ReadableObject { FailingObject(try base.open(item), limit) }
}

private final class FailingObject: ReadableObject {
    private let base: any ReadableObject
    private let limit: Int

    init(_ base: any ReadableObject, _ limit: Int) {
        self.base = base
        self.limit = limit
    }

    var size: Int? { base.size }
    var modified: Timestamp? { base.modified }
    var metadata: ObjectMetadata { get throws { try base.metadata } }
    func checkUnchanged() throws { try base.checkUnchanged() }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard offset + buffer.count <= limit else { throw StoreError(.sourceChanged, "the source changed at byte \(limit)") }
        return try base.read(at: offset, into: buffer)
    }
}
