internal import Glibc
internal import SluiceCore

/// The process's standard output.
enum StandardOutput {
    /// Writes all of `text`; a reader that has gone away is no error of ours.
    static func write(_ text: String) { write(Array(text.utf8)) }

    @discardableResult
    static func write(_ bytes: [UInt8]) -> Int32 { Descriptor.write(bytes, to: STDOUT_FILENO) }
}
