import SluiceCore

/// A source whose object is replaced once: when it is opened, or when its first bytes have been read.
struct ReplacedSource: ObjectSource {
    private let base: any ObjectSource
    private let onOpen: Bool
    private let replace: @Sendable () throws -> Void

    init(_ base: any ObjectSource, onOpen: Bool = false, _ replace: @escaping @Sendable () throws -> Void) {
        self.base = base
        self.onOpen = onOpen
        self.replace = replace
    }

    var location: Location { base.location }
    var isRereadable: Bool { true }
    var isSingleObject: Bool { base.isSingleObject }
    var allowsReadThrough: Bool { false }
    var requestSize: ClosedRange<Int>? { base.requestSize }

    func list(_ body: (ListEntry) throws -> Void) throws {
        var entries: [ListEntry] = []
        try base.list { entries.append($0) }
        if onOpen { try replace() }
        for entry in entries { try body(entry) }
    }

    func open(_ item: SourceItem) throws -> any ReadableObject {
        let object = try base.open(item)
        return onOpen ? object : ReplacedObject(object, replace)
    }
}

private final class ReplacedObject: ReadableObject {
    private let base: any ReadableObject
    private let replace: @Sendable () throws -> Void
    private let isReplaced = Locked(false)

    init(_ base: any ReadableObject, _ replace: @escaping @Sendable () throws -> Void) {
        self.base = base
        self.replace = replace
    }

    var size: Int? { base.size }
    var modified: Timestamp? { base.modified }
    var metadata: ObjectMetadata { get throws { try base.metadata } }
    func checkUnchanged() throws { try base.checkUnchanged() }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try base.read(at: offset, into: buffer)
        try isReplaced.withLock { isReplaced in
            if !isReplaced { try replace() }
            isReplaced = true
        }
        return count
    }
}
