import SluiceCore
import SluicePipeline
import SluiceStores

/// Files to which something happens between their listing and their opening, or while they are read.
struct TouchedSource: ObjectSource {
    private let base: FileSource
    private let beforeOpening: @Sendable (String) -> Void
    private let whileReading: @Sendable (_ name: String, _ offset: Int) throws -> Void

    /// - Parameters:
    ///   - links: what symbolic links are taken for.
    ///   - beforeOpening: called with an object's name before it is opened.
    ///   - whileReading: called before each read.
    ///   - allowsReadThrough: as if it were files, or a store behind a network.
    init(
        _ path: String,
        links: WalkOptions.Links = .follow,
        beforeOpening: @escaping @Sendable (String) -> Void = { _ in },
        whileReading: @escaping @Sendable (_ name: String, _ offset: Int) throws -> Void = { _, _ in },
        allowsReadThrough: Bool = true
    ) {
        self.allowsReadThrough = allowsReadThrough
        var options = WalkOptions()
        options.links = links
        base = FileSource(path: path, isDirectory: false, options: options)
        self.beforeOpening = beforeOpening
        self.whileReading = whileReading
    }

    var location: Location { base.location }
    var isRereadable: Bool { true }
    var isSingleObject: Bool { base.isSingleObject }
    let allowsReadThrough: Bool
    func list(_ body: (ListEntry) throws -> Void) throws { try base.list(body) }

    func open(_ item: SourceItem) throws -> any ReadableObject {
        beforeOpening(item.name)
        return TouchedObject(try base.open(item)) { [whileReading] offset in try whileReading(item.name, offset) }
    }
}

private final class TouchedObject: ReadableObject {
    private let base: any ReadableObject
    private let whileReading: @Sendable (Int) throws -> Void

    init(_ base: any ReadableObject, _ whileReading: @escaping @Sendable (Int) throws -> Void) {
        self.base = base
        self.whileReading = whileReading
    }

    var size: Int? { base.size }
    var modified: Timestamp? { base.modified }
    var metadata: ObjectMetadata { get throws { try base.metadata } }
    func checkUnchanged() throws { try base.checkUnchanged() }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try whileReading(offset)
        return try base.read(at: offset, into: buffer)
    }
}
