internal import SluiceCore

/// Bytes in memory as one object.
struct TextSource: ObjectSource {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var location: Location { .standardStream }
    var isRereadable: Bool { true }
    var isSingleObject: Bool { true }
    var allowsReadThrough: Bool { true }

    func list(_ body: (ListEntry) throws -> Void) throws {
        try body(.item(SourceItem(name: "text", size: bytes.count)))
    }

    func open(_ item: SourceItem) throws -> any ReadableObject { Text(bytes) }

    private final class Text: ReadableObject {
        private let bytes: [UInt8]

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var size: Int? { bytes.count }
        var modified: Timestamp? { nil }
        var metadata: ObjectMetadata { ObjectMetadata() }

        func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            let piece = bytes.dropFirst(offset).prefix(buffer.count)
            buffer.copyBytes(from: piece)
            return piece.count
        }

        func checkUnchanged() throws {}
    }
}
