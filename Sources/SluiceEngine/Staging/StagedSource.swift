internal import SluiceCore

/// What the first half of a staged copy has put into the staging store, as it comes: the second half's source.
struct StagedSource: ObjectSource {
    /// What the user copies from, for messages.
    let location: Location
    let isSingleObject: Bool
    let area: StagingArea
    /// Hears of items that do not come.
    let onEnded: @Sendable (ItemRecord) -> Void

    var isRereadable: Bool { true }
    var allowsReadThrough: Bool { false }
    var requestSize: ClosedRange<Int>? { area.store.requestSize }

    func list(_ body: (ListEntry) throws -> Void) throws {
        while true {
            switch area.next() {
            case .staged(let object): try body(.item(StagedSource.item(object)))
            case .ended(let record): onEnded(record)
            case .last(let failure?): throw failure
            case .last(nil): return
            }
        }
    }

    /// What is staged is of another version when other bytes are; its tag is the store's affair, and a new one each time.
    static func item(_ object: StagedObject) -> SourceItem {
        SourceItem(name: object.name, size: object.bytes, entityTag: object.checksum?.hex)
    }

    func open(_ item: SourceItem) throws -> any ReadableObject {
        guard let object = area.object(item.name) else {
            throw CopyError(
                .notFound,
                "\"\(item.name)\" is no more in the staging store",
                advice: "Copy it again"
            )
        }
        do {
            return try area.store.open(object)
        } catch {
            let failure = SluiceCore.failure(from: error)
            guard failure.kind == .sourceVanished || failure.kind == .notFound else { throw error }
            throw CopyError(
                .notFound,
                "\"\(item.name)\" was removed from \(area.store.folder) by somebody else",
                cause: failure.cause,
                advice: "Go on with sluice resume: it is staged again"
            )
        }
    }
}
