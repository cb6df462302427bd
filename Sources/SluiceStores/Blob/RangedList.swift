internal import Glibc
internal import SluiceCore

/// A long list, in ranges that are asked for at the same time and told in order: the decisions alone, made without a
/// thread.
///
/// A range asks for one page after another. Where a service begins behind any name, who has nothing to ask for cuts a
/// range in two (`RangedList+Names`); elsewhere folders that hold much are ranges (`RangedList+Folders`). What is told
/// next is asked for first, and the names that wait for their turn are bounded, whatever the length of the list.
struct RangedList: Sendable {
    /// One page to ask for.
    struct Request: Sendable {
        let range: Int
        let place: Place
    }

    /// Where a page starts.
    enum Place: Sendable, Equatable {
        /// At the service's own marker.
        case marker(String)
        /// Behind a name.
        case behind(String)
        /// At the beginning of a folder; its name is empty, or ends with a slash.
        case below(String)
        /// The same, and the folders in it are told apart.
        case folders(of: String)
    }

    struct Range: Sendable {
        let number: Int
        /// Where its next page starts; nil once it has all.
        var place: Place?
        var isAsked = false
        /// Names that came, and have not been told.
        var waiting: [SourceItem] = []
        /// Names that came.
        var count = 0
        /// The names in it are behind this one, which may be none.
        var start = ""
        /// The last of the names that came, in the order of bytes.
        var last = ""
        var beginning = Beginning.unknown
        var overlap: Overlap?
        /// The marker on which a folder goes on if the folders in it are not to be ranges, while that is found out.
        var undecided: String?
        /// Whether the folders in it are ranges.
        var isSplit = false
        /// The last folder that was found in it.
        var lastFolder: String?

        var isComplete: Bool { place == nil && !isAsked && overlap == nil }

        mutating func learn(_ items: [SourceItem]) {
            for item in items where precedes(last, item.name) { last = item.name }
        }
    }

    var ranges: [Range]
    /// Nil where ranges are folders.
    var alphabet: KeyAlphabet?
    /// Ranges that began where the one in front of them came by, and ranges that did not.
    var joined = 0
    var refuted = 0
    var isCutting = true
    private var numbers = 0
    var waiting = 0 { didSet { mostWaiting = max(mostWaiting, waiting) } }
    /// The most names that waited at a time.
    private(set) var mostWaiting = 0
    private var asked = 0
    private var pages = 1
    let limits: ListLimits

    /// A list by ranges of names.
    ///
    /// - Parameters:
    ///   - first: the first page, which is told already.
    ///   - marker: where the next one starts.
    init(names first: ListPage, marker: String, _ limits: ListLimits = ListLimits()) {
        self.limits = limits
        ranges = []
        alphabet = KeyAlphabet()
        alphabet?.learn(first.items)
        var range = makeRange(.marker(marker))
        range.start = first.items.first?.name ?? ""
        range.learn(first.items)
        range.count = first.items.count
        range.beginning = .name(range.start)
        ranges.append(range)
    }

    /// A list by folders.
    ///
    /// - Parameter first: the first page, which is told by this.
    init(folders first: ListPage, _ limits: ListLimits = ListLimits()) {
        self.limits = limits
        ranges = []
        ranges.append(makeRange(.below("")))
        if let request = next() { take(first, for: request) }
    }

    mutating func makeRange(_ place: Place?) -> Range {
        defer { numbers += 1 }
        return Range(number: numbers, place: place)
    }

    /// Whether all has been told.
    var isEmpty: Bool { ranges.isEmpty }

    // MARK: Asking

    /// Pages that may be asked for at a time: more the longer the list turns out to be.
    var mostAsked: Int { min(RangedList.mostConnections, 2 + pages / 2) }

    /// More than sixteen pages of a thousand names a round trip are more than one process writes down.
    static let mostConnections = 16

    /// The next page to ask for; nil where there is none now.
    mutating func next() -> Request? {
        guard asked < mostAsked, let index = nextWaiting ?? cut(), let place = ranges[index].place else { return nil }
        ranges[index].isAsked = true
        asked += 1
        return Request(range: ranges[index].number, place: place)
    }

    /// The first range that is asked for nothing and may be.
    private var nextWaiting: Int? {
        var ahead = 0
        for (index, range) in ranges.enumerated() {
            ahead += range.waiting.count
            guard mayAsk(at: index, ahead: ahead) else { return nil }
            if !range.isAsked, range.place != nil { return index }
        }
        return nil
    }

    /// Whether a range may ask for more while `ahead` names wait in it and in front of it.
    func mayAsk(at index: Int, ahead: Int) -> Bool {
        index == 0 || ahead < limits.waiting / 8 || ahead < limits.waiting && waiting < 2 * limits.waiting
    }

    // MARK: Hearing

    /// Takes the page that was asked for.
    mutating func take(_ page: ListPage, for request: Request) {
        asked -= 1
        pages += 1
        // The range may have been found to begin at the wrong place meanwhile.
        guard let index = ranges.firstIndex(where: { $0.number == request.range }) else { return }
        ranges[index].isAsked = false
        ranges[index].place = page.next.map { .marker($0) }
        ranges[index].count += page.items.count
        if alphabet != nil { takeNames(page, at: index) } else { takeFolder(page, request.place, at: index) }
    }

    mutating func append(_ items: some Collection<SourceItem>, at index: Int) {
        ranges[index].waiting += items
        waiting += items.count
    }

    // MARK: Telling

    /// What can be told now, in order; empty where it has not come yet.
    mutating func told() -> [SourceItem] {
        var items: [SourceItem] = []
        while let front = ranges.first, front.undecided == nil {
            if items.isEmpty { items = front.waiting } else { items += front.waiting }
            waiting -= front.waiting.count
            ranges[0].waiting = []
            guard front.isComplete else { break }
            ranges.removeFirst()
        }
        return items
    }

    /// The order of bytes, which is that of most services; Swift's own is that of canonical characters.
    static func precedes(_ name: String, _ other: String) -> Bool {
        // Names that were cut out of another string, or come from Objective-C, are copied for it: none of a page's is.
        var (name, other) = (name, other)
        return name.withUTF8 { left in
            other.withUTF8 { right in
                guard let start = left.baseAddress, let otherStart = right.baseAddress else { return right.count > 0 }
                let order = unsafe memcmp(start, otherStart, min(left.count, right.count))
                return order == 0 ? left.count < right.count : order < 0
            }
        }
    }
}

/// When a list is asked for in parts, and how much of it waits for its turn.
package struct ListLimits: Sendable {
    /// Names that wait for their turn in front of a range that asks for more; twice as many in all: about 16 MB.
    package var waiting = 32_768
    /// Names that a range must be expected to have left to be cut: the page in which it meets the next one is asked for
    /// twice, half of it in vain in the mean.
    package var toCut = 6000
    /// Names that the folders of a page must hold in the mean to be asked for one by one.
    package var inFolder = 100
    /// Folders of which a request each is tried without knowing how many more there are.
    package var folders = 1000

    package init() {}
}
