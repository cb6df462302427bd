internal import SluiceCore

/// The objects of a store that a list names: nothing else is looked at.
struct NamedSource: ObjectSource {
    private let base: any LookupSource
    private let names: NameList
    /// Objects that are asked for at a time.
    private let lookups: Int

    init(_ base: any LookupSource, names: NameList, lookups: Int) {
        self.base = base
        self.names = names
        self.lookups = lookups
    }

    var location: Location { base.location }
    var isRereadable: Bool { base.isRereadable }
    var isSingleObject: Bool { false }
    var allowsReadThrough: Bool { base.allowsReadThrough }
    var requestSize: ClosedRange<Int>? { base.requestSize }

    /// Names that are looked up together, for each that is under way: enough that the slowest one holds few up.
    private static let turns = 16

    func list(_ body: (ListEntry) throws -> Void) throws {
        var batch: [NameList.Entry] = []
        func flush() throws {
            let found = Lookup.concurrently(batch, most: lookups) { entry($0) }
            batch.removeAll(keepingCapacity: true)
            for entry in found { try body(entry) }
        }
        try names.read { entry in
            batch.append(entry)
            if batch.count == lookups * NamedSource.turns || lookups == 1 { try flush() }
        }
        try flush()
    }

    private func entry(_ entry: NameList.Entry) -> ListEntry {
        switch entry {
        case .none: preconditionFailure("empty lines are not listed")
        case .refused(let line, let cause):
            return .failure(
                name: line,
                CopyError(.usage, "--files-from names \"\(line)\", which can't be copied", cause: cause)
            )
        case .name(let name):
            do {
                guard let item = try base.find(name) else { return .failure(name: name, missing(name)) }
                return .item(item)
            } catch {
                return .failure(name: name, SluiceCore.failure(from: error))
            }
        }
    }

    private func missing(_ name: String) -> CopyError {
        CopyError(.sourceVanished, "there is no \"\(name)\" in \(location)", advice: "--files-from names it")
    }

    func open(_ item: SourceItem) throws -> any ReadableObject { try base.open(item) }
}
