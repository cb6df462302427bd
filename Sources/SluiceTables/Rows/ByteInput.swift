package import SluiceCore

/// Where a reader's bytes come from. Used by one thread at a time.
package protocol ByteInput: AnyObject {
    /// Fills `buffer` from its start; how many bytes that became, 0 only at the end. Blocks.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// The bytes of an open object, from its start.
package final class ObjectInput: ByteInput {
    private let object: any ReadableObject
    private var offset = 0

    package init(_ object: any ReadableObject) { self.object = object }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try unsafe object.read(at: offset, into: buffer)
        offset += count
        return count
    }
}
