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

    /// One request of a list, with the service's own marker to go on from.
    enum Page: Equatable {
        /// Ask for one name that starts with `prefix`.
        case object(prefix: String, marker: String?)
        /// Ask for the names that start with `prefix`.
        case names(prefix: String, marker: String?)
        /// Ask for the names that start with `prefix` and are behind `name`.
        case behind(prefix: String, name: String)
        /// Ask for the names that start with `prefix` and have no slash behind it, and for the folders of the others.
        case folders(prefix: String, marker: String?)
    }

    private var isFolder: Bool { key.isEmpty || key.endsWithSlash }
    private var folder: String { key.path(of: "") }

    /// In front of a service's marker on the way to the location's own object.
    private static let objectMark: Character = "o"
    /// In front of a service's marker on the way through the names below the location.
    private static let namesMark: Character = "n"

    /// In front of a name below the location that the page is to start behind.
    private static let behindMark: Character = "b"
    /// In front of a folder's name below the location, a NUL and a service's marker on the way through all below the
    /// folder.
    private static let belowMark: Character = "d"
    /// The same on the way through the folder itself.
    private static let foldersMark: Character = "f"

    /// The marker of the page that starts behind a name below the location.
    func marker(behind name: String) -> String { "\(ListScope.behindMark)\(name)" }

    /// The marker of the first page of all below a folder.
    func marker(below folder: String) -> String { marker(ListScope.belowMark, folder, "") }

    /// The marker of a folder's first page, on which the folders in it are told apart.
    func marker(foldersOf folder: String) -> String { marker(ListScope.foldersMark, folder, "") }

    private func marker(_ mark: Character, _ folder: String, _ own: String) -> String { "\(mark)\(folder)\0\(own)" }

    /// A folder's marker.
    private struct FolderPlace {
        let mark: Character
        let name: String
        /// The service's own marker.
        let own: String?
    }

    /// Nil where it is none.
    private func folderPlace(_ marker: String?) -> FolderPlace? {
        guard let marker, let mark = marker.first, mark == ListScope.belowMark || mark == ListScope.foldersMark,
            let end = marker.utf8.lastIndex(of: 0)
        else { return nil }
        let own = marker[marker.utf8.index(after: end)...]
        return FolderPlace(mark: mark, name: String(marker[..<end].dropFirst()), own: own.isEmpty ? nil : String(own))
    }

    /// What to ask for; nil for the first page.
    func page(marker: String?) -> Page {
        guard let marker else {
            return isFolder ? .names(prefix: key, marker: nil) : .object(prefix: key, marker: nil)
        }
        let own = marker.count > 1 ? String(marker.dropFirst()) : nil
        if let place = folderPlace(marker) {
            let prefix = folder + place.name
            return place.mark == ListScope.belowMark
                ? .names(prefix: prefix, marker: place.own) : .folders(prefix: prefix, marker: place.own)
        }
        if marker.first == ListScope.behindMark { return .behind(prefix: folder, name: folder + (own ?? "")) }
        return marker.first == ListScope.objectMark
            ? .object(prefix: key, marker: own) : .names(prefix: folder, marker: own)
    }

    /// What a service says is on a page.
    struct Listed {
        /// Objects by their full keys.
        var items: [SourceItem] = []
        /// Folders by their full names, with a slash at the end.
        var folders: [String] = []
        /// The first name on the page, be it an object's or a folder's; nil on an empty page.
        var first: String?
        /// The service's own marker of the next page; nil on the last one.
        var next: String?
        /// What the page was asked for with; nil when the service says nothing.
        var prefix: String?
    }

    /// The page that an answer to what `marker` asked for is; nil when it does not fit.
    func page(_ listed: Listed, at marker: String? = nil) -> ListPage? {
        if let place = folderPlace(marker) { return folderPage(listed, place) }
        if !isFolder, listed.prefix == key { return objectPage(listed) }
        guard listed.prefix == folder || (listed.prefix ?? "").isEmpty && folder.isEmpty else { return nil }
        return ListPage(items: below(listed), next: listed.next.map { "\(ListScope.namesMark)\($0)" })
    }

    private func folderPage(_ listed: Listed, _ place: FolderPlace) -> ListPage? {
        guard (listed.prefix ?? "").utf8.elementsEqual((folder + place.name).utf8) else { return nil }
        let folders = listed.folders.compactMap { $0.remainder(after: folder) }
        // A folder in itself, which no service should tell, would be listed for ever.
        guard folders.allSatisfy({ $0.remainder(after: place.name)?.isEmpty == false }) else { return nil }
        let next = listed.next.map { marker(place.mark, place.name, $0) }
        return ListPage(items: below(listed), folders: folders, next: next)
    }

    private func below(_ listed: Listed) -> [SourceItem] {
        listed.items.compactMap { item in item.name.remainder(after: folder).map { renamed(item, $0) } }
    }

    private func objectPage(_ listed: Listed) -> ListPage {
        // Azure may answer an empty page and a marker.
        if listed.first == nil, let next = listed.next {
            return ListPage(items: [], next: "\(ListScope.objectMark)\(next)")
        }
        // Names come in order, so that an object of the location's own name is the first.
        let object = listed.items.first { $0.name == key }
        isObject.withLock { $0 = object != nil }
        guard let object else { return ListPage(items: [], next: "\(ListScope.namesMark)") }
        return ListPage(items: [renamed(object, lastPart)], next: nil)
    }

    /// The full key of an object by the name that the list gave it; an empty name means the location itself.
    func key(of name: String) -> String {
        guard !name.isEmpty else { return key }
        guard !isFolder else { return key + name }
        let isItself = isObject.withLock { $0 } ?? (name == lastPart)
        return isItself ? key : folder + name
    }

    /// A folder's marker, as consoles and file system drivers leave them: no bytes, and a name that ends with a slash.
    static func isFolderMarker(key: String, size: Int?) -> Bool { size == 0 && key.endsWithSlash }

    private var lastPart: String { key.pathParts.last ?? key }

    private func renamed(_ item: SourceItem, _ name: String) -> SourceItem {
        SourceItem(name: name, size: item.size, modified: item.modified, entityTag: item.entityTag)
    }
}

extension XMLReader {
    /// Closes the innermost open element, whose text is an object's size.
    mutating func byteCount() throws(XMLError) -> Int {
        let start = position
        let text = try text()
        guard let count = Int(text.trimmed), count >= 0 else {
            throw XMLError("\"\(text.prefix(20))\" where a size should be", at: start)
        }
        return count
    }
}
