internal import SluiceCore

/// The first bytes of a source under names of our own: what one round of a bench reads.
struct BoundedSource: ObjectSource {
    private let source: any ObjectSource
    /// Each object with the one that it stands for.
    private let pairs: [(item: SourceItem, original: SourceItem)]
    private let originals: [String: SourceItem]

    /// - Parameters:
    ///   - bytes: where the last object is cut, if it is not at its end before. At least one byte is read.
    ///   - prefix: what the objects' names start with.
    init(_ survey: SourceSurvey, bytes: Int, prefix: String) {
        source = survey.source
        var left = max(1, bytes)
        var pairs: [(item: SourceItem, original: SourceItem)] = []
        for original in survey.items where left > 0 {
            let size = original.size.map { min($0, left) }
            left -= size ?? left
            let name = "\(prefix)\(pairs.count)"
            pairs.append((SourceItem(name: name, size: size, modified: original.modified), original))
        }
        self.pairs = pairs
        originals = Dictionary(uniqueKeysWithValues: pairs.map { ($0.item.name, $0.original) })
    }

    var items: [SourceItem] { pairs.map(\.item) }
    /// The objects that are read, under the source's own names.
    var originalItems: [SourceItem] { pairs.map(\.original) }
    var location: Location { source.location }
    var isRereadable: Bool { source.isRereadable }
    var isSingleObject: Bool { false }
    var allowsReadThrough: Bool { source.allowsReadThrough }
    var requestSize: ClosedRange<Int>? { source.requestSize }

    func list(_ body: (ListEntry) throws -> Void) throws {
        for pair in pairs { try body(.item(pair.item)) }
    }

    func open(_ item: SourceItem) throws -> any ReadableObject {
        guard let original = originals[item.name] else { preconditionFailure("only what was listed is opened") }
        return BoundedObject(try source.open(original), size: item.size)
    }
}

/// The first bytes of an object.
private final class BoundedObject: ReadableObject {
    private let object: any ReadableObject
    let size: Int?

    init(_ object: any ReadableObject, size: Int?) {
        self.object = object
        self.size = size
    }

    var modified: Timestamp? { object.modified }
    var metadata: ObjectMetadata { get throws { try object.metadata } }
    func checkUnchanged() throws { try object.checkUnchanged() }

    func read(at offset: Int, count: Int, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        let wanted = min(count, (size ?? .max) - offset)
        if wanted > 0 { try unsafe object.read(at: offset, count: wanted, take) }
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let size else { return unsafe try object.read(at: offset, into: buffer) }
        let wanted = max(0, min(buffer.count, size - offset))
        guard wanted > 0 else { return 0 }
        return unsafe try object.read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
    }
}
