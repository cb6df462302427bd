internal import SluiceCore

/// Where an account's containers are served.
enum AzureEndpoint {
    /// The address of a container.
    ///
    /// - Parameters:
    ///   - endpoint: a service other than the public cloud's. The account is put behind it as a path, unless it is there
    ///     already or the host's first label is the account.
    ///   - complete: an address that includes what names the account, as connection strings have it.
    /// - Throws: a `StoreError` of kind `.usage` when no account or container can have this name.
    static func container(
        _ container: String,
        account: String,
        endpoint: HTTPAddress?,
        complete: HTTPAddress?
    ) throws(StoreError) -> HTTPAddress {
        guard 1...63 ~= account.utf8.count, account.utf8.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "-") })
        else {
            throw StoreError(
                .usage,
                "\"\(account)\" can't be a storage account's name",
                advice: "An account's name has 3 to 24 lower-case letters and digits"
            )
        }
        guard isContainerName(container) else {
            throw StoreError(
                .usage,
                "\"\(container)\" can't be a container's name",
                advice: "A container's name has 3 to 63 lower-case letters, digits and single hyphens"
            )
        }
        guard endpoint?.query == nil, complete?.query == nil else {
            throw StoreError(.usage, "the endpoint has a query", advice: "Write https://HOST:PORT, and the SAS apart")
        }
        var address = (endpoint ?? complete).map(normalised) ?? HTTPAddress(host: "\(account).blob.core.windows.net")
        if endpoint != nil, !address.path.hasSuffix("/" + account), !address.host.hasPrefix(account + ".") {
            address.path += "/" + account
        }
        address.path += "/" + container
        return address
    }

    /// Without the scheme's own port, which no client puts into `Host`, and without a slash at the path's end.
    private static func normalised(_ address: HTTPAddress) -> HTTPAddress {
        var address = address
        if address.port == (address.isEncrypted ? 443 : 80) { address.port = nil }
        while address.path.hasSuffix("/") { address.path.removeLast() }
        return address
    }

    /// Source: Azure Storage REST API, "Naming and referencing containers, blobs, and metadata"; `$root`, `$web` and
    /// `$logs` are the service's own.
    private static func isContainerName(_ name: String) -> Bool {
        if ["$root", "$web", "$logs"].contains(name) { return true }
        return 3...63 ~= name.utf8.count && !name.hasPrefix("-") && !name.hasSuffix("-") && !name.contains("--")
            && name.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}
