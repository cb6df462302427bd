package import SluiceCore
internal import SluiceDigests

/// An object behind HTTP, of the version that it had when it was listed or opened.
///
/// One that a list has told the size and the entity tag of is not asked about: its first request is one for bytes.
package final class BlobObject: ReadableObject {
    package let size: Int?
    package let modified: Timestamp?
    private let name: String
    private let dialect: any BlobReadDialect
    private let client: HTTPClient
    private let version: Locked<Version>
    /// What the service says of the object beside its bytes; nil until it has said it. Held while it is asked, so that
    /// one thread asks for all.
    private let facts: Locked<Facts?>
    private let isUnchecked = Locked(false)

    private struct Version: Sendable {
        var entityTag: String?
        /// Whether bytes have come of it: then no other can take its place.
        var isFixed: Bool
        /// Whether it comes from a list: what is gone was there then.
        let isListed: Bool
    }

    private struct Facts: Sendable {
        let metadata: ObjectMetadata
        /// The digest of all the bytes, of any kind.
        let checksum: Checksum?

        init(_ response: HTTPResponse, _ dialect: any BlobReadDialect) {
            metadata = dialect.metadata(response)
            checksum = dialect.storedChecksum(response)
        }
    }

    /// An object by what HEAD says.
    init(name: String, properties: HTTPResponse, dialect: any BlobReadDialect, client: HTTPClient) {
        self.name = name
        self.dialect = dialect
        self.client = client
        size = properties.contentLength
        modified = properties["last-modified"].flatMap { Timestamp(httpDate: $0) }
        version = Locked(Version(entityTag: properties["etag"], isFixed: true, isListed: false))
        facts = Locked(Facts(properties, dialect))
    }

    /// An object as a list has told of it, with its size and entity tag.
    init(listed item: SourceItem, dialect: any BlobReadDialect, client: HTTPClient) {
        name = item.name
        self.dialect = dialect
        self.client = client
        size = item.size
        modified = item.modified
        version = Locked(Version(entityTag: item.entityTag, isFixed: false, isListed: true))
        facts = Locked(nil)
    }

    package var metadata: ObjectMetadata { get throws { try known().metadata } }

    package var storedDigest: Checksum? { get throws { try known().checksum } }

    package var storedChecksum: Checksum? {
        get throws { try known().checksum.flatMap { $0.algorithm.isCyclic ? $0 : nil } }
    }

    package var hasUncheckedBytes: Bool { isUnchecked.withLock { $0 } }

    /// Of the version that the service has now, where the one that was listed can give way to it.
    package var copySource: (any CopySource)? {
        get throws {
            _ = try known()
            return try dialect.copySource(name: name, entityTag: version.withLock { $0.entityTag })
        }
    }

    /// The entity tag goes with every read, so that another version is refused there.
    package func checkUnchanged() throws {}

    /// What the service says of this version.
    private func known() throws -> Facts {
        try facts.withLock { facts in
            if let facts { return facts }
            let response = try properties()
            guard response["etag"] == version.withLock({ $0.entityTag }) || isAdopted(response) else {
                throw changed(response)
            }
            let found = Facts(response, dialect)
            facts = found
            return found
        }
    }

    private func properties() throws -> HTTPResponse {
        try client.retrying {
            let response = try client.send(dialect.propertiesRequest(name: name, now: .now), bodyLimit: .kibibytes(64))
            guard response.isSuccess else { throw refusal(response) }
            return response
        }
    }

    // MARK: Versions

    /// Takes the version that HEAD tells of for the listed one: while no byte has come, and if the size is the same.
    /// Some services list other entity tags than they answer.
    private func isAdopted(_ properties: HTTPResponse) -> Bool {
        guard properties["content-length"].flatMap(Int.init) == size else { return false }
        return version.withLock { version in
            guard !version.isFixed else { return version.entityTag == properties["etag"] }
            version.entityTag = properties["etag"]
            version.isFixed = true
            return true
        }
    }

    /// Whether bytes of this version belong to the object; from then on no others do.
    fileprivate func takes(_ entityTag: String?) -> Bool {
        version.withLock { version in
            // Without a tag in the answer If-Match has to do.
            guard let expected = version.entityTag, let entityTag, expected != entityTag else {
                version.isFixed = true
                return true
            }
            return false
        }
    }

    fileprivate func changed(_ response: HTTPResponse) -> StoreError {
        StoreError(
            .sourceChanged,
            "reading \"\(name)\" from \(dialect.location)",
            cause: "it was replaced since it was listed (HTTP \(response.status))",
            advice: "Copy it again",
            status: response.status
        )
    }

    private func refusal(_ response: HTTPResponse) -> StoreError {
        let error = dialect.failure(response, name: name, now: .now)
        if response.status == 412 { return changed(response) }
        guard response.status == 404, version.withLock({ $0.isListed }) else { return error }
        return StoreError(
            .sourceVanished,
            error.what,
            cause: error.cause,
            advice: "It was there when it was listed",
            status: 404
        )
    }

    // MARK: Bytes

    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        // Bytes that changed on the way come right the second time; those that changed in the store do not.
        var hasFailed = false
        while true {
            var filled = 0
            do {
                try unsafe read(at: offset, count: buffer.count) { bytes in
                    let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + bytes.count])
                    unsafe target.copyMemory(from: bytes)
                    filled += bytes.count
                }
                return filled
            } catch let error as StoreError where error.kind == .integrity && !hasFailed {
                hasFailed = true
            }
        }
    }

    package func read(at offset: Int, count: Int, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        let wanted = min(count, (size ?? .max) - offset)
        guard wanted > 0 else { return }
        let longest = dialect.largestCheckedRange ?? wanted
        for start in stride(from: offset, to: offset + wanted, by: longest) {
            try unsafe readRange(at: start, count: min(longest, offset + wanted - start), take)
        }
    }

    private func readRange(at offset: Int, count wanted: Int, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        do {
            try unsafe fetch(offset, wanted, take)
        } catch let error as StoreError where error.kind == .sourceChanged {
            // Nothing was taken: the version is looked at before the first byte is.
            guard version.withLock({ !$0.isFixed }), try isAdopted(properties()) else { throw error }
            try unsafe fetch(offset, wanted, take)
        }
    }

    /// Asks for a range.
    private func fetch(_ offset: Int, _ count: Int, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        let isWhole = offset == 0 && count == size
        let tag = version.withLock { $0.entityTag }
        let now = Timestamp.now
        let request =
            isWhole
            ? try dialect.wholeRequest(name: name, size: count, entityTag: tag, now: now)
            : try dialect.readRequest(name: name, offset: offset, count: count, entityTag: tag, now: now)
        try unsafe withoutActuallyEscaping(take) { take in
            let receiver = unsafe RangeReceiver(self, offset..<offset + count, isWhole: isWhole, take)
            let response: HTTPResponse
            do {
                response = try client.exchange(request, receiver: receiver)
            } catch {
                throw receiver.failure ?? error
            }
            guard response.isSuccess else { throw refusal(response) }
            if isWhole { learn(response) }
            try receiver.finish(response)
            if !receiver.isChecked { isUnchecked.withLock { $0 = true } }
        }
    }

    /// An answer with the whole object says what HEAD would.
    private func learn(_ response: HTTPResponse) {
        let found = Facts(response, dialect)
        facts.withLock { if $0 == nil { $0 = found } }
    }

    /// The digest that an answer says its body has.
    fileprivate func checksum(of response: HTTPResponse, isWhole: Bool) -> Checksum? {
        dialect.bodyChecksum(response) ?? (isWhole ? dialect.storedChecksum(response) : nil)
    }

    fileprivate func damaged(_ range: Range<Int>) -> StoreError {
        StoreError(
            .integrity,
            "reading \"\(name)\" from \(dialect.location)",
            cause:
                "\(range.count) bytes from offset \(range.lowerBound) are not those of the digest that the service has of them",
            advice: "They change on the way or have changed in the store: look at the object with another client"
        )
    }

    fileprivate func cutShort(_ count: Int, of wanted: Int) -> StoreError {
        StoreError(.transient, "\"\(name)\" was cut short", cause: "\(count) of \(wanted) bytes came")
    }

    fileprivate func rangeIgnored(_ cause: String) -> StoreError {
        StoreError(.unexpectedAnswer, "\"\(name)\" can't be read in parts", cause: cause)
    }
}

