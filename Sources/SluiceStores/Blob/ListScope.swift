internal import SluiceCore

/// Which objects of a bucket or container a location means, and what they are called.
///
/// A location that is empty or ends with a slash means everything below it. One without a slash may be an object or a
/// folder, which only a list can tell: its first request asks for the first name that starts with the location's, which
/// is the object if there is one; else the list goes on with everything below the location and a slash.
struct ListScope: Sendable {
    /// What the location names inside the bucket or container.
    let key: String
    /// Whether the location is one object; nil as long as no list has told.
    private let isObject = Locked<Bool?>(nil)

    init(key: String) { self.key = key }

    /// One request of a list.
    enum Page: Equatable {
        /// Ask for one name that starts with `prefix`.
        case object(prefix: String)
        /// Ask for the names that start with `prefix`, from the service's own marker on.
        case names(prefix: String, marker: String?)
    }

    private var isFolder: Bool { key.isEmpty || key.hasSuffix("/") }
    private var folder: String { isFolder ? key : key + "/" }

    /// What to ask for; nil for the first page.
    func page(marker: String?) -> Page {
        guard let marker else { return isFolder ? .names(prefix: key, marker: nil) : .object(prefix: key) }
        return .names(prefix: folder, marker: marker.isEmpty ? nil : marker)
    }

    /// The page that the answer to `page` is: items by their full keys, and the service's own next marker.
    ///
    /// - Parameter prefix: what the answer says that it was asked for; nil when it says nothing, which only the list
    ///   of a folder may.
    /// - Returns: nil when the answer fits no request that this scope makes.
    func listed(_ items: [SourceItem], prefix: String?, next: String?) -> ListPage? {
        guard prefix == folder || prefix == key || (prefix == nil && isFolder) else { return nil }
        if !isFolder, prefix == key {
            let object = items.first { $0.name == key }
            isObject.withLock { $0 = object != nil }
            return ListPage(items: object.map { [renamed($0, lastPart)] } ?? [], next: object == nil ? "" : nil)
        }
        let below = items.compactMap { item in
            item.name.hasPrefix(folder) ? renamed(item, String(item.name.dropFirst(folder.count))) : nil
        }
        return ListPage(items: below, next: next)
    }

    /// The full key of an object by the name that the list gave it; an empty name means the location itself.
    func key(of name: String) -> String {
        guard !name.isEmpty else { return key }
        guard !isFolder else { return key + name }
        let isItself = isObject.withLock { $0 } ?? (name == lastPart)
        return isItself ? key : folder + name
    }

    /// A folder's marker, as consoles and file system drivers leave them: no bytes, and a name that ends with a slash.
    static func isFolderMarker(key: String, size: Int?) -> Bool { size == 0 && key.hasSuffix("/") }

    private var lastPart: String {
        String(key[(key.lastIndex(of: "/").map { key.index(after: $0) } ?? key.startIndex)...])
    }

    private func renamed(_ item: SourceItem, _ name: String) -> SourceItem {
        SourceItem(name: name, size: item.size, modified: item.modified, entityTag: item.entityTag)
    }
}
