internal import Glibc

/// Writing to open files by their descriptors.
package enum Descriptor {
    /// Writes all of `bytes`; zero, or the errno that stopped it.
    package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var done = 0
        return unsafe bytes.withUnsafeBytes { buffer in
            while done < buffer.count {
                let count = unsafe Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
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
