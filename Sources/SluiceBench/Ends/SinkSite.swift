internal import Dispatch
internal import Glibc
internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline
internal import SluiceStores

/// Where a bench writes in the user's sink: under names that nobody else has, all of which it takes back.
final class SinkSite: Sendable {
    /// The folder, as a sink.
    let location: Location
    let traits: SinkTraits
    private let base: CopySpecification
    private let sink: any ObjectSink
    /// Set by all names of this bench.
    private let nonce: String
    /// Names in the sink that may be there, and how many prefixes were given out.
    private let state = Locked(State())
    /// Directories that a local sink will make.
    private let missingDirectories: [String]

    private struct State {
        var names: Set<String> = []
        var trials = 0
    }

    /// - Throws: a `Failure` when the sink can't be reached or can't remove objects. Nothing is written.
    init(_ specification: CopySpecification) throws {
        base = specification
        location = specification.sink.folder
        nonce = Hex.encode((0..<4).map { _ in UInt8.random(in: 0...255) })
        var folder = specification
        folder.sink = location
        sink = try folder.makeSink()
        traits = sink.traits
        if case .file(let path, _) = location {
            missingDirectories = SinkSite.missing(path)
        } else {
            missingDirectories = []
        }
        try sink.prepare()
        try proveRemoval()
    }

    /// Whoever can't take things back doesn't put them there.
    private func proveRemoval() throws {
        let advice = "Measure with a sink whose objects may be removed, or without one"
        let name = try name(of: SourceItem(name: "sluice-bench-\(nonce)", size: nil), codec: nil)
        do {
            guard try sink.remove(name: name) else {
                throw BenchError(
                    .usage,
                    "\(location) can't be measured",
                    cause: "nothing can be removed there",
                    advice: advice
                )
            }
        } catch let error as StoreError where error.status != nil {
            let cause =
                "what the bench puts there could not be removed: \(error.what)" + (error.cause.map { " (\($0))" } ?? "")
            throw BenchError(error.kind, "\(location) can't be measured", cause: cause, advice: error.advice ?? advice)
        }
    }

    /// What the names of the next trial's objects start with.
    func nextPrefix() -> String {
        state.withLock { state in
            state.trials += 1
            return "sluice-bench-\(nonce)-\(state.trials)-"
        }
    }

    /// A copy into the site.
    func specification(codec: (any ChunkCodec)?, connections: Int?, blockSize: Int?) -> CopySpecification {
        var specification = base
        specification.sink = location
        specification.codec = codec
        specification.connections = connections.map { .fixed($0) } ?? .automatic
        specification.blockSize = blockSize.map { ByteCount($0) }
        return specification
    }

    private func name(of item: SourceItem, codec: (any ChunkCodec)?) throws -> String {
        try specification(codec: codec, connections: nil, blockSize: nil).sinkName(for: item, isSingle: false)
    }

    /// Notes, before a copy, what it will make.
    func expect(_ items: [SourceItem], codec: (any ChunkCodec)?) throws {
        let names = try items.map { try name(of: $0, codec: codec) }
        state.withLock { $0.names.formUnion(names) }
    }

    /// Removes what is there; to be called whether the copies succeeded or not.
    /// - Returns: what could not be removed, a sentence each; none when nothing is left behind.
    func clean() -> [String] {
        let queue = Locked(Array(state.withLock { $0.names }))
        let left = Locked<[String]>([])
        let group = DispatchGroup()
        for number in 0..<(traits.isRemote ? SinkSite.removers : 1) {
            Worker("bench removal \(number)").run(in: group) { [sink] in
                while let name = queue.withLock({ $0.popLast() }) {
                    do {
                        _ = try sink.remove(name: name)
                    } catch {
                        let failure = SluiceCore.failure(from: error)
                        left.withLock { $0.append("\"\(name)\" is left in the sink: \(failure.description)") }
                    }
                }
            }
        }
        group.wait()
        state.withLock { $0.names = [] }
        for directory in missingDirectories { SinkSite.remove(directory: directory) }
        return left.withLock { $0 }.sorted()
    }

    /// Removes a directory that was made for us, if it is empty.
    ///
    /// After a cancellation a thread of the copy may still hold a temporary file there for a moment.
    private static func remove(directory: String) {
        for _ in 0..<20 {
            guard unsafe rmdir(directory) != 0, errno == ENOTEMPTY else { return }
            pause(.milliseconds(50))
        }
    }

    /// Removals at a time: each is a round trip.
    private static let removers = 8

    /// The directories of `path` that are not there, the innermost first.
    private static func missing(_ path: String) -> [String] {
        var missing: [String] = []
        var path = path
        while unsafe access(path, F_OK) != 0 {
            missing.append(path)
            let parent = FileSink.parent(of: path)
            guard parent != path else { break }
            path = parent
        }
        return missing
    }
}

extension Location {
    /// The location itself where it is a folder, else the folder that it is in.
    var folder: Location {
        switch self {
        case .file(let path, let isDirectory):
            if isDirectory || !FileSource(path: path, isDirectory: false).isSingleObject {
                return .file(path: path, isDirectory: true)
            }
            return .file(path: FileSink.parent(of: path), isDirectory: true)
        case .http(var address):
            address.path = address.path.upToLastSlash
            return .http(address)
        case .s3(let bucket, let key): return .s3(bucket: bucket, key: key.upToLastSlash)
        case .azure(let account, let container, let name):
            return .azure(account: account, container: container, name: name.upToLastSlash)
        case .standardStream, .odbc: return self
        }
    }
}

extension String {
    fileprivate var upToLastSlash: String { lastIndex(of: "/").map { String(self[...$0]) } ?? "" }
}
