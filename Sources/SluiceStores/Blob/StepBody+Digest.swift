internal import SluiceCore
internal import SluiceDigests

extension StepBody {
    /// The MD5 of the bytes that the step sends, read once more; nil where it can't be had.
    borrowing func md5() -> Checksum? {
        if let through { return try? StepBody.md5(of: through.object, at: through.offset, count: count) }
        guard var running = try? RunningChecksum(.md5) else { return nil }
        if let bytes = unsafe contents { unsafe running.update(unsafe: bytes) }
        return running.finish()
    }

    private static func md5(of object: any ReadableObject, at offset: Int, count: Int) throws -> Checksum? {
        var running = try RunningChecksum(.md5)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(count, 1 << 20), alignment: 4096)
        defer { unsafe buffer.deallocate() }
        var position = 0
        while position < count {
            let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, count - position)])
            let read = unsafe try object.read(at: offset + position, into: piece)
            guard read > 0 else { return nil }
            unsafe running.update(unsafe: UnsafeRawBufferPointer(rebasing: piece[..<read]))
            position += read
        }
        return running.finish()
    }
}
