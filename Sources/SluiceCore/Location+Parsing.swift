/// A location that can't be used as it is written.
package struct LocationError: Failure {
    package let what: String
    package let cause: String?
    package let advice: String?
    package var kind: FailureKind { .usage }

    init(_ what: String, cause: String? = nil, advice: String? = nil) {
        self.what = what
        self.cause = cause
        self.advice = advice
    }
}

extension Location {
    /// Reads a location as CLI users write it.
    ///
    /// - Throws: `LocationError` when it is malformed or holds a secret (a SAS signature, a password, user:password@).
    package init(parsing text: String) throws(LocationError) {
        guard !text.isEmpty else {
            throw LocationError("a location is empty", advice: "Give a path, an https:// address, s3://BUCKET or az://ACCOUNT/CONTAINER")
        }
        if text == "-" {
            self = .standardStream
        } else if let rest = text.dropping(prefix: "file://") {
            self = try .fileURL(rest, text)
        } else if let rest = text.dropping(prefix: "s3://") {
            self = try .s3(rest, text)
        } else if let rest = text.dropping(prefix: "az://") {
            self = try .azure(rest, text)
        } else if text.hasPrefix("https://") || text.hasPrefix("http://") {
            self = try .web(text)
        } else if let rest = text.dropping(prefix: "odbc:") {
            self = try .database(rest)
        } else if let colon = text.firstIndex(of: ":"), ["s3", "az", "http", "https"].contains(text[..<colon].lowercased()) {
            // Taken for a path it would be copied into a directory "s3:" without a word.
            throw LocationError(
                "\"\(text.withoutSecrets)\" is not an address",
                advice: "Write \(text[..<colon].lowercased())://…, or ./\(text.withoutSecrets) for a local file of that name"
            )
        } else if let scheme = text.schemeName {
            throw LocationError(
                "\"\(text.withoutSecrets)\" has the scheme \"\(scheme)\", which is not one of file, https, s3, az and odbc",
                advice: "For a local file of that name write ./\(text.withoutSecrets)"
            )
        } else {
            self = .file(path: text, isDirectory: text.hasSuffix("/"))
        }
    }

    private static func fileURL(_ rest: Substring, _ text: String) throws(LocationError) -> Location {
        let path = rest.dropping(prefix: "localhost") ?? rest
        guard path.hasPrefix("/"), let decoded = PercentEncoding.decode(path), !decoded.utf8.contains(0) else {
            throw LocationError("\"\(text.withoutSecrets)\" is not a file address", advice: "Write file:///PATH with an absolute path")
        }
        return .file(path: decoded, isDirectory: decoded.hasSuffix("/"))
    }

    private static func s3(_ rest: Substring, _ text: String) throws(LocationError) -> Location {
        let bucket = rest.prefix { $0 != "/" }
        guard !bucket.isEmpty else {
            throw LocationError("\"\(text.withoutSecrets)\" names no bucket", advice: "Write s3://BUCKET or s3://BUCKET/KEY")
        }
        try refuseSecrets(inQueryOf: rest, place: "the location in bucket \(bucket.prefix { $0 != "?" })")
        guard !bucket.contains(where: { "@:?#".contains($0) }) else {
            throw LocationError(
                "\"\(text.withoutSecrets)\" does not start with a bucket's name",
                advice: "Keys go into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a service's address into --source-endpoint or --sink-endpoint"
            )
        }
        return .s3(bucket: String(bucket), key: String(rest.dropFirst(bucket.count + 1)))
    }

    private static func azure(_ rest: Substring, _ text: String) throws(LocationError) -> Location {
        try refuseSecrets(inQueryOf: rest, place: "the location in account \(rest.prefix { !"/?".contains($0) })")
        let parts = rest.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw LocationError("\"\(text.withoutSecrets)\" names no container", advice: "Write az://ACCOUNT/CONTAINER or az://ACCOUNT/CONTAINER/NAME")
        }
        let name = parts.count > 2 ? String(parts[2]) : ""
        return .azure(account: String(parts[0]), container: String(parts[1]), name: name)
    }

    private static func web(_ text: String) throws(LocationError) -> Location {
        let address = try HTTPAddress(parsing: text)
        try address.refuseSecrets()
        guard let account = address.host.droppingSuffix(".blob.core.windows.net"), !account.contains(".") else {
            return .http(address)
        }
        let parts = address.path.dropFirst().split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let container = parts.first, !container.isEmpty else {
            throw LocationError("\"\(text.withoutSecrets)\" names no container", advice: "Write https://\(address.host)/CONTAINER/NAME")
        }
        guard let name = PercentEncoding.decode(parts.count > 1 ? parts[1] : "") else {
            throw LocationError("\"\(text)\" is not percent-encoded correctly")
        }
        return .azure(account: account, container: String(container), name: name)
    }

    /// A name may hold a question mark, but no address with its signature is a name.
    private static func refuseSecrets(inQueryOf rest: Substring, place: String) throws(LocationError) {
        guard let mark = rest.firstIndex(of: "?") else { return }
        try HTTPAddress.refuseSecrets(in: rest[mark...].dropFirst(), of: place)
    }

    private static func database(_ rest: Substring) throws(LocationError) -> Location {
        for pair in rest.split(separator: ";") {
            let key = pair.prefix { $0 != "=" }.lowercased().filter { $0 != " " }
            guard key != "pwd", key != "password" else {
                throw LocationError(
                    "the connection string holds a password (\(key)=)",
                    advice: "Leave it out and set SLUICE_ODBC_PASSWORD, so that it shows neither in ps nor in the shell's history"
                )
            }
        }
        return .odbc(connectionString: String(rest))
    }
}

