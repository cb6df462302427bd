internal import SluiceCore

extension SigV4Signer {
    /// The query that lets whoever sends `request` do so without keys: a presigned address. The request has no query
    /// of its own, no body and no headers but `host`.
    ///
    /// Source: Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)".
    ///
    /// - Parameters:
    ///   - credentials: those that the signer was made of.
    ///   - stamp: when the lifetime begins: `20261121T051951Z`, on the signer's day.
    func presignedQuery(
        _ request: HTTPRequest,
        _ credentials: AWSCredentials,
        stamp: String,
        lifetime: AddressLifetime
    ) -> String {
        precondition(request.address.query == nil && request.headers.isEmpty, "nothing else is signed")
        var parameters = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope)"),
            ("X-Amz-Date", stamp), ("X-Amz-Expires", String(lifetime.seconds)),
        ]
        if let token = credentials.sessionToken { parameters.append(("X-Amz-Security-Token", token.value)) }
        parameters.append(("X-Amz-SignedHeaders", "host"))
        let query = parameters.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        var signed = request
        signed.address.query = query
        let canonical = SigV4Signer.canonicalRequest(signed, payload: SigV4Signer.unsignedPayload)
        return "\(query)&X-Amz-Signature=\(Hex.encode(signature(of: canonical.text, stamp: stamp)))"
    }
}
