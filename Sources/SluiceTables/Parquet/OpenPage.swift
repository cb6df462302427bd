/// The page of a column that is being filled, and what goes on from page to page of a row group.
struct OpenPage {
    private let type: ParquetType
    /// Values and NULLs.
    private(set) var count = 0
    /// 1 for each value that is there, 0 for NULL; empty as long as there is no NULL.
    private var levels: [UInt32] = []
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
        if levels.isEmpty { levels = Array(repeating: 1, count: count) }
        levels.append(0)
        count += 1
        statistics.nulls += 1
    }

    @inline(__always) private mutating func noteValue() {
        if !levels.isEmpty { levels.append(1) }
        count += 1
    }

    /// Adds a value that the dictionary has.
    @inline(__always) mutating func add(place: UInt32) {
        noteValue()
        dictionary?.noteFound()
        places.append(place)
    }

    /// Adds a value; its place in the dictionary, if there is one.
    @unsafe mutating func add(_ stored: UnsafeBufferPointer<UInt8>) -> UInt32? {
        noteValue()
        if !isDictionaryLeft, let (place, isNew) = unsafe dictionary?.place(of: stored) {
            if isNew { unsafe statistics.add(stored) }
            places.append(place)
            return place
        }
        unsafe statistics.add(stored)
        if type.physical == .boolean {
            if bits % 8 == 0 { plain.append(0) }
            unsafe plain[bits / 8] |= stored[0] << UInt8(bits % 8)
            bits += 1
        } else {
            if type.physical == .bytes { plain.appendLength(stored.count) }
            unsafe plain.append(contentsOf: stored)
        }
        return nil
    }

    /// The page's bytes before they are compressed; the next one begins.
    mutating func end(isNullable: Bool) -> [UInt8] {
        var body: [UInt8] = []
        if isNullable {
            var runs: [UInt8] = []
            if levels.isEmpty {
                LevelRuns.append(1, count: count, width: 1, to: &runs)
            } else {
                LevelRuns.append(levels.span, width: 1, to: &runs)
            }
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
        (count, bits) = (0, 0)
        return body
    }
}
