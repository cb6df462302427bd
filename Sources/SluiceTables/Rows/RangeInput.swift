package import SluiceCore

/// Bytes that can be read at any place, as formats that keep their table of contents at the end want it. Used by one
/// thread at a time.
package protocol RangeInput: AnyObject {
    /// All bytes that there are.
    var count: Int { get }

    /// Fills `buffer` with the bytes from `offset` on, all of which there are. Blocks.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws
}

/// The bytes of an open object of known size.
package final class ObjectRanges: RangeInput {
    private let object: any ReadableObject
    package let count: Int

    /// - Throws: a `TableError` for an object whose size its source does not tell.
    package init(_ object: any ReadableObject) throws(TableError) {
        guard let size = object.size else {
            throw TableError(
                .usage,
                "the source can't be read from its end, as a Parquet file is",
                cause: "it does not say how long it is",
                advice: "Copy it into a file first"
            )
        }
        self.object = object
        count = size
    }

    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        var filled = 0
        while filled < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let read = try unsafe object.read(at: offset + filled, into: rest)
            guard read > 0 else {
                try object.checkUnchanged()
                throw TableError(
                    .sourceChanged,
                    "the source ended at byte \(offset + filled)",
                    advice: "It shrank while it was read; run the copy again"
                )
            }
            filled += read
        }
    }
}
