internal import SluiceCore

/// Another source's objects as one object: their bytes one after another, in the order of the bytes of their names.
///
/// The list of them is held: about 150 bytes for each beside its name. An object that can't be read fails the whole, so
/// that no merged object has a hole, unless it is gone and may be.
struct MergedSource: ObjectSource {
    private let base: any ObjectSource
    /// What the merged object is called in records.
    private let name: String
    private let skipsMissing: Bool
    private let parts = Locked<[SourceItem]>([])

    init(_ base: any ObjectSource, name: String, skipsMissing: Bool) {
        self.base = base
        self.name = name
        self.skipsMissing = skipsMissing
    }

    var location: Location { base.location }
    var isRereadable: Bool { base.isRereadable }
    var isSingleObject: Bool { true }
    var allowsReadThrough: Bool { base.allowsReadThrough }
    var requestSize: ClosedRange<Int>? { base.requestSize }

    func list(_ body: (ListEntry) throws -> Void) throws {
        var items: [SourceItem] = []
        var missing = 0
        try base.list { entry in
            switch entry {
            case .item(let item), .unchanged(let item):
                items.append(item)
                guard item.size == nil else { return }
                missing += 1
                try body(
                    .failure(
                        name: item.name,
                        CopyError(.inputOutput, "\"\(item.name)\" can't be merged", cause: "its size is not known")
                    )
                )
            case .failure(_, let failure):
                if failure.kind != .sourceVanished || !skipsMissing { missing += 1 }
                try body(entry)
            }
        }
        guard missing == 0 else {
            throw CopyError(
                .inputOutput,
                "nothing was merged",
                cause: "\(missing) of \(items.count + missing) objects can't be read",
                advice: "Exclude them, or mend what keeps them from being read"
            )
        }
        guard !items.isEmpty else { return }
        items.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let size = items.reduce(0) { $0 + ($1.size ?? 0) }
        let modified = items.compactMap(\.modified).max()
        parts.withLock { [items] in $0 = items }
        try body(.item(SourceItem(name: name, size: size, modified: modified)))
    }

    func open(_ item: SourceItem) throws -> any ReadableObject {
        MergedObject(parts.withLock { $0 }, modified: item.modified, of: base)
    }
}

/// Several objects read as one.
final class MergedObject: ReadableObject {
    private let parts: [SourceItem]
    /// Where each part starts, and behind them where the last one ends.
    private let starts: [Int]
    private let base: any ObjectSource
    private let opened = Locked<Opened>(Opened())
    let modified: Timestamp?

    /// The parts that are open, in the order in which they were opened.
    private struct Opened {
        var objects: [Int: any ReadableObject] = [:]
        var order: [Int] = []
    }

    /// Descriptors that a merge holds: more than there are readers.
    private static let mostOpen = 64

    init(_ parts: [SourceItem], modified: Timestamp?, of base: any ObjectSource) {
        self.parts = parts
        self.base = base
        self.modified = modified
        var starts = [0]
        starts.reserveCapacity(parts.count + 1)
        for part in parts { starts.append(starts[starts.count - 1] + (part.size ?? 0)) }
        self.starts = starts
    }

    var size: Int? { starts[starts.count - 1] }
    var metadata: ObjectMetadata { ObjectMetadata() }
    /// Parts are closed in between: what each was held against is not kept.
    var hasUncheckedBytes: Bool { base.requestSize != nil }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var filled = 0
        var index = part(at: offset)
        while filled < buffer.count, index < parts.count {
            let position = offset + filled - starts[index]
            let wanted = min(buffer.count - filled, starts[index + 1] - starts[index] - position)
            if wanted > 0 {
                let target = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + wanted])
                let count = try object(index).read(at: position, into: target)
                guard count == wanted else { throw changed(index, "it ended at byte \(position + count)") }
                filled += count
            }
            index += 1
        }
        return filled
    }

    func read(at offset: Int, count: Int, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        var done = 0
        var index = part(at: offset)
        while done < count, index < parts.count {
            let position = offset + done - starts[index]
            let wanted = min(count - done, starts[index + 1] - starts[index] - position)
            if wanted > 0 {
                var came = 0
                try object(index).read(at: position, count: wanted) { bytes in
                    try take(bytes)
                    came += bytes.count
                }
                guard came == wanted else { throw changed(index, "it ended at byte \(position + came)") }
                done += came
            }
            index += 1
        }
    }

    /// The last part that starts at or before `offset`, of which there is always one.
    private func part(at offset: Int) -> Int {
        var low = 0
        var high = parts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }

    private func object(_ index: Int) throws -> any ReadableObject {
        if let object = opened.withLock({ $0.objects[index] }) { return object }
        let object = try open(index)
        opened.withLock { opened in
            guard opened.objects.updateValue(object, forKey: index) == nil else { return }
            opened.order.append(index)
            if opened.order.count > MergedObject.mostOpen { opened.objects[opened.order.removeFirst()] = nil }
        }
        return object
    }

    /// Opens a part, which must be what was listed: lists and properties may tell times in units of their own.
    private func open(_ index: Int) throws -> any ReadableObject {
        let part = parts[index]
        let object = try base.open(part)
        if let size = object.size, size != part.size {
            throw changed(index, "it has \(size) bytes and not \(part.size ?? 0)")
        }
        if let now = object.modified, let then = part.modified, now.seconds != then.seconds {
            throw changed(index, "it was rewritten since it was listed")
        }
        return object
    }

    private func changed(_ index: Int, _ cause: String) -> CopyError {
        CopyError(
            .sourceChanged,
            "\"\(parts[index].name)\" changed while it was merged",
            cause: cause,
            advice: "Copy again when nobody writes to it"
        )
    }

    /// Local files are looked at again; a store's objects were of the listed version when they were read.
    func checkUnchanged() throws {
        guard base.allowsReadThrough else { return }
        for index in parts.indices { try open(index).checkUnchanged() }
    }
}
