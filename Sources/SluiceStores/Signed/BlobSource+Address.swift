internal import SluiceCore

extension BlobSource {
    /// The address from which somebody else can read an object for `lifetime` from now on.
    ///
    /// Asks for the object first, and blocks: so the bucket's region and the service's clock are known before
    /// anything is signed, and an object that is not there, or that the credential may not read, is told of here and
    /// by the service.
    ///
    /// - Throws: a `StoreError`: `.notFound`, `.forbidden`, what else goes wrong on the way, and `.usage` where the
    ///   credential signs no addresses.
    package func address(of name: String, lifetime: AddressLifetime) throws -> ObjectAddress {
        _ = try open(SourceItem(name: name, size: nil))
        return try dialect.address(of: name, lifetime: lifetime, now: .now)
    }
}