extension HTTPAddress {
    /// Takes an `http` or `https` address apart.
    package init(parsing text: String) throws(LocationError) {
        let isEncrypted = text.hasPrefix("https://")
        guard isEncrypted || text.hasPrefix("http://") else {
            throw LocationError("\"\(text.withoutSecrets)\" is not an http or https address")
        }
        let rest = text.dropFirst(isEncrypted ? 8 : 7)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else {
            throw LocationError(
                "the address of \(authority.split(separator: "@").last ?? "") holds a user name or password",
                advice: "Set SLUICE_HTTP_AUTHORIZATION instead (for example \"Basic …\"), so that it shows neither in ps nor in the shell's history"
            )
        }
        guard !text.utf8.contains(where: { $0 <= 32 || $0 == 127 }) else {
            throw LocationError(
                "\"\(text.withoutSecrets)\" has a space or a control character in it",
                advice: "Write it percent-encoded (%20)"
            )
        }
        let (host, port) = try HTTPAddress.split(authority, text)
        let tail = rest.dropFirst(authority.count).prefix { $0 != "#" }
        let path = tail.prefix { $0 != "?" }
        let query = path.count < tail.count ? String(tail.dropFirst(path.count + 1)) : nil
        self.init(isEncrypted: isEncrypted, host: host, port: port, path: String(path), query: query)
    }

    private static func split(_ authority: Substring, _ text: String) throws(LocationError) -> (String, Int?) {
        var host = authority
        var port: Int?
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            if !rest.isEmpty { port = rest.hasPrefix(":") ? number(rest.dropFirst()) : -1 }
        } else {
            if let colon = authority.firstIndex(of: ":") {
                host = authority[..<colon]
                port = number(authority[authority.index(after: colon)...])
            }
            // Only brackets make an address with colons a host (RFC 3986, 3.2.2).
            if host.contains("[") || host.contains("]") { host = "" }
        }
        guard !host.isEmpty, port.map({ 1...65535 ~= $0 }) ?? true else {
            throw LocationError("\"\(text.withoutSecrets)\" has no valid host and port")
        }
        return (host.lowercased(), port)
    }

    /// Decimal digits as a number; -1 for anything else.
    private static func number(_ digits: Substring) -> Int {
        digits.utf8.allSatisfy { 48...57 ~= $0 } ? Int(digits) ?? -1 : -1
    }

    /// Refuses a query that holds a signature: Azure's SAS, and presigned addresses of S3.
    func refuseSecrets() throws(LocationError) {
        try HTTPAddress.refuseSecrets(in: Substring(query ?? ""), of: "the address of \(host)")
    }

    fileprivate static func refuseSecrets(in query: Substring, of place: String) throws(LocationError) {
        let names = query.split(separator: "&").map { $0.prefix { $0 != "=" }.lowercased() }
        if names.contains("sig") {
            throw LocationError(
                "\(place) holds a SAS signature (sig=)",
                advice: "Set AZURE_STORAGE_SAS_TOKEN and leave it out, so that it shows neither in ps nor in the shell's history"
            )
        }
        if names.contains("x-amz-signature") || names.contains("signature") {
            throw LocationError(
                "\(place) is presigned: its query holds a signature",
                advice: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY and write s3://BUCKET/KEY instead"
            )
        }
    }
}

extension StringProtocol {
    /// The text behind `prefix`; nil when it does not start with it.
    package func dropping(prefix: String) -> Substring? {
        hasPrefix(prefix) ? Substring(self).dropFirst(prefix.count) : nil
    }

    fileprivate func droppingSuffix(_ suffix: String) -> String? {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : nil
    }

    /// The text as messages may show it: without what an address can hold of a secret, its query and its user.
    fileprivate var withoutSecrets: String {
        let shown = prefix { $0 != "?" }
        guard let at = shown.lastIndex(of: "@") else { return String(shown) }
        let scheme = schemeName.map { $0 + "://" } ?? ""
        return scheme + "…" + shown[at...]
    }

    /// `name` of `name://…`.
    fileprivate var schemeName: String? {
        let name = prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
        return name.count > 1 && dropFirst(name.count).hasPrefix("://") ? String(name) : nil
    }
}
