internal import COpenSSL
internal import SluiceCore

/// OpenSSL's refusals as errors.
enum OpenSSLProblem {
    /// The latest error of this thread's queue in OpenSSL's words; empties the queue.
    static func words() -> String? {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard code != 0 else { return nil }
        // ERR_error_string_n(3) cuts the message to what it is given.
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            unsafe ERR_error_string_n(code, text.baseAddress, text.count)
            return unsafe String(cString: text.baseAddress!)
        }
    }

    /// Throws unless `answer` is OpenSSL's 1 for success.
    static func check(_ answer: Int32, _ call: StaticString) throws(BenchError) {
        guard answer == 1 else { throw error(call) }
    }

    /// `pointer`, or the reason why there is none.
    static func check(_ pointer: OpaquePointer?, _ call: StaticString) throws(BenchError) -> OpaquePointer {
        guard let pointer = unsafe pointer else { throw error(call) }
        return unsafe pointer
    }

    private static func error(_ call: StaticString) -> BenchError {
        BenchError(.inputOutput, "OpenSSL refused \(call)", cause: words(), advice: "Look into OpenSSL's configuration")
    }
}
