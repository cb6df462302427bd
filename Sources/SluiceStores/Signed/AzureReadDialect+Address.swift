package import SluiceCore

extension AzureReadDialect {
    /// With a service SAS for reading this blob alone, which the account's key signs; with the SAS token itself where
    /// that is the credential, which lets in as long and as far as it says; bare for a container that is open to
    /// everyone.
    ///
    /// - Throws: a `StoreError` of kind `.usage` where the credential is an application's.
    package func address(of name: String, lifetime: AddressLifetime, now: Timestamp) throws -> ObjectAddress {
        let blob = try blobName(name)
        var address = service.container
        address.path += "/" + PercentEncoding.encode(blob, keeping: "/")
        let credential: String?
        switch service.authorization {
        case .sharedKey(let signer):
            credential = signer.readSignature(
                container: service.containerName,
                blob: blob,
                until: Timestamp(seconds: now.seconds + service.clockOffset + lifetime.seconds),
                isEncrypted: address.isEncrypted
            )
        case .sharedAccessSignature(let signature): credential = signature.query.value
        case .token:
            throw StoreError(
                .usage,
                "an access token can't sign an address from which others read \"\(name)\" in \(service.place)",
                advice: "Set AZURE_STORAGE_KEY, which signs one for each blob, or AZURE_STORAGE_SAS_TOKEN"
            )
        case .anonymous: credential = nil
        }
        return ObjectAddress(address: address.description, credential: credential)
    }
}
