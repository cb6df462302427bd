internal import SluiceCore

/// What a source holds, as far as a bench needs to know.
struct SourceSurvey: Sendable {
    let source: any ObjectSource
    /// The first objects that have bytes.
    let items: [SourceItem]
    /// Their bytes, as far as sizes are known.
    let bytes: Int
    /// Whether the listing went on behind them.
    let isCut: Bool

    /// Enough for any round, and little memory.
    private static let mostItems = 20_000

    private struct Enough: Error {}

    /// Lists `source`; blocks.
    /// - Throws: `BenchError` of kind `.notFound` when there is nothing to read, and what the listing throws.
    init(_ source: any ObjectSource, mostItems: Int = SourceSurvey.mostItems) throws {
        var items: [SourceItem] = []
        var isCut = false
        var firstFailure: (any Failure)?
        do {
            try source.list { entry in
                switch entry {
                case .item(let item) where item.size != 0: items.append(item)
                case .item, .unchanged: break
                case .failure(_, let failure): firstFailure = firstFailure ?? failure
                }
                if items.count >= mostItems { throw Enough() }
            }
        } catch is Enough {
            isCut = true
        }
        guard !items.isEmpty else {
            if let firstFailure { throw firstFailure }
            let advice = "Give a file or a folder with some data"
            throw BenchError(.notFound, "there is nothing to read in \"\(source.location)\"", advice: advice)
        }
        self.source = source
        self.items = items
        self.isCut = isCut
        bytes = items.reduce(0) { $0 + ($1.size ?? 0) }
    }
}
