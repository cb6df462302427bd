internal import SluiceCore

/// The name that an object gets in the sink.
struct SinkNaming: Sendable, Equatable {
    /// Put in front of every item's name.
    var prefix: String
    /// The whole name, for a source of one object.
    var exactName: String?
    /// Put behind it: the codec's.
    var suffix: String

    /// - Parameters:
    ///   - target: the sink's name inside its store: a key, a path; empty for the store's root.
    ///   - isFolder: whether `target` is known to be a folder (a trailing slash, an existing directory, a bucket).
    ///   - isSingle: whether the source is one object.
    init(target: String, isFolder: Bool, isSingle: Bool, suffix: String) {
        self.suffix = suffix
        if isSingle, !isFolder {
            prefix = ""
            // A name that was spelled out with the suffix does not get it twice.
            exactName = target.hasSuffix(suffix) ? target : target + suffix
        } else {
            prefix = target.path(of: "")
            exactName = nil
        }
    }

    func name(for item: SourceItem) -> String { exactName ?? prefix + item.name + suffix }
}
