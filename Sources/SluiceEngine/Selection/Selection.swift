package import SluiceCore

/// Which of a source's objects are copied.
package struct Selection: Sendable, Hashable {
    /// Names to take; none means all.
    package var includes: [NamePattern] = []
    /// Names to leave; they win over `includes`.
    package var excludes: [NamePattern] = []
    /// The first time of last change to take.
    package var modifiedFrom: Timestamp?
    /// The first time of last change to leave again.
    package var modifiedBefore: Timestamp?
    /// The smallest and the largest size to take.
    package var smallest: ByteCount?
    package var largest: ByteCount?
    /// Whether objects in folders below the source are taken.
    package var recursive = true

    package init() {}

    /// What a selection says of an object.
    package enum Verdict: Sendable, Hashable {
        case taken
        case left
        /// Its time or size is bounded, and the source does not tell it.
        case undecidable(option: String)
    }

    /// Whether nothing is left.
    package var isEverything: Bool { self == Selection() }

    package func verdict(for item: SourceItem) -> Verdict {
        guard takes(name: item.name) else { return .left }
        if smallest != nil || largest != nil {
            guard let size = item.size else {
                return .undecidable(option: smallest != nil ? "--min-size" : "--max-size")
            }
            if let smallest, size < smallest.rawValue { return .left }
            if let largest, size > largest.rawValue { return .left }
        }
        if modifiedFrom != nil || modifiedBefore != nil {
            guard let modified = item.modified else {
                return .undecidable(option: modifiedFrom != nil ? "--modified-after" : "--modified-before")
            }
            if let modifiedFrom, modified < modifiedFrom { return .left }
            if let modifiedBefore, modified >= modifiedBefore { return .left }
        }
        return .taken
    }

    /// What the name alone decides.
    package func takes(name: String) -> Bool {
        if !recursive, name.utf8.contains(UInt8(ascii: "/")) { return false }
        if excludes.contains(where: { $0.matches(name) }) { return false }
        return includes.isEmpty || includes.contains { $0.matches(name) }
    }

    /// Whether an object below `folder` can be taken, so that it need be looked at.
    package func mayContain(folder: String) -> Bool {
        if !recursive { return false }
        if excludes.contains(where: { $0.matchesAll(below: folder) }) { return false }
        return includes.isEmpty || includes.contains { $0.mayMatch(below: folder) }
    }
}
