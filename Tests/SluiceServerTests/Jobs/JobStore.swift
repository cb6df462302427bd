import FoundationEssentials
import Glibc
import SluiceTestSupport
import Testing

/// A store as a linked service of a job's document, and a client that is not ours which looks into it.
struct JobStore: Sendable, CustomTestStringConvertible {
    enum Kind: String, Sendable, CaseIterable {
        case files, nginx, s3, azure
    }

    let kind: Kind
    /// Tells what a test puts there from what others do: a folder, which ends with a slash.
    let folder: String
    private let directory: TemporaryDirectory?

    var testDescription: String { kind.rawValue }

    init(_ kind: Kind) throws {
        self.kind = kind
        folder = "job-\(String(UInt32.random(in: 0 ... .max), radix: 36))/"
        directory = kind == .files ? try TemporaryDirectory() : nil
        if let directory { _ = try directory.folder(String(folder.dropLast())) }
    }

    private static let s3 = S3Store(kind: "s3-swift")
    private static let azure = AzureStore()
    private static let nginx = NginxStore()

    /// The `properties` of a linked service, with its secrets.
    func service() throws -> String {
        switch kind {
        case .files: return #"{"type":"FileServer","typeProperties":{"host":"\#(directory?.path ?? "")"}}"#
        case .nginx:
            let url = try JobStore.nginx.server["endpoint"] + "/up"
            return #"{"type":"HttpServer","typeProperties":{"url":"\#(url)","authenticationType":"Anonymous"}}"#
        case .s3:
            let server = try JobStore.s3.server
            return """
                {"type":"AmazonS3Compatible","typeProperties":{"serviceUrl":"\(server["endpoint"])",
                 "accessKeyId":"\(server["accessKey"])","secretAccessKey":{"type":"SecureString","value":"\(server["secretKey"])"}}}
                """
        case .azure:
            let server = try JobStore.azure.server
            return """
                {"type":"AzureBlobStorage","typeProperties":{
                 "connectionString":"BlobEndpoint=\(server["endpoint"]);AccountName=\(server["account"])",
                 "accountKey":{"type":"SecureString","value":"\(server["accountKey"])"}}}
                """
        }
    }

    /// The `location` of a dataset.
    ///
    /// - Parameter name: relative to its folder; a folder's ends with a slash.
    func location(_ name: String) throws -> String {
        let path = folder + name
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let (below, file) = (parts.dropLast().joined(separator: "/"), parts.last ?? "")
        let fields = #""folderPath":"\#(below)"\#(file.isEmpty ? "" : ",\"fileName\":\"\(file)\"")"#
        switch kind {
        case .files: return #"{"type":"FileServerLocation",\#(fields)}"#
        case .nginx: return #"{"type":"HttpServerLocation","relativeUrl":"\#(path)"}"#
        case .s3:
            return try
                #"{"type":"AmazonS3CompatibleLocation","bucketName":"\#(JobStore.s3.server["bucket"])",\#(fields)}"#
        case .azure:
            return try
                #"{"type":"AzureBlobStorageLocation","container":"\#(JobStore.azure.server["container"])",\#(fields)}"#
        }
    }

    /// A folder as the settings of logs and lists have it, with the bucket or container in front.
    func path(_ name: String) throws -> String {
        switch kind {
        case .files, .nginx: folder + name
        case .s3: try JobStore.s3.server["bucket"] + "/" + folder + name
        case .azure: try JobStore.azure.server["container"] + "/" + folder + name
        }
    }

    var readSettings: String { "\(settingsPrefix)ReadSettings" }
    var writeSettings: String { "\(settingsPrefix)WriteSettings" }

    private var settingsPrefix: String {
        switch kind {
        case .files: "FileServer"
        case .nginx: "Http"
        case .s3: "AmazonS3Compatible"
        case .azure: "AzureBlobStorage"
        }
    }

    /// The file with the authority of the store's certificate.
    func authority() throws -> [String] {
        switch kind {
        case .files: []
        case .nginx: ["--ca-certificate", try JobStore.nginx.server["ca"]]
        case .s3: ["--ca-certificate", try JobStore.s3.server["ca"]]
        case .azure: ["--ca-certificate", try JobStore.azure.server["ca"]]
        }
    }

    /// The server that it is.
    func server() throws -> Launcher {
        switch kind {
        case .files: preconditionFailure("files have no server")
        case .nginx: try JobStore.nginx.server
        case .s3: try JobStore.s3.server
        case .azure: try JobStore.azure.server
        }
    }

