internal import SluiceCore
internal import SluiceDigests

/// The name that an object gets in the sink.
struct SinkNaming: Sendable, Equatable {
    /// Put in front of every item's name.
    var prefix: String
    /// The whole name, for a source of one object.
    var exactName: String?
    /// Put behind it: the codec's.
    var suffix: String
    /// Whether folders are left out of names.
    var isFlat: Bool

    /// - Parameters:
    ///   - target: the sink's name inside its store: a key, a path; empty for the store's root.
    ///   - isFolder: whether `target` is known to be a folder (a trailing slash, an existing directory, a bucket).
    ///   - isSingle: whether the source is one object.
    init(target: String, isFolder: Bool, isSingle: Bool, suffix: String, isFlat: Bool = false) {
        self.suffix = suffix
        self.isFlat = isFlat
        if isSingle, !isFolder {
            prefix = ""
            // A name that was spelled out with the suffix does not get it twice.
            exactName = target.hasSuffix(suffix) ? target : target + suffix
        } else {
            prefix = target.path(of: "")
            exactName = nil
        }
    }

    func name(for item: SourceItem) -> String {
        exactName ?? prefix + (isFlat ? SinkNaming.flat(item.bareName) : item.bareName) + suffix
    }

    /// A name without its folders. What was in a folder gets the first 64 bits of the SHA-256 of its whole name, in
    /// hexadecimal, in front of its extension: `2026/01/part.csv` becomes `part-9c56cc51b374c3ba.csv`, in every run and
    /// whatever else there is, so that files of one name in several folders stay apart. (Ten million of them meet by chance
    /// in one of 300,000 copies.)
    static func flat(_ name: String) -> String {
        guard let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) else { return name }
        let last = name[name.utf8.index(after: slash)...]
        let mark = "-" + Hex.encode(Array(SHA256.hash(name).prefix(8)))
        guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return last + mark }
        return last[..<dot] + mark + last[dot...]
    }
}
