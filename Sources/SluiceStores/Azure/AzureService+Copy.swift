internal import SluiceCore
internal import SluiceDigests

extension AzureService {
    /// How long a signature holds that lets the service read a copy's source: it is looked at when the copy begins, and one
    /// is made for each.
    private static let copyLifetime = Int64(3600)

    /// The headers that name one of this container's blobs as a copy's source, and let the service read it there.
    ///
    /// Source: Azure Storage REST API, "Put Block From URL": an address with a signature, or an access token beside it.
    func copySourceHeaders(name: String, now: Timestamp) throws -> [HTTPRequest.Header] {
        var address = container
        address.path += "/" + PercentEncoding.encode(name, keeping: "/")
        var headers: [HTTPRequest.Header] = []
        switch authorization {
        case .sharedKey(let signer):
            address.query = signer.readSignature(
                container: containerName,
                blob: name,
                until: Timestamp(seconds: now.seconds + clockOffset + AzureService.copyLifetime),
                isEncrypted: container.isEncrypted
            )
        case .sharedAccessSignature(let signature): address.query = signature.query.value
        case .token(let tokens):
            let token = try tokens.token(now: now).value
            headers.append(HTTPRequest.Header("x-ms-copy-source-authorization", "Bearer \(token)"))
        case .anonymous: break
        }
        return [HTTPRequest.Header("x-ms-copy-source", address.description)] + headers
    }

    /// Whether both are containers of one account of one service.
    func isSame(as other: AzureService) -> Bool {
        guard case .azure(let account, _, _) = location, case .azure(let another, _, _) = other.location else {
            return false
        }
        return account == another && container.origin == other.container.origin
    }

    var containerName: String {
        guard case .azure(_, let container, _) = location else {
            preconditionFailure("only an az:// location is Azure's")
        }
        return container
    }
}

extension SharedKeySigner {
    /// The query of an address that lets its bearer read one blob, and do nothing else, until `expiry`.
    ///
    /// Source: Azure Storage REST API, "Create a service SAS", for version 2020-12-06 and later.
    func readSignature(container: String, blob: String, until expiry: Timestamp, isEncrypted: Bool) -> String {
        let protocols = isEncrypted ? "https" : "https,http"
        let end = expiry.rfc3339.prefix(19) + "Z"
        let signed = [
            "r", "", String(end), "/blob/\(account)/\(container)/\(blob)", "", "", protocols, AzureService.version, "b",
            // Snapshot, encryption scope, and five headers of the answer.
            "", "", "", "", "", "", "",
        ]
        let signature = Base64.encode(authenticate(signed.joined(separator: "\n")))
        let parameters = [
            ("sp", "r"), ("se", String(end)), ("spr", protocols), ("sv", AzureService.version), ("sr", "b"),
            ("sig", signature),
        ]
        return parameters.map { $0 + "=" + PercentEncoding.encode($1) }.joined(separator: "&")
    }
}
