internal import COpenSSL

/// A digest that OpenSSL has looked up once: a look-up takes a lock and a search, an order of magnitude more than
/// hashing a short message.
///
/// An `EVP_MD` is constant and reference-counted atomically, so any thread may use it. It lives as long as the program.
@safe struct OpenSSLDigest: @unchecked Sendable {
    let name: String
    /// The digest's length in bytes.
    let length: Int
    let method: OpaquePointer

    static let md5 = Result { () throws(DigestError) in try OpenSSLDigest("MD5") }
    static let sha256 = Result { () throws(DigestError) in try OpenSSLDigest("SHA256") }

    /// - Throws: `DigestError` when no provider of OpenSSL's has the digest.
    private init(_ name: String) throws(DigestError) {
        guard let method = unsafe EVP_MD_fetch(nil, name, nil) else {
            throw DigestError(digest: name, cause: lastOpenSSLError())
        }
        self.name = name
        self.length = Int(unsafe EVP_MD_get_size(method))
        unsafe self.method = method
    }
}

/// The latest error of this thread's queue in OpenSSL's words; empties the queue.
func lastOpenSSLError() -> String? {
    let code = ERR_peek_last_error()
    ERR_clear_error()
    guard code != 0 else { return nil }
    // 256 bytes hold any message: ERR_error_string_n(3) truncates to what it is given and wants at least 120.
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
        unsafe ERR_error_string_n(code, text.baseAddress, text.count)
        return unsafe String(cString: text.baseAddress!)
    }
}

/// Stops the program when OpenSSL refuses a step that only a bug or a lack of memory can make it refuse.
func require(_ answer: Int32, _ call: StaticString) {
    guard answer == 1 else { fatalError("\(call) failed: \(lastOpenSSLError() ?? "no reason given")") }
}
