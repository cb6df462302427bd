internal import COpenSSL
internal import SluiceCore

/// A self-signed certificate for 127.0.0.1 and its key, made in memory and valid for a day.
///
/// The key never leaves the process, and nothing of it is written anywhere.
// @unchecked: both are made once and never changed; OpenSSL counts the references to them atomically.
@safe final class ThrowAwayCertificate: @unchecked Sendable {
    private let certificate: OpaquePointer
    private let key: OpaquePointer

    init() throws(BenchError) {
        unsafe key = try OpenSSLProblem.check(sluice_make_p256_key(), "EVP_PKEY_Q_keygen")
        unsafe certificate = try OpenSSLProblem.check(X509_new(), "X509_new")
        try describe()
        guard unsafe X509_sign(certificate, key, EVP_sha256()) > 0 else {
            throw BenchError(.inputOutput, "OpenSSL refused X509_sign", cause: OpenSSLProblem.words())
        }
    }

    deinit {
        unsafe X509_free(certificate)
        unsafe EVP_PKEY_free(key)
    }

    /// Long enough for any bench, with an hour for a clock that is set back meanwhile.
    private static let validSeconds = 86_400
    private static let grace = 3600

    private func describe() throws(BenchError) {
        // 2 says version 3, the one with extensions (RFC 5280, 4.1.2.1).
        try OpenSSLProblem.check(unsafe X509_set_version(certificate, 2), "X509_set_version")
        let serial = Int(UInt64.random(in: 1...UInt64(Int.max)))
        try OpenSSLProblem.check(
            unsafe ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial),
            "ASN1_INTEGER_set"
        )
        unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), -ThrowAwayCertificate.grace)
        unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), ThrowAwayCertificate.validSeconds)
        try OpenSSLProblem.check(unsafe X509_set_pubkey(certificate, key), "X509_set_pubkey")
        let name = unsafe X509_get_subject_name(certificate)
        let text = Array("sluice bench".utf8)
        try OpenSSLProblem.check(
            unsafe X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, Int32(text.count), -1, 0),
            "X509_NAME_add_entry_by_txt"
        )
        try OpenSSLProblem.check(unsafe X509_set_issuer_name(certificate, name), "X509_set_issuer_name")
        let extensions = [
            (NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost"), (NID_basic_constraints, "critical,CA:TRUE"),
        ]
        for (identifier, value) in extensions {
            try OpenSSLProblem.check(unsafe sluice_add_extension(certificate, identifier, value), "X509V3_EXT_conf_nid")
        }
    }

    /// The certificate as clients take it: base64 of its DER form in lines of 64 (RFC 7468).
    var pem: String {
        let length = Int(unsafe i2d_X509(certificate, nil))
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            var end = buffer.baseAddress
            count = Int(unsafe i2d_X509(certificate, &end))
        }
        let text = Array(Base64.encode(bytes))
        let lines = stride(from: 0, to: text.count, by: 64).map { String(text[$0..<min($0 + 64, text.count)]) }
        return "-----BEGIN CERTIFICATE-----\n" + lines.joined(separator: "\n") + "\n-----END CERTIFICATE-----\n"
    }

    /// Has `context` show the certificate to its clients.
    func install(in context: OpaquePointer) throws(BenchError) {
        try OpenSSLProblem.check(unsafe SSL_CTX_use_certificate(context, certificate), "SSL_CTX_use_certificate")
        try OpenSSLProblem.check(unsafe SSL_CTX_use_PrivateKey(context, key), "SSL_CTX_use_PrivateKey")
    }
}
