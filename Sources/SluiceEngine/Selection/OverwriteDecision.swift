internal import SluiceCore

/// What becomes of an object where something of its name may stand in the sink already.
///
/// - `if-newer` copies what was changed after what stands there was written.
/// - `if-different` copies what is not the same. The same is: of equal size, and either with the same entity tag (which is
///   the digest, between stores of one kind) or not changed since what stands there was written. Where the sink keeps the
///   source's times the times must be equal, so that a file that was replaced by an older one counts as different, too.
///   Where a codec changes the size, time alone decides. Between symbolic links it is their targets.
///
/// What is not known is never the same: an object without a time is copied unless its entity tag says more.
struct OverwriteDecision: Sendable, Hashable {
    var mode: CopySpecification.Overwrite
    /// Whether an object has the same size in the sink as in the source.
    var keepsSize = true
    /// Whether an object gets its time of last change in the sink, too.
    var keepsTime = false

    /// Whether `item` is to be copied over `standing`, which stands in the sink under its name, if anything does.
    func isToCopy(_ item: SourceItem, over standing: SourceItem?) -> Bool {
        guard let standing else { return true }
        switch mode {
        case .always, .never: return true
        case .ifNewer: return !isAsNew(standing, as: item)
        case .ifDifferent where item.link != nil || standing.link != nil:
            guard let target = item.link, let other = standing.link else { return true }
            return !target.hasSameBytes(as: other)
        case .ifDifferent:
            if keepsSize {
                guard let size = item.size, size == standing.size else { return true }
                if let tag = item.entityTag, tag == standing.entityTag { return false }
            }
            return keepsTime ? item.modified == nil || item.modified != standing.modified : !isAsNew(standing, as: item)
        }
    }

    private func isAsNew(_ standing: SourceItem, as item: SourceItem) -> Bool {
        guard let written = standing.modified, let changed = item.modified else { return false }
        return written >= changed
    }
}
