internal import SluiceCodecs
internal import SluiceCore

/// An object read as what its compressed bytes stand for, from front to back.
///
/// It is opened with the first read, because whoever lists has no time for that. The format is what the first bytes
/// say. It holds one piece of compressed bytes and the decoder's window.
// @unchecked: everything that changes is reached only under `lock`.
final class DecodedObject: ReadableObject, @unchecked Sendable {
    private let name: String
    private let open: @Sendable () throws -> any ReadableObject
    private let lock = Locked<Void>(())
    private var object: (any ReadableObject)?
    private var decoder: (any ChunkDecoder)?
    private var input: [UInt8] = []
    /// The part of `input` that was not decoded yet.
    private var rest = 0..<0
    /// Compressed bytes that were read.
    private var fetched = 0
    private var isAllFetched = false
    private var position = 0
    private var hasEnded = false

    let modified: Timestamp?

    /// - Parameters:
    ///   - name: for messages.
    ///   - open: gives the compressed object.
    init(name: String, modified: Timestamp?, open: @escaping @Sendable () throws -> any ReadableObject) {
        self.name = name
        self.modified = modified
        self.open = open
    }

    /// Compressed bytes that are read at a time: a request to a store takes a round trip.
    private static let piece = 1 << 20

    var size: Int? { nil }
    /// Without what holds for the compressed bytes alone.
    var metadata: ObjectMetadata {
        get throws {
            var metadata = try lock.withLock { _ in try opened() }.metadata
            metadata.contentEncoding = nil
            if DecodedObject.types.contains(metadata.contentType ?? "") { metadata.contentType = nil }
            return metadata
        }
    }

    private static let types: Set<String> = [
        "application/gzip", "application/x-gzip", "application/zstd", "application/x-lz4",
    ]

    var hasUncheckedBytes: Bool { lock.withLock { _ in object }?.hasUncheckedBytes ?? false }

    func checkUnchanged() throws { try lock.withLock { _ in object }?.checkUnchanged() }

    /// - Precondition: `offset` is where the last read ended.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try lock.withLock { _ in
            precondition(offset == position, "compressed data can't be read out of order")
            var filled = 0
            while filled < buffer.count {
                let made = try decode(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                if made == 0 { break }
                filled += made
            }
            position += filled
            return filled
        }
    }

    private func opened() throws -> any ReadableObject {
        if let object { return object }
        let object = try open()
        self.object = object
        return object
    }

    /// Decodes some bytes into `buffer`; none at the end.
    private func decode(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while !hasEnded {
            if rest.isEmpty, !isAllFetched { try fetch() }
            let decoder = try startedDecoder()
            let progress = try input.withUnsafeBytes { bytes in
                var output = MutableRawSpan(_unsafeBytes: buffer)
                let waiting = UnsafeRawBufferPointer(rebasing: bytes[rest])
                return try naming { () throws(CodecError) in
                    try decoder.decode(RawSpan(_unsafeBytes: waiting), into: &output)
                }
            }
            rest = rest.lowerBound + progress.consumed..<rest.upperBound
            if progress.produced > 0 { return progress.produced }
            guard progress.consumed == 0 else { continue }
            if isAllFetched {
                try object?.checkUnchanged()
                try naming { () throws(CodecError) in try decoder.finish() }
                hasEnded = true
            } else {
                try fetch()
            }
        }
        return 0
    }

    /// Puts more compressed bytes behind those that are left.
    private func fetch() throws {
        let object = try opened()
        let kept = Array(input[rest])
        let room = kept.count + min(DecodedObject.piece, max(1, (object.size ?? .max) - fetched))
        if input.count != room { input = [UInt8](repeating: 0, count: room) }
        input.replaceSubrange(0..<kept.count, with: kept)
        let count = try input.withUnsafeMutableBytes { bytes in
            try object.read(at: fetched, into: UnsafeMutableRawBufferPointer(rebasing: bytes[kept.count...]))
        }
        rest = 0..<kept.count + count
        fetched += count
        if count < room - kept.count || fetched == object.size { isAllFetched = true }
    }

    private func startedDecoder() throws -> any ChunkDecoder {
        if let decoder { return decoder }
        guard let format = CodecFormat(startOf: input[rest]) ?? skippable(input[rest]) else {
            throw CopyError(
                .integrity,
                "\"\(name)\" can't be decompressed",
                cause: rest.isEmpty ? "it is empty" : "its first bytes are those of neither gzip, zstd nor lz4",
                advice: "Copy it with --decompress none, or exclude it"
            )
        }
        let decoder = try format.makeDecoder()
        self.decoder = decoder
        return decoder
    }

    /// zstd and lz4 may start with frames to be skipped, which look alike: the name tells which of them it is.
    private func skippable(_ start: ArraySlice<UInt8>) -> CodecFormat? {
        CodecFormat.startsWithSkippableFrame(start) ? CodecFormat(suffixOf: name) : nil
    }

    /// Puts the object's name into what a decoder says of its bytes.
    private func naming<Result>(_ body: () throws(CodecError) -> Result) throws(CopyError) -> Result {
        do {
            return try body()
        } catch {
            throw CopyError(
                error.kind,
                "\"\(name)\" can't be decompressed",
                cause: error.cause.map { "\(error.what): \($0)" } ?? error.what,
                advice: error.advice
            )
        }
    }
}
