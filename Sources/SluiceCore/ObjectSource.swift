/// One object that a source lists.
package struct SourceItem: Sendable, Hashable {
    /// The name relative to the listed location, with `/` between its parts; a single object's own last part.
    package let name: String
    /// Bytes; nil where the source can't say (standard input, a chunked HTTP body).
    package let size: Int?
    package let modified: Timestamp?
    /// The version that was listed, to be asked for when it is read.
    package let entityTag: String?
    /// What it is in the source, where it is decompressed on the way; nil where it is taken as it is.
    package let encoding: Encoding?
    /// The target of a symbolic link that is copied as one; its bytes are the object's. Nil for all else.
    package let link: String?

    /// An object that is compressed in the source.
    package struct Encoding: Sendable, Hashable {
        /// Its name without the codec's suffix.
        package let bareName: String
        /// Bytes as they are stored.
        package let size: Int?

        package init(bareName: String, size: Int?) {
            self.bareName = bareName
            self.size = size
        }
    }

    package init(
        name: String,
        size: Int?,
        modified: Timestamp? = nil,
        entityTag: String? = nil,
        encoding: Encoding? = nil,
        link: String? = nil
    ) {
        self.name = name
        self.size = size
        self.modified = modified
        self.entityTag = entityTag
        self.encoding = encoding
        self.link = link
    }

    /// The name that the sink's is made of.
    package var bareName: String { encoding?.bareName ?? name }

    /// Bytes as they are stored in the source.
    package var storedSize: Int? { encoding == nil ? size : encoding?.size }
}

/// What a listing says: an object, or an entry that can't be one.
package enum ListEntry: Sendable {
    case item(SourceItem)
    /// An object that need not be copied: the sink has it.
    case unchanged(SourceItem)
    /// An entry that can't be read, by its name as far as it can be told.
    case failure(name: String, any Failure)
}

/// A place that objects are read from.
package protocol ObjectSource: Sendable {
    /// What is listed, as the user wrote it.
    var location: Location { get }

    /// Whether the same can be read more than once, and, where an object's size is known, at any offset.
    var isRereadable: Bool { get }

    /// Whether the location is one object rather than a folder of them.
    var isSingleObject: Bool { get }

    /// Whether reading is a plain copy from memory or disk, so that a transport may read while it sends.
    var allowsReadThrough: Bool { get }

    /// The least and the most bytes that a request is to ask for where objects are behind a network; nil where reading is
    /// no request.
    var requestSize: ClosedRange<Int>? { get }

    /// How many of its objects may be read at a time; nil for as many as go.
    var mostOpen: Int? { get }

    /// What is known of rows; nil where there are none. From any thread.
    var rowFacts: RowFacts? { get }

    /// Calls `body` for each object, as it is found; blocks, and holds a bounded part of the list in memory.
    /// - Throws: a `Failure` when the location itself can't be listed, and whatever `body` throws.
    func list(_ body: (ListEntry) throws -> Void) throws

    /// Opens an object for reading; blocks.
    func open(_ item: SourceItem) throws -> any ReadableObject

    /// Whether an object that failed this way is worth reading again from its start: the way to it broke, not the object.
    func mayStartOver(after failure: any Failure) -> Bool

    /// Gives up what was kept for further objects, once none is read any more; blocks.
    func finish()
}

extension ObjectSource {
    package var requestSize: ClosedRange<Int>? { nil }
    package var mostOpen: Int? { nil }
    package var rowFacts: RowFacts? { nil }
    package func mayStartOver(after failure: any Failure) -> Bool { false }
    package func finish() {}
}

/// An open object. It is closed when it is released.
package protocol ReadableObject: AnyObject, Sendable {
    /// Bytes at the time of opening; nil when it can't be known.
    var size: Int? { get }

    /// When it was last changed, at the time of opening.
    var modified: Timestamp? { get }

    /// Metadata that the source keeps beside the bytes. The first call may ask the source's service; blocks.
    var metadata: ObjectMetadata { get throws }

    /// The CRC of all its bytes as the source's service keeps it, to compare with that of what was read; nil where there
    /// is none. The first call may ask the service; blocks.
    var storedChecksum: Checksum? { get throws }

    /// The digest of all its bytes, of any kind, as the source's service keeps it; nil where there is none. The
    /// first call may ask the service; blocks.
    var storedDigest: Checksum? { get throws }

    /// Whether bytes were read that came from afar with no digest to hold them against.
    var hasUncheckedBytes: Bool { get }

    /// What the object's own service needs to copy it by itself; nil where it can't. The first call may ask the service;
    /// blocks.
    var copySource: (any CopySource)? { get throws }

    /// Rows that were read so far and what became of them; nil where there are none.
    var rows: RowCount? { get }

    /// Fills `buffer` from `offset`; less only at the object's end. Blocks; may be called from several threads at once.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int

    /// Hands `count` bytes from `offset` to `take` in order, as they come; fewer only at the object's end. Blocks; may be
    /// called from several threads at once. What `take` throws ends it.
    ///
    /// After an error the bytes that were taken are sound, unless it is of kind `.integrity`.
    func read(at offset: Int, count: Int, _ take: (UnsafeRawBufferPointer) throws -> Void) throws

    /// Throws a `Failure` of kind `.sourceChanged` or `.sourceVanished` when the object isn't what it was when it
    /// was opened.
    func checkUnchanged() throws

    /// What was read of it came to nothing, and is not counted.
    func discard()
}

extension ReadableObject {
    package func discard() {}
    package var storedChecksum: Checksum? { nil }
    package var storedDigest: Checksum? { get throws { try storedChecksum } }
    package var copySource: (any CopySource)? { nil }
    package var hasUncheckedBytes: Bool { false }
    package var rows: RowCount? { nil }

    /// By pieces that fit the second-level cache.
    package func read(at offset: Int, count: Int, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        let size = min(max(1, count), 256 << 10)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
        defer { unsafe buffer.deallocate() }
        var done = 0
        while done < count {
            let wanted = min(size, count - done)
            let read = try unsafe read(
                at: offset + done,
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
            )
            guard read > 0 else { return }
            try unsafe take(UnsafeRawBufferPointer(rebasing: buffer[..<read]))
            done += read
        }
    }
}
