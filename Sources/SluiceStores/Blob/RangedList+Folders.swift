internal import SluiceCore

/// Ranges that are folders: for services that begin behind no name.
///
/// A folder is asked for with all that is below it. Where that is more than a page, and the folders on the page hold
/// much, those in it are told apart and become ranges of their own; the page is dropped then.
extension RangedList {
    mutating func takeFolder(_ page: ListPage, _ place: Place, at index: Int) {
        switch place {
        case .below(let folder):
            append(page.items, at: index)
            guard let marker = page.next, isWorthSplitting(page.items, in: folder) else { return }
            ranges[index].undecided = marker
            ranges[index].place = .folders(of: folder)
        case .folders:
            guard let marker = ranges[index].undecided else { return }
            ranges[index].undecided = nil
            if page.next != nil, page.folders.count > limits.folders {
                // There may be any number of them.
                ranges[index].place = .marker(marker)
            } else {
                waiting -= ranges[index].waiting.count
                ranges[index].waiting = []
                ranges[index].isSplit = true
                split(index, page)
            }
        case .marker, .behind:
            if ranges[index].isSplit { split(index, page) } else { append(page.items, at: index) }
        }
    }

    private func isWorthSplitting(_ items: [SourceItem], in folder: String) -> Bool {
        var folders: Set<Substring> = []
        var count = 0
        for item in items {
            let below = item.name.utf8.dropFirst(folder.utf8.count)
            guard let slash = below.firstIndex(of: UInt8(ascii: "/")) else { continue }
            folders.insert(item.name[..<slash])
            count += 1
        }
        return count > 0 && count / limits.inFolder >= folders.count
    }

    /// Puts the folders that were found in a range in their order among its objects, in front of what is to come of it.
    private mutating func split(_ index: Int, _ page: ListPage) {
        var parts: [Range] = []
        var rest = page.items[...]
        func part(_ items: ArraySlice<SourceItem>) {
            guard !items.isEmpty else { return }
            var range = makeRange(nil)
            range.waiting = Array(items)
            waiting += items.count
            parts.append(range)
        }
        // Some services name a folder again at the beginning of the next page.
        for folder in page.folders where !(ranges[index].lastFolder?.utf8.elementsEqual(folder.utf8) ?? false) {
            let ahead = rest.prefix { RangedList.precedes($0.name, folder) }
            rest = rest.dropFirst(ahead.count)
            part(ahead)
            parts.append(makeRange(.below(folder)))
        }
        part(rest)
        ranges[index].lastFolder = page.folders.last ?? ranges[index].lastFolder
        ranges.insert(contentsOf: parts, at: index)
    }
}
