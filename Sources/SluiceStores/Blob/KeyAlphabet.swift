internal import SluiceCore

/// The characters that names are made of, as far as they have been seen: where a range of names can be cut.
struct KeyAlphabet: Sendable {
    /// In order, all behind `floor`.
    private var characters: [Unicode.Scalar] = []
    private var known: Set<Unicode.Scalar> = []
    /// What places to cut at are made of is behind this character: no control characters, and no spaces.
    private let floor: Unicode.Scalar = " "

    /// Learns from some of a page's names.
    mutating func learn(_ items: [SourceItem]) {
        let before = known.count
        for index in Swift.stride(from: 0, to: items.count, by: KeyAlphabet.stride) {
            known.formUnion(items[index].name.unicodeScalars.lazy.filter { [floor] in $0 > floor })
        }
        // One digit makes the others likely.
        if known.contains(where: { KeyAlphabet.digits.contains($0) }) { known.formUnion(KeyAlphabet.digits) }
        if known.count != before { characters = known.sorted() }
    }

    /// Of a thousand names twenty show what the others are made of.
    private static let stride = 50
    private static let digits = "0123456789".unicodeScalars.map { $0 }

    /// A place between two names, both exclusive, that has about as many possible names in front of it as behind it;
    /// nil where there is none. Nil as `high` is the end of the list.
    ///
    /// It ends with a character that hardly any name has, and so falls between folders rather than on one's name, which
    /// some services take for the folder's end.
    func middle(between low: String, and high: String?) -> String? {
        let start = cuttable(low)
        let end = high.map { cuttable($0) }
        // The fewer characters, the wider the range is cut.
        for length in 1...max(1, start.count) {
            let head = start.prefix(length - 1)
            let isInside = end.map { $0.starts(with: head) } ?? true
            // At the end of `high` its characters up to here are all that is left below it.
            if let end, isInside, end.count < length { return nil }
            let bound = isInside ? end.map { $0[length - 1] } : nil
            let least = length <= start.count ? start[length - 1] : floor
            let candidates = characters.filter { character in
                character > least && (bound.map { character < $0 } ?? true)
            }
            guard !candidates.isEmpty else { continue }
            let middle = candidates.count / 2
            var place = String.UnicodeScalarView(head)
            place.append(middle > 0 ? candidates[middle - 1] : least)
            place.append(KeyAlphabet.last)
            let name = String(place)
            if RangedList.precedes(low, name), high.map({ RangedList.precedes(name, $0) }) ?? true { return name }
        }
        return nil
    }

    /// The last printable character of ASCII.
    private static let last: Unicode.Scalar = "~"

    /// How much of the names between `low` and `high` is in front of `name`, from 0 to 1, as far as their characters
    /// tell.
    func share(of name: String, between low: String, and high: String?) -> Double {
        let start = position(low)
        let end = high.map { position($0) } ?? 1
        guard end > start else { return 1 }
        return min(1, max(0, (position(name) - start) / (end - start)))
    }

    /// Where a name is among all that the characters can make, from 0 to 1.
    private func position(_ name: String) -> Double {
        var position = 0.0
        var weight = 1.0
        for character in name.unicodeScalars.prefix(KeyAlphabet.depth) {
            weight /= Double(characters.count + 1)
            let rank = character <= floor ? 0 : 1 + (characters.firstIndex { $0 >= character } ?? characters.count - 1)
            position += weight * Double(rank)
        }
        return position
    }

    /// Ten characters of thirty are more than a Double can tell apart.
    private static let depth = 10

    /// The characters of a name in front of its first one that no place to cut at has.
    private func cuttable(_ name: String) -> [Unicode.Scalar] { Array(name.unicodeScalars.prefix { $0 > floor }) }
}