    /// What the program needs beside the document.
    func environment() throws -> [String: String] {
        kind == .s3 ? ["AWS_REGION": try JobStore.s3.server["region"]] : [:]
    }

    // MARK: Another client

    /// The directory of its files.
    func path() throws -> String { try root + "/" + folder }

    private var root: String {
        get throws { kind == .files ? directory?.path ?? "" : try JobStore.nginx.server["upDirectory"] }
    }

    /// Names of all objects in its folder, without that, sorted; what a copy is writing to is none.
    func names() throws -> [String] {
        switch kind {
        case .files, .nginx:
            // Files may come and go meanwhile.
            let command = ["find", try path(), "-type", "f", "-not", "-name", "*.tmp", "-printf", "%P\\0"]
            return try Command.run(command).output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
                .sorted()
        case .s3: return try JobStore.s3.index(folder).objects.map { String($0.name.dropFirst(folder.count)) }.sorted()
        case .azure:
            return try JobStore.azure.index(folder).objects.map { String($0.name.dropFirst(folder.count)) }.sorted()
        }
    }

    /// An object's text.
    func text(_ name: String) throws -> String {
        let command =
            switch kind {
            case .files, .nginx: ["cat", try root + "/" + folder + name]
            case .s3, .azure: try reader + ["get", folder + name]
            }
        let ended = try Command.run(command)
        guard ended.status == 0 else { throw SystemCallError(call: "\(command)", code: ended.status) }
        return String(decoding: ended.output, as: UTF8.self)
    }

    /// The pairs that an object has beside its bytes; of S3 and Azure.
    func metadata(_ name: String) throws -> [String: String] {
        let ended = try Command.run(try reader + ["metadata", folder + name])
        return try JSONDecoder().decode([String: String].self, from: Data(ended.output))
    }

    func put(_ name: String, _ text: String) throws {
        let site = try TemporaryDirectory()
        let file = try site.write("file", Array(text.utf8))
        switch kind {
        case .files, .nginx:
            let path = try root + "/" + folder + name
            guard try Command.run(["install", "-D", "-m", "644", file, path]).status == 0 else {
                throw SystemCallError(call: "install \(path)", code: 0)
            }
        case .s3: try JobStore.s3.put(folder + name, file)
        case .azure: try JobStore.azure.put(folder + name, file)
        }
    }

    private var reader: [String] {
        get throws {
            let folder = Project.root + "/Fixtures/readers/"
            if kind == .azure {
                let server = try JobStore.azure.server
                return [
                    "env", "AZURE_STORAGE_KEY=" + server["accountKey"], Project.python, folder + "azure",
                    server["endpoint"], server["ca"], server["container"],
                ]
            }
            let server = try JobStore.s3.server
            return [
                "env", "AWS_ACCESS_KEY_ID=" + server["accessKey"], "AWS_SECRET_ACCESS_KEY=" + server["secretKey"],
                Project.python, folder + "s3", server["endpoint"], server["ca"], server["bucket"],
            ]
        }
    }
}

/// A document of one copy, put together of parts of JSON.
struct JobDocument: Sendable {
    var services: [String: String] = [:]
    /// `type` and the rest of the `typeProperties` of both datasets, with the linked services that they are in.
    var source = ""
    var sink = ""
    /// The activity's `typeProperties`, and its policy.
    var copy = ""
    var policy = #"{"retry":0}"#

    /// A dataset's `properties`.
    static func dataset(_ type: String, _ service: String, _ properties: String) -> String {
        #"{"type":"\#(type)","linkedServiceName":"\#(service)","typeProperties":{\#(properties)}}"#
    }

    var text: String {
        let services = self.services.map { #"{"name":"\#($0.key)","properties":\#($0.value)}"# }.joined(
            separator: ",\n"
        )
        return """
            {"name":"Job","properties":{"activities":[{"name":"Copy","type":"Copy","policy":\(policy),
             "inputs":[{"referenceName":"From","type":"DatasetReference"}],
             "outputs":[{"referenceName":"To","type":"DatasetReference"}],
             "typeProperties":{\(copy)}}]},
             "datasets":[{"name":"From","properties":\(source)},{"name":"To","properties":\(sink)}],
             "linkedServices":[\(services)]}
            """
    }
}
