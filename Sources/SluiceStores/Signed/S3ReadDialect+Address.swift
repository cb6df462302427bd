package import SluiceCore

extension S3ReadDialect {
    /// Presigned with the keys that requests are signed with, for the region and by the clock that the service is
    /// known to have. Bare without keys. One that is signed with keys that expire ends with them.
    package func address(of name: String, lifetime: AddressLifetime, now: Timestamp) throws -> ObjectAddress {
        let signing = try service.signing(now: now)
        var request = HTTPRequest(.get, signing.base)
        request.address.path += "/" + PercentEncoding.encode(try key(of: name), keeping: "/")
        let address = request.address.description
        guard let credentials = signing.credentials, let signer = signing.signer else {
            return ObjectAddress(address: address)
        }
        let query = signer.presignedQuery(request, credentials, stamp: signing.stamp, lifetime: lifetime)
        return ObjectAddress(address: address, credential: query)
    }
}
