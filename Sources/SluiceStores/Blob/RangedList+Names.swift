internal import SluiceCore

/// Ranges of names.
///
/// A range is cut at a place that is guessed, and the new one is asked to begin behind it. Nothing is believed of it:
/// only once the range in front of it comes by the name with which it began do the two meet there; a range that is not
/// met is dropped, and the one in front of it goes on by its own markers. So the list is whole, and has nothing twice,
/// in whatever order the service lists, as long as what it lists behind a name is all that follows some place of its
/// one order. Of those that are tested that is so for Swift, JuiceFS, rclone and SeaweedFS, though the last lists
/// folder by folder, and takes a place that is a folder's name for the end of that folder.
extension RangedList {
    /// How a range begins, as its service tells.
    enum Beginning: Sendable, Equatable {
        case unknown
        case name(String)
        /// It ended before a name came.
        case nothing
    }

    /// What a range has brought from behind the next one's start, until that tells how it begins.
    struct Overlap: Sendable {
        var items: [SourceItem]
        /// The marker of the next page.
        var next: String?
    }

    // MARK: Cutting

    /// Cuts the first range that is worth it; the place of the new one.
    mutating func cut() -> Int? {
        // Names that come and go while they are listed refute one or another; a service that does not begin where it is
        // asked to refutes them all.
        guard let alphabet, isCutting, refuted <= 2 + joined / 4 else { return nil }
        var ahead = 0
        for index in ranges.indices {
            ahead += ranges[index].waiting.count
            guard mayAsk(at: index, ahead: ahead) else { return nil }
            guard isWorthCutting(index), let middle = alphabet.middle(between: ranges[index].last, and: end(of: index))
            else {
                continue
            }
            var rest = makeRange(.behind(middle))
            (rest.start, rest.last) = (middle, middle)
            ranges.insert(rest, at: index + 1)
            return index + 1
        }
        return nil
    }

    /// The last name that may be in a range; nil at the end of the list.
    private func end(of index: Int) -> String? { index + 1 < ranges.count ? ranges[index + 1].start : nil }

    private func isWorthCutting(_ index: Int) -> Bool {
        let range = ranges[index]
        guard let alphabet, range.place != nil, range.count > 0 else { return false }
        let share = alphabet.share(of: range.last, between: range.start, and: end(of: index))
        return Double(range.count) * (1 - share) > share * Double(limits.toCut)
    }

    /// The request for a range's first page was refused: some services begin behind no name.
    mutating func refuse(_ request: Request) {
        isCutting = false
        take(ListPage(items: [], next: nil), for: request)
        guard let index = ranges.firstIndex(where: { $0.number == request.range }) else { return }
        drop(index)
    }

    // MARK: Joining

    mutating func takeNames(_ page: ListPage, at index: Int) {
        alphabet?.learn(page.items)
        if ranges[index].beginning == .unknown {
            if let first = page.items.first?.name {
                // A service that takes no notice of where to begin.
                guard RangedList.precedes(ranges[index].start, first) else { return drop(index) }
                ranges[index].beginning = .name(first)
            } else if page.next == nil {
                ranges[index].beginning = .nothing
            }
        }
        ranges[index].learn(page.items)
        if let end = end(of: index), let beyond = RangedList.first(behind: end, in: page.items[...]) {
            append(page.items[..<beyond], at: index)
            ranges[index].overlap = Overlap(items: Array(page.items[beyond...]), next: page.next)
            ranges[index].place = nil
        } else {
            append(page.items, at: index)
        }
        join(index)
        if index > 0 { join(index - 1) }
    }

    /// Lets a range that has come to the next one's start meet it, or go on without it.
    private mutating func join(_ index: Int) {
        while let overlap = ranges[index].overlap {
            guard let end = end(of: index), let beyond = RangedList.first(behind: end, in: overlap.items[...]) else {
                append(overlap.items, at: index)
                ranges[index].place = overlap.next.map { .marker($0) }
                ranges[index].overlap = nil
                return
            }
            let beginning = ranges[index + 1].beginning
            if beginning == .unknown { return }
            if case .name(let name) = beginning,
                let meeting = overlap.items[beyond...].firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) })
            {
                append(overlap.items[..<meeting], at: index)
                ranges[index].overlap = nil
                joined += 1
                return
            }
            refuted += 1
            remove(index + 1)
        }
    }

    /// Drops a range that does not begin where it was to.
    private mutating func drop(_ index: Int) {
        refuted += 1
        remove(index)
        if index > 0 { join(index - 1) }
    }

    private mutating func remove(_ index: Int) {
        waiting -= ranges[index].waiting.count
        ranges.remove(at: index)
    }

    /// The first item behind a name, in a list that need not be in order.
    private static func first(behind name: String, in items: ArraySlice<SourceItem>) -> Int? {
        items.firstIndex { precedes(name, $0.name) }
    }
}