extension ChecksumAlgorithm {
    fileprivate var isCyclic: Bool { self == .crc32c || self == .crc64nvme }
}

/// Hands an answer's body on, once its head has been found to be what was asked for.
@safe private final class RangeReceiver: DownloadBody {
    private let object: BlobObject
    private let range: Range<Int>
    private let isWhole: Bool
    private let take: (UnsafeRawBufferPointer) throws -> Void
    private var count = 0
    /// What the service says of the body's bytes, and what they are.
    private var said: Checksum?
    private var running: RunningChecksum?
    private(set) var failure: (any Error)?
    /// Whether what has come was held against a digest.
    private(set) var isChecked = false

    init(
        _ object: BlobObject,
        _ range: Range<Int>,
        isWhole: Bool,
        _ take: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) {
        self.object = object
        self.range = range
        self.isWhole = isWhole
        unsafe self.take = take
        running = nil
    }

    func begin(_ response: HTTPResponse) -> Bool {
        do {
            try check(response)
        } catch {
            failure = error
            return false
        }
        said = object.checksum(of: response, isWhole: isWhole)
        // A FIPS provider gives no MD5.
        running = said.flatMap { try? RunningChecksum($0.algorithm) }
        return true
    }

    private func check(_ response: HTTPResponse) throws {
        guard object.takes(response["etag"]) else { throw object.changed(response) }
        let part = response["content-range"]
        // 200 instead of 206 is the whole object: right only when that was asked for.
        guard response.status == 206 || part != nil || isWhole else {
            throw object.rangeIgnored("the server ignores ranges")
        }
        // Bytes of a part that isn't named may be any of the object's.
        guard let part, let place = ContentRange(part) else {
            guard isWhole else { throw object.rangeIgnored("the server does not say which range it answers") }
            return
        }
        guard place.start == range.lowerBound else { throw object.rangeIgnored("the server answers \"\(part)\"") }
        if let total = place.total, let size = object.size, total != size { throw object.changed(response) }
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard count + bytes.count <= range.count else {
            failure = object.rangeIgnored("more bytes came than were asked for")
            return false
        }
        do {
            unsafe running?.update(unsafe: bytes)
            unsafe try take(bytes)
            count += bytes.count
            return true
        } catch {
            failure = error
            return false
        }
    }

    /// Checks what has come as a whole.
    func finish(_ response: HTTPResponse) throws {
        guard count == range.count else { throw object.cutShort(count, of: range.count) }
        guard let said, let found = running.take()?.finish() else { return }
        guard found == said else { throw object.damaged(range) }
        isChecked = true
    }
}

/// The header `Content-Range: bytes START-END/TOTAL` (RFC 9110, 14.4).
struct ContentRange: Equatable {
    let start: Int
    /// Bytes of the whole object; nil where it isn't said.
    let total: Int?

    /// Nil for another unit, and for what can't be read.
    init?(_ text: String) {
        guard let range = text.remainder(after: "bytes ") else { return nil }
        let parts = range.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let start = parts[0].split(separator: "-").first.flatMap({ Int($0.trimmedSpaces) })
        else { return nil }
        self.start = start
        total = Int(parts[1].trimmedSpaces)
    }
}

extension Substring {
    fileprivate var trimmedSpaces: Substring { drop { $0 == " " }.prefix { $0 != " " } }
}
