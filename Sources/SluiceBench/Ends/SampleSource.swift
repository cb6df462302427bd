internal import SluiceCore

/// Objects in memory: the sample's bytes over and over, so that a sink is measured without a disk in front of it.
struct SampleSource: ObjectSource {
    private let sample: SampleData
    let items: [SourceItem]

    /// - Parameters:
    ///   - prefix: what the objects' names start with.
    ///   - sizes: bytes of each object.
    init(_ sample: SampleData, prefix: String, sizes: [Int]) {
        self.sample = sample
        items = sizes.enumerated().map { SourceItem(name: "\(prefix)\($0)", size: $1) }
    }

    var location: Location { .file(path: "memory", isDirectory: true) }
    var isRereadable: Bool { true }
    var isSingleObject: Bool { false }
    var allowsReadThrough: Bool { true }

    func list(_ body: (ListEntry) throws -> Void) throws {
        for item in items { try body(.item(item)) }
    }

    func open(_ item: SourceItem) throws -> any ReadableObject { SampleObject(sample.bytes, size: item.size ?? 0) }
}

/// One of them.
final class SampleObject: ReadableObject {
    private let bytes: [UInt8]
    let size: Int?

    /// - Precondition: `bytes` is not empty.
    init(_ bytes: [UInt8], size: Int) {
        precondition(!bytes.isEmpty, "a sample has bytes")
        self.bytes = bytes
        self.size = size
    }

    var modified: Timestamp? { nil }
    var metadata: ObjectMetadata { ObjectMetadata() }
    func checkUnchanged() throws {}

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let wanted = max(0, min(buffer.count, (size ?? 0) - offset))
        unsafe bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < wanted {
                let start = (offset + done) % bytes.count
                let count = min(wanted - done, bytes.count - start)
                unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
                done += count
            }
        }
        return wanted
    }
}
