internal import COpenSSL
internal import SluiceCore
internal import SluicePipeline

/// Encrypts records of 16 KiB as TLS 1.3 does, with a nonce and five authenticated bytes each, on one core.
final class RecordProbe: Probe {
    enum Cipher: String, CaseIterable, Sendable {
        case aes128 = "AES-128-GCM"
        case aes256 = "AES-256-GCM"
    }

    private let cipher: Cipher
    private let pass: ParallelPass

    init(_ cipher: Cipher, cancellation: Cancellation) {
        self.cipher = cipher
        pass = ParallelPass(workers: 1, cancellation: cancellation)
    }

    var figures: [Figure] {
        var figure = Figure("tls.\(cipher.rawValue.lowercased())", .tls, "\(cipher.rawValue), one core")
        figure.workers = 1
        figure.note = "records of 16 KiB, by OpenSSL"
        return [figure]
    }

    /// Records to a step: looking at the clock costs little then.
    private static let batch = 16

    func measure(for time: Duration) throws -> [Double] {
        [
            try pass.run(for: time) { [cipher] _ in
                let sealer = try RecordSealer(cipher)
                return {
                    for _ in 0..<RecordProbe.batch { try sealer.seal() }
                    return RecordProbe.batch * RecordSealer.recordSize
                }
            }
        ]
    }
}

/// One direction of a TLS connection, without the connection.
@safe private final class RecordSealer {
    static let recordSize = 16 << 10
    /// Type, version and length in front of a record, which are authenticated and not encrypted (RFC 8446, 5.2).
    private static let header: [UInt8] = [23, 3, 3, 0x40, 0x11]
    private static let tagSize: Int32 = 16

    private let context: OpaquePointer
    private let input = [UInt8](repeating: 0x5A, count: RecordSealer.recordSize)
    private var output = [UInt8](repeating: 0, count: RecordSealer.recordSize + 16)
    private var tag = [UInt8](repeating: 0, count: Int(RecordSealer.tagSize))
    private var nonce = [UInt8](repeating: 7, count: 12)
    private var sequence: UInt64 = 0

    init(_ cipher: RecordProbe.Cipher) throws(BenchError) {
        unsafe context = try OpenSSLProblem.check(EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_new")
        let method = unsafe cipher == .aes128 ? EVP_aes_128_gcm() : EVP_aes_256_gcm()
        let key = [UInt8](repeating: 3, count: 32)
        try OpenSSLProblem.check(unsafe EVP_EncryptInit_ex(context, method, nil, key, nonce), "EVP_EncryptInit_ex")
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    func seal() throws(BenchError) {
        sequence &+= 1
        for byte in 0..<8 { nonce[4 + byte] = UInt8(truncatingIfNeeded: sequence >> UInt64(8 * byte)) }
        var count: Int32 = 0
        let isSealed =
            unsafe EVP_EncryptInit_ex(context, nil, nil, nil, nonce) == 1
            && EVP_EncryptUpdate(context, nil, &count, RecordSealer.header, Int32(RecordSealer.header.count)) == 1
            && EVP_EncryptUpdate(context, &output, &count, input, Int32(input.count)) == 1
            && EVP_EncryptFinal_ex(context, &tag, &count) == 1
            && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, RecordSealer.tagSize, &tag) == 1
        try OpenSSLProblem.check(isSealed ? 1 : 0, "EVP_EncryptUpdate")
    }
}
