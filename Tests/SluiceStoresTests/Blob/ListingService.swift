import SluiceCore

@testable import SluiceStores

/// A service that lists names page by page, as a value.
struct ListingService {
    enum Order: CaseIterable {
        /// Of bytes: Amazon, Azure, Swift.
        case bytes
        /// Folder by folder; behind a folder's name comes what follows the folder: SeaweedFS.
        case folders
        /// None that anything could be told from.
        case scattered
    }

    /// What becomes of the name to begin behind.
    enum Start: CaseIterable {
        case heeded
        case ignored
        /// Nothing is said to be behind any.
        case empty
    }

    let names: [String]
    private let keys: [[UInt8]]
    let order: Order
    let start: Start
    let pageSize: Int

    init(_ names: some Sequence<String>, _ order: Order = .bytes, _ start: Start = .heeded, pageSize: Int = 10) {
        // By bytes: names that are equal to Swift may be two objects.
        let distinct = Set(names.map { Array($0.utf8) }).map { String(decoding: $0, as: UTF8.self) }
        let keyed = distinct.map { (key: ListingService.key($0, order), name: $0) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
        (self.names, keys) = (keyed.map(\.name), keyed.map(\.key))
        (self.order, self.start, self.pageSize) = (order, start, pageSize)
    }

    private static func key(_ name: String, _ order: Order) -> [UInt8] {
        switch order {
        case .bytes: Array(name.utf8)
        // As if a slash came before all others.
        case .folders: name.utf8.map { $0 == UInt8(ascii: "/") ? 0 : $0 }
        case .scattered:
            name.utf8.reduce(into: UInt64(14_695_981_039_346_656_037)) { hash, byte in
                hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
            }.bytes
        }
    }

    func page(_ place: RangedList.Place?) -> ListPage {
        switch place {
        case nil: return page(from: 0)
        case .marker(let marker):
            let parts = marker.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            let from = Int(parts[1]) ?? 0
            return parts[0] == "folders" ? folders(of: parts[2], from: from) : page(below: parts[2], from: from)
        case .behind(let name): return page(behind: name)
        case .below(let folder): return page(below: folder, from: 0)
        case .folders(let folder): return folders(of: folder, from: 0)
        }
    }

    func page(from start: Int) -> ListPage { page(below: "", from: start) }

    private func page(behind name: String) -> ListPage {
        switch start {
        case .ignored: return page(from: 0)
        case .empty: return ListPage(items: [], next: nil)
        case .heeded: break
        }
        let key = ListingService.key(name, order)
        let start = keys.firstIndex { key.lexicographicallyPrecedes($0) } ?? names.count
        guard order == .folders else { return page(from: start) }
        // A folder's name is its end.
        let folder = Array(name.utf8) + [UInt8(ascii: "/")]
        return page(from: names[start...].firstIndex { !$0.utf8.starts(with: folder) } ?? names.count)
    }

    private func page(below folder: String, from start: Int) -> ListPage {
        let below = folder.isEmpty ? names : names.filter { $0.utf8.starts(with: folder.utf8) }
        let page = below[start...].prefix(pageSize)
        return ListPage(
            items: page.map { SourceItem(name: $0, size: 1) },
            next: page.endIndex < below.endIndex ? "names|\(page.endIndex)|\(folder)" : nil
        )
    }

    /// What is in a folder: objects, and folders by their first name.
    private func folders(of folder: String, from start: Int) -> ListPage {
        var entries: [String] = []
        var known: Set<[UInt8]> = []
        for name in names where name.utf8.starts(with: folder.utf8) {
            let rest = Array(name.utf8.dropFirst(folder.utf8.count))
            let entry =
                rest.firstIndex(of: UInt8(ascii: "/")).map { folder + String(decoding: rest[...$0], as: UTF8.self) }
                ?? name
            if known.insert(Array(entry.utf8)).inserted { entries.append(entry) }
        }
        let page = entries[start...].prefix(pageSize)
        // As some services do, a folder that ends a page begins the next one, too.
        let end = page.endIndex
        let next = end == entries.endIndex ? nil : isFolder(page.last, in: folder) && page.count > 1 ? end - 1 : end
        return ListPage(
            items: page.filter { !isFolder($0, in: folder) }.map { SourceItem(name: $0, size: 1) },
            folders: page.filter { isFolder($0, in: folder) },
            next: next.map { "folders|\($0)|\(folder)" }
        )
    }

    /// An object may be called what the folder is that it is in.
    private func isFolder(_ entry: String?, in folder: String) -> Bool {
        guard let entry else { return false }
        return entry.utf8.last == UInt8(ascii: "/") && !entry.utf8.elementsEqual(folder.utf8)
    }
}

extension UInt64 {
    fileprivate var bytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> (56 - 8 * $0)) } }
}
