internal import SluiceCore

/// Where a linked service's places are, and how they are reached.
struct StorePlanner {
    let service: ResolvedResource

    private func error(_ sentence: String, _ node: JSONNode? = nil) -> JobError {
        let node = node ?? service.node
        return JobError([Finding(sentence, service.file, node.path, node.place)])
    }

    /// An address that a document writes.
    private func address(_ name: String, _ text: String) throws(JobError) -> HTTPAddress {
        do {
            return try HTTPAddress(parsing: text)
        } catch {
            throw self.error("\"\(name)\": \(error.description)", service.node[name])
        }
    }

    // MARK: Places

    /// A folder by one path, whose first part is the container or the bucket: of staging and logs.
    func folder(_ path: String, _ node: JSONNode, _ file: String) throws(JobError) -> StorePlan {
        let (first, rest) = path.cutPath
        switch service.type {
        case "AzureBlobStorage", "AmazonS3", "AmazonS3Compatible":
            guard !first.isEmpty else {
                throw JobError([Finding("\"\(path)\" names no container or bucket", file, node.path, node.place)])
            }
            return try place(container: first, folder: rest, name: nil)
        // A server's folders are told by the slash at their end.
        case "HttpServer": return try place(container: nil, folder: path.withoutSlashes + "/", name: nil)
        default: return try place(container: nil, folder: path, name: nil)
        }
    }

    /// - Parameters:
    ///   - container: the container or bucket; nil for stores without.
    ///   - folder: below it, or below what the linked service says; nil or empty for that itself.
    ///   - name: a file in it; nil for the folder itself.
    func place(container: String?, folder: String?, name: String?) throws(JobError) -> StorePlan {
        let path = [folder ?? "", name ?? ""].filter { !$0.isEmpty }.map(\.withoutSlashes).joined(separator: "/")
        let below = name ?? "" == "" && !path.isEmpty ? path + "/" : path
        switch service.type {
        case "FileServer":
            let host = service.node["host"]?.text ?? ""
            guard !host.contains("\\") else {
                throw error(
                    "\"\(host)\" is a path of Windows; write the directory that is mounted here",
                    service.node["host"]
                )
            }
            // A path that begins at the root stays as it is: so do ADF's that name a drive.
            let isWhole = folder?.hasPrefix("/") ?? false
            let whole = isWhole ? "/" + below : below.isEmpty ? host.withoutTrailingSlashes + "/" : host.path(of: below)
            return StorePlan(service: service.name, location: .file(path: whole, isDirectory: whole.endsWithSlash))
        case "AzureBlobStorage": return try azure(container ?? "", below)
        case "HttpServer": return try http(folder ?? "")
        default: return try s3(container ?? "", below)
        }
    }

    // MARK: Stores

    private func s3(_ bucket: String, _ key: String) throws(JobError) -> StorePlan {
        var plan = StorePlan(service: service.name, location: .s3(bucket: bucket, key: key))
        if let text = service.node["serviceUrl"]?.text, !text.isEmpty {
            plan.endpoint = try address("serviceUrl", text)
        }
        if service.node["forcePathStyle"]?.flag == false, plan.endpoint != nil {
            throw error(
                "a service of its own address is reached with buckets in paths; leave \"forcePathStyle\" out",
                service.node["forcePathStyle"]
            )
        }
        switch (service.node["accessKeyId"]?.text, service.node["secretAccessKey"]?.text) {
        case (let key?, let secret?):
            plan.credential = .aws(
                key: key,
                secret: Concealed(secret),
                token: service.node["sessionToken"]?.text.map(Concealed.init)
            )
        case (nil, let secret?) where !secret.isEmpty:
            throw error("\"accessKeyId\" is missing beside \"secretAccessKey\"")
        default: break
        }
        return plan
    }

    private func http(_ path: String) throws(JobError) -> StorePlan {
        let base = service.node["url"]?.text ?? ""
        let text = path.isEmpty ? base : base.withoutTrailingSlashes + "/" + path.drop { $0 == "/" }
        var plan = StorePlan(service: service.name, location: .http(try address("url", text)))
        let user = service.node["userName"]?.text
        let password = service.node["password"]?.text
        let headers = service.node["authHeaders"]?.members ?? []
        if service.node["authenticationType"]?.text == "Basic", let user, let password {
            plan.credential = .password(user: user, Concealed(password))
        } else if !headers.isEmpty {
            plan.credential = .headers(
                Dictionary(headers.map { ($0.name, Concealed($0.value.text ?? "")) }) { first, _ in first }
            )
        }
        return plan
    }

