internal import SluiceCore

/// What a selection takes of another source.
struct SelectedSource: ObjectSource {
    private let base: any ObjectSource
    private let selection: Selection

    init(_ base: any ObjectSource, _ selection: Selection) {
        self.base = base
        self.selection = selection
    }

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
            switch entry {
            case .item(let item):
                switch selection.verdict(for: item) {
                case .taken: try body(entry)
                case .left: break
                case .undecidable(let option):
                    try body(.failure(name: item.name, Undecidable(item: item, option: option)))
                }
            case .unchanged: try body(entry)
            case .failure(let name, _):
                if concerns(name) { try body(entry) }
            }
        }
    }

    /// Whether what could not be read might have been taken. A folder's name ends with a slash.
    private func concerns(_ name: String) -> Bool {
        name.hasSuffix("/") ? selection.mayContain(folder: String(name.dropLast())) : selection.takes(name: name)
    }

    func open(_ item: SourceItem) throws -> any ReadableObject { try base.open(item) }
}

/// An object whose size or time is bounded, and not known.
private struct Undecidable: Failure {
    let item: SourceItem
    let option: String

    var kind: FailureKind { .usage }
    var what: String { "\(option) can't decide on \"\(item.name)\"" }
    var cause: String? { "the source does not tell its \(option.hasSuffix("size") ? "size" : "time of last change")" }
    var advice: String? { "Leave the option out, or exclude the object by its name" }
}
