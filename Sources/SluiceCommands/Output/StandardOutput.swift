internal import Glibc

/// The process's standard output.
enum StandardOutput {
    /// Writes all of `text`; a reader that has gone away is no error of ours.
    static func write(_ text: String) { write(Array(text.utf8)) }

    @discardableResult
    static func write(_ bytes: [UInt8]) -> Int32 { Descriptor.write(bytes, to: STDOUT_FILENO) }
}

/// Writing to descriptors.
enum Descriptor {
    /// Writes all of `bytes`; zero, or the errno that stopped it.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var done = 0
        return bytes.withUnsafeBytes { buffer in
            while done < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
                if count >= 0 {
                    done += count
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
    }
}
