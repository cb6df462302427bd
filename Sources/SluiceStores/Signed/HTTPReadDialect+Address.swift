package import SluiceCore

extension HTTPReadDialect {
    /// As it is: it doesn't end, and the headers that requests have are no part of it. A query that the location has is
    /// taken for a credential.
    package func address(of name: String, lifetime: AddressLifetime, now: Timestamp) throws -> ObjectAddress {
        let whole = request(.get, name).address
        // What a path may hold of itself (RFC 3986, 3.3), less what a shell or SQL takes for its own; it is encoded
        // already.
        let path = PercentEncoding.encode(whole.path, keeping: "/%:@,=+")
        return ObjectAddress(
            address: whole.origin + path,
            credential: whole.query.map { PercentEncoding.encode($0, keeping: "/%:@,=+&?") }
        )
    }
}