    /// The database.
    func database() throws(JobError) -> StorePlan {
        var string = service.node["connectionString"]?.text ?? ""
        let keys = string.split(separator: ";").map { $0.prefix { $0 != "=" }.lowercased().filter { $0 != " " } }
        let user = service.node["userName"]?.text
        if let user, !keys.contains("uid"), !keys.contains("user") {
            // Braces keep what would end the value (ODBC, SQLDriverConnect).
            let value =
                user.contains(where: { ";{}=".contains($0) }) ? "{" + user.replacing("}", with: "}}") + "}" : user
            string += (string.isEmpty || string.hasSuffix(";") ? "" : ";") + "Uid=" + value
        }
        let location: Location
        do {
            location = try Location(parsing: "odbc:" + string)
        } catch {
            throw self.error(error.description, service.node["connectionString"])
        }
        var plan = StorePlan(service: service.name, location: location)
        if let password = service.node["password"]?.text {
            plan.credential = .password(user: user ?? "", Concealed(password))
        }
        return plan
    }

    // MARK: Azure

    private func azure(_ container: String, _ name: String) throws(JobError) -> StorePlan {
        let node = service.node
        if let text = node["connectionString"]?.text { return try azure(connectionString: text, container, name) }
        let named = ["sasUri", "containerUri", "serviceEndpoint"].first { node[$0]?.text != nil } ?? "sasUri"
        let parts = (node[named]?.text ?? "").split(separator: "?", maxSplits: 1).map(String.init)
        var plan = try azure(address: try address(named, parts.first ?? ""), container, name)
        let token = node["sasToken"]?.text ?? (parts.count > 1 ? parts[1] : nil)
        if let token {
            plan.credential = .azureSignature(Concealed(token.hasPrefix("?") ? String(token.dropFirst()) : token))
        } else if named == "containerUri" {
            plan.credential = .anonymous
        } else if let client = node["servicePrincipalId"]?.text, let secret = node["servicePrincipalKey"]?.text {
            guard let tenant = node["tenant"]?.text else {
                throw error("\"tenant\" is missing beside \"servicePrincipalId\"")
            }
            plan.credential = .azurePrincipal(tenant: tenant, client: client, secret: Concealed(secret))
        }
        return plan
    }

    private func azure(connectionString text: String, _ container: String, _ name: String) throws(JobError) -> StorePlan
    {
        var fields: [String: String] = [:]
        for part in text.split(separator: ";") {
            guard let sign = part.firstIndex(of: "=") else { continue }
            fields[part[..<sign].lowercased()] = String(part[part.index(after: sign)...])
        }
        var plan: StorePlan
        if let endpoint = fields["blobendpoint"] {
            plan = try azure(address: try address("connectionString", endpoint), container, name)
            if let account = fields["accountname"] {
                plan.location = .azure(account: account, container: container, name: name)
            }
        } else {
            guard let account = fields["accountname"] else {
                throw error("the connection string names no account", service.node["connectionString"])
            }
            plan = StorePlan(
                service: service.name,
                location: .azure(account: account, container: container, name: name)
            )
            if let suffix = fields["endpointsuffix"], suffix != StorePlanner.publicCloud {
                plan.endpoint = try address("connectionString", "https://\(account).blob.\(suffix)")
            }
        }
        if let key = service.node["accountKey"]?.text ?? fields["accountkey"] {
            plan.credential = .azureKey(Concealed(key))
        } else if let token = fields["sharedaccesssignature"] {
            plan.credential = .azureSignature(Concealed(token))
        }
        return plan
    }

    private static let publicCloud = "core.windows.net"

    /// An account by the address of its service, or of a container in it.
    private func azure(address: HTTPAddress, _ container: String, _ name: String) throws(JobError) -> StorePlan {
        let labels = address.host.split(separator: ".")
        var endpoint = address
        endpoint.query = nil
        endpoint.path = ""
        // Emulators have the account in the path.
        let hasName = labels.count > 2 && labels[1] == "blob"
        let account =
            hasName ? String(labels[0]) : address.path.pathParts.first { !$0.isEmpty } ?? String(labels.first ?? "")
        let location = Location.azure(account: account, container: container, name: name)
        return StorePlan(
            service: service.name,
            location: location,
            endpoint: hasName && address.host.hasSuffix("." + StorePlanner.publicCloud) ? nil : endpoint
        )
    }
}

extension String {
    /// The first part of a path, and what follows it.
    var cutPath: (first: String, rest: String) {
        let parts = pathParts.drop { $0.isEmpty }
        return (parts.first ?? "", parts.dropFirst().joined(separator: "/"))
    }

    /// Without slashes at both ends.
    var withoutSlashes: String {
        let parts = pathParts
        let front = parts.drop { $0.isEmpty }
        return front.reversed().drop { $0.isEmpty }.reversed().joined(separator: "/")
    }
}
