internal import SluiceCodecs
internal import SluiceCore

/// Another source's objects, those decompressed whose names say that they are compressed.
///
/// The names that objects get are remembered by 16 bytes each, so that no two get the same: 32 MB for a million.
struct DecodedSource: ObjectSource {
    private let base: any ObjectSource

    init(_ base: any ObjectSource) { self.base = base }

    var location: Location { base.location }
    var isRereadable: Bool { base.isRereadable }
    var isSingleObject: Bool { base.isSingleObject }
    var allowsReadThrough: Bool { base.allowsReadThrough }
    /// For objects that are taken as they are. A range of a decompressed one can't be asked for again alone: it is read from
    /// front to back, and what fails is started over as a whole.
    var requestSize: ClosedRange<Int>? { base.requestSize }

    /// What stands for a name; two names meet by chance in one of 10^26 copies of a million objects.
    private struct Mark: Hashable {
        let first: Int
        let second: Int

        init(_ name: String) {
            var hasher = Hasher()
            hasher.combine(0)
            hasher.combine(name)
            first = hasher.finalize()
            hasher = Hasher()
            hasher.combine(1)
            hasher.combine(name)
            second = hasher.finalize()
        }
    }

    func list(_ body: (ListEntry) throws -> Void) throws {
        var taken: Set<Mark> = []
        try base.list { entry in
            guard case .item(let item) = entry else { return try body(entry) }
            if let format = DecodedSource.unreadable(item.name) {
                return try body(.failure(name: item.name, DecodedSource.refusal(item.name, format)))
            }
            let decoded = DecodedSource.decoded(item)
            guard taken.insert(Mark(decoded.bareName)).inserted else {
                return try body(.failure(name: item.name, DecodedSource.collision(decoded)))
            }
            try body(.item(decoded))
        }
    }

    func open(_ item: SourceItem) throws -> any ReadableObject {
        guard let encoding = item.encoding else { return try base.open(item) }
        let stored = SourceItem(
            name: item.name,
            size: encoding.size,
            modified: item.modified,
            entityTag: item.entityTag
        )
        return DecodedObject(name: item.name, modified: item.modified) { [base] in try base.open(stored) }
    }

    /// The item as it is once it is decompressed; the same where its name says nothing of a codec.
    static func decoded(_ item: SourceItem) -> SourceItem {
        guard let format = CodecFormat(suffixOf: item.name) else { return item }
        let bareName = String(item.name.dropLast(format.suffix.count))
        guard !bareName.isEmpty, !bareName.hasSuffix("/") else { return item }
        return SourceItem(
            name: item.name,
            size: nil,
            modified: item.modified,
            entityTag: item.entityTag,
            encoding: .init(bareName: bareName, size: item.size)
        )
    }

    /// Formats that are known by their names and can't be read.
    private static let unreadable = [
        ".bz2": "bzip2", ".xz": "xz", ".deflate": "deflate", ".zz": "deflate", ".br": "brotli",
    ]

    private static func unreadable(_ name: String) -> String? {
        let name = name.lowercased()
        return unreadable.first { name.hasSuffix($0.key) }?.value
    }

    private static func refusal(_ name: String, _ format: String) -> CopyError {
        CopyError(
            .usage,
            "\"\(name)\" can't be decompressed",
            cause: "\(format) is not in this version",
            advice: "Exclude it, and copy it as it is without --decompress"
        )
    }

    private static func collision(_ item: SourceItem) -> CopyError {
        CopyError(
            .invalidName,
            "\"\(item.name)\" would become \"\(item.bareName)\", as another object does",
            advice: "Exclude one of the two, and copy it to another place"
        )
    }
}
