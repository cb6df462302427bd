/// The page of a column that is being filled, and what goes on from page to page of a row group.
struct OpenPage {
    private let type: ParquetType
    /// 1 for each value that is there, 0 for NULL.
    private(set) var levels: [UInt32] = []
    private var plain: [UInt8] = []
    private var places: [UInt32] = []
    private var bits = 0

    private(set) var dictionary: ValueDictionary?
    private var isDictionaryLeft = false
    private(set) var statistics: ParquetStatistics

    /// Bytes of a page before it is compressed, as others make them.
    private static let mostBytes = 1 << 20

    /// - Parameter isEmpty: whether nothing will be put there.
    init(_ type: ParquetType, isEmpty: Bool = false) {
        self.type = type
        statistics = ParquetStatistics(type)
        // Booleans are bits already.
        if type.physical != .boolean, !isEmpty { dictionary = ValueDictionary(hasLengths: type.physical == .bytes) }
    }

    var usesDictionary: Bool { dictionary != nil && !isDictionaryLeft }
    var held: Int { plain.count + 4 * (places.count + levels.count) + (dictionary?.bytes.count ?? 0) }

    var isFull: Bool {
        isDictionaryLeft || dictionary == nil
            ? plain.count >= OpenPage.mostBytes : dictionary!.isFull || places.count >= OpenPage.mostBytes / 4
    }

    mutating func addNull() {
        levels.append(0)
        statistics.nulls += 1
    }

    @unsafe mutating func add(_ stored: UnsafeBufferPointer<UInt8>) {
        levels.append(1)
        unsafe statistics.add(stored)
        if !isDictionaryLeft, let place = unsafe dictionary?.place(of: stored) {
            places.append(place)
        } else if type.physical == .boolean {
            if bits % 8 == 0 { plain.append(0) }
            unsafe plain[bits / 8] |= stored[0] << UInt8(bits % 8)
            bits += 1
        } else {
            if type.physical == .bytes { plain.appendLength(stored.count) }
            unsafe plain.append(contentsOf: stored)
        }
    }

    /// The page's bytes before they are compressed; the next one begins.
    mutating func end(isNullable: Bool) -> [UInt8] {
        var body: [UInt8] = []
        if isNullable {
            var runs: [UInt8] = []
            LevelRuns.append(levels.span, width: 1, to: &runs)
            body.appendLength(runs.count)
            body += runs
        }
        if usesDictionary, let dictionary {
            let width = LevelRuns.width(dictionary.count)
            body.append(UInt8(width))
            LevelRuns.append(places.span, width: width, to: &body)
            // What follows stands by itself.
            isDictionaryLeft = dictionary.isFull
        } else {
            body += plain
        }
        levels.removeAll(keepingCapacity: true)
        plain.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        bits = 0
        return body
    }
}
