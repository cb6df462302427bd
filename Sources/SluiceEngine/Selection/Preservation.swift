internal import SluiceCore
internal import SluiceStores

/// What objects keep beside their bytes on their way.
///
/// Between stores the content headers and the user's own pairs go over as they are. Mode, owner and time of last change of
/// files go to files directly, and to S3 and Azure as pairs `sluicemode` (octal), `sluiceowner` (`uid:gid`) and `sluicemtime`
/// (nanoseconds since 1970), from which they come back: names that both services take.
struct Preservation: Sendable {
    let kinds: Set<CopySpecification.Preserved>
    private let pairs: [CopySpecification.MetadataPair]
    /// Whether the sink holds files, which have mode, owner and times of their own.
    let isIntoFiles: Bool

    /// Nil where nothing is to be kept.
    init?(_ specification: CopySpecification) {
        guard !specification.preserved.isEmpty || !specification.metadata.isEmpty else { return nil }
        kinds = specification.preserved
        pairs = specification.metadata
        isIntoFiles = if case .file = specification.sink { true } else { false }
    }

    private static let mode = "sluicemode"
    private static let owner = "sluiceowner"
    private static let time = "sluicemtime"

    /// Whether the source must be asked for an object's metadata.
    var asksSource: Bool { !kinds.isEmpty }

    private static let lastModified = "$$LASTMODIFIED"

    /// What an object has beside its bytes in the sink.
    ///
    /// - Parameter ask: gives what it has in the source; not called where nothing of that is kept.
    func kept(of item: SourceItem, _ ask: () throws -> ObjectMetadata) rethrows -> ObjectMetadata {
        var kept = asksSource ? self.kept(of: try ask()) : ObjectMetadata()
        for pair in pairs {
            let value = pair.value == Preservation.lastModified ? item.modified?.rfc3339 : pair.value
            kept.user[pair.name.lowercased()] = value
        }
        return kept
    }

    /// What of `source`, an object's metadata, goes to the sink.
    func kept(of source: ObjectMetadata) -> ObjectMetadata {
        var source = source
        Preservation.takeAttributes(&source)
        var kept = ObjectMetadata()
        if kinds.contains(.metadata) {
            kept = source
            (kept.permissions, kept.owner, kept.modified) = (nil, nil, nil)
        }
        if kinds.contains(.mode) { kept.permissions = source.permissions }
        if kinds.contains(.owner) { kept.owner = source.owner }
        if kinds.contains(.times) { kept.modified = source.modified }
        if !isIntoFiles { Preservation.putAttributes(&kept) }
        return kept
    }

    /// Makes pairs of a file's attributes.
    private static func putAttributes(_ metadata: inout ObjectMetadata) {
        if let permissions = metadata.permissions { metadata.user[mode] = String(permissions, radix: 8) }
        if let owner = metadata.owner { metadata.user[Preservation.owner] = "\(owner.user):\(owner.group)" }
        if let modified = metadata.modified { metadata.user[time] = String(modified.nanoseconds) }
        (metadata.permissions, metadata.owner, metadata.modified) = (nil, nil, nil)
    }

    /// Makes a file's attributes of the pairs that tell them; pairs that are none of ours stay as they are.
    private static func takeAttributes(_ metadata: inout ObjectMetadata) {
        if let text = metadata.user[mode], let bits = UInt32(text, radix: 8), bits <= 0o7777 {
            metadata.permissions = bits
            metadata.user[mode] = nil
        }
        let parts = metadata.user[Preservation.owner]?.split(separator: ":").map { UInt32($0) } ?? []
        if parts.count == 2, let user = parts[0], let group = parts[1] {
            metadata.owner = FileOwner(user: user, group: group)
            metadata.user[Preservation.owner] = nil
        }
        if let nanoseconds = metadata.user[time].flatMap({ Int64($0) }) {
            metadata.modified = Timestamp(nanoseconds: nanoseconds)
            metadata.user[time] = nil
        }
    }
}
