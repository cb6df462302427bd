import SluiceCore
import Testing

/// A location as it is written and what it means.
struct Written: CustomTestStringConvertible, Sendable {
    let text: String
    let location: Location
    var testDescription: String { text }

    init(_ text: String, _ location: Location) { (self.text, self.location) = (text, location) }

    static func file(_ text: String, _ path: String, directory: Bool = false) -> Written {
        Written(text, .file(path: path, isDirectory: directory))
    }

    static func web(_ text: String, _ host: String, _ path: String, encrypted: Bool = true, port: Int? = nil, query: String? = nil) -> Written {
        Written(text, .http(HTTPAddress(isEncrypted: encrypted, host: host, port: port, path: path, query: query)))
    }
}

@Suite struct LocationTests {
    @Test(
        "a path and a file address are files",
        arguments: [
            Written.file("data.csv", "data.csv"), .file("/data/x", "/data/x"), .file("dir/", "dir/", directory: true),
            .file("/", "/", directory: true), .file(".", "."), .file("./-", "./-"), .file("--", "--"), .file("a b", "a b"),
            .file("100%", "100%"), .file("a?b#c", "a?b#c"), .file("a:b", "a:b"), .file("C:\\x", "C:\\x"), .file("a//b", "a//b"),
            .file("x\ny", "x\ny"), .file("é/", "é/", directory: true), .file("./s3://b", "./s3://b"),
            .file("a/https://b", "a/https://b"), .file("azure", "azure"), .file("~x", "~x"),
            .file("file:///data/x", "/data/x"), .file("file:///data/", "/data/", directory: true),
            .file("file://localhost/data/x", "/data/x"), .file("file:///a%20b%25", "/a b%"), .file("file:///a+b", "/a+b"),
            .file("file:///%C3%A9", "/é"), .file("file:///a%2Fb", "/a/b"), .file("file:///a?b", "/a?b"),
        ]
    )
    func files(written: Written) throws {
        #expect(try Location(parsing: written.text) == written.location)
    }

    @Test("a hyphen is standard input and output")
    func standardStream() throws {
        #expect(try Location(parsing: "-") == .standardStream)
        #expect(Location.standardStream.description == "-")
    }

    @Test(
        "an https address is a web resource, and http is told apart",
        arguments: [
            Written.web("https://host", "host", ""), .web("https://host/", "host", "/"), .web("https://host/p/x", "host", "/p/x"),
            .web("https://HOST.Example/P", "host.example", "/P"), .web("https://host:8443/p", "host", "/p", port: 8443),
            .web("https://host/p?a=b&c", "host", "/p", query: "a=b&c"), .web("https://host/p?", "host", "/p", query: ""),
            .web("https://host/p#there", "host", "/p"), .web("https://host?q", "host", "", query: "q"),
            .web("https://host/a%20b//c", "host", "/a%20b//c"), .web("https://host/a@b:c", "host", "/a@b:c"),
            .web("https://[::1]:9000/x", "::1", "/x", port: 9000), .web("https://[2001:DB8::1]/x", "2001:db8::1", "/x"),
            .web("http://127.0.0.1:80/x", "127.0.0.1", "/x", encrypted: false, port: 80),
            .web("https://host/x?design=sigma", "host", "/x", query: "design=sigma"),
            .web("https://blob.core.windows.net/c/x", "blob.core.windows.net", "/c/x"),
            .web("https://a.b.blob.core.windows.net/c", "a.b.blob.core.windows.net", "/c"),
        ]
    )
    func web(written: Written) throws {
        #expect(try Location(parsing: written.text) == written.location)
    }

    @Test(
        "an Azure blob is written in two ways",
        arguments: [
            Written("az://acct/cont", .azure(account: "acct", container: "cont", name: "")),
            Written("az://acct/cont/", .azure(account: "acct", container: "cont", name: "")),
            Written("az://acct/cont/a/b c%?#", .azure(account: "acct", container: "cont", name: "a/b c%?#")),
            Written("az://acct/cont//a", .azure(account: "acct", container: "cont", name: "/a")),
            Written("az://acct/cont/a/", .azure(account: "acct", container: "cont", name: "a/")),
            Written("https://acct.blob.core.windows.net/cont", .azure(account: "acct", container: "cont", name: "")),
            Written("https://acct.blob.core.windows.net/cont/a%20b/%C3%A9", .azure(account: "acct", container: "cont", name: "a b/é")),
            Written("https://ACCT.blob.core.windows.net/cont/A", .azure(account: "acct", container: "cont", name: "A")),
        ]
    )
    func azure(written: Written) throws {
        #expect(try Location(parsing: written.text) == written.location)
    }

    @Test(
        "a bucket's key is taken as it is written",
        arguments: [
            Written("s3://bucket", .s3(bucket: "bucket", key: "")), Written("s3://bucket/", .s3(bucket: "bucket", key: "")),
            Written("s3://bucket/a/b", .s3(bucket: "bucket", key: "a/b")), Written("s3://bucket//a", .s3(bucket: "bucket", key: "/a")),
            Written("s3://bucket/a b+%20?#", .s3(bucket: "bucket", key: "a b+%20?#")),
            Written("s3://bucket/folder/", .s3(bucket: "bucket", key: "folder/")),
            Written("s3://my.bucket-1/k@v:1", .s3(bucket: "my.bucket-1", key: "k@v:1")),
        ]
    )
    func s3(written: Written) throws {
        #expect(try Location(parsing: written.text) == written.location)
    }

    @Test("a connection string is kept as it is and never printed", arguments: ["DSN=warehouse", "Driver={PostgreSQL Unicode};Server=db;UID=me"])
    func odbc(connection: String) throws {
        let location = try Location(parsing: "odbc:" + connection)
        #expect(location == .odbc(connectionString: connection))
        #expect(location.description == "odbc:…")
    }

    @Test(
        "what is no location is refused as misuse",
        arguments: [
            "", "ftp://host/x", "S3://bucket", "s3:/bucket/x", "s3:bucket", "az:/a/c", "https:/host/x", "gs://bucket", "file://", "file://host/x", "file:///%", "file:///%00", "file:///%FF",
            "file://localhost", "s3://", "s3:///key", "s3://bucket:9000/x", "s3://b?x", "az://", "az://acct", "az://acct/", "az:///c",
            "https://", "https:///x", "https://host:0/", "https://host:65536/", "https://host:x/", "https://:443/", "https://ho st/",
            "https://host/a b", "https://host/a\nb", "https://[::1/x", "https://::1/x", "https://[::1]x/", "https://host:+80/",
            "https://[]/x", "https://acct.blob.core.windows.net", "https://acct.blob.core.windows.net/",
            "https://acct.blob.core.windows.net/c/%GG", "https://acct.blob.core.windows.net/c/%FF",
        ]
    )
    func refusal(text: String) {
        let error = #expect(throws: LocationError.self) { try Location(parsing: text) }
        #expect(error?.kind == .usage)
    }

    @Test("a scheme that is not known comes with the way to name such a file")
    func unknownScheme() {
        let error = #expect(throws: LocationError.self) { try Location(parsing: "ftp://host/x") }
        #expect(error?.description.contains("\"ftp\"") == true)
        #expect(error?.advice == "For a local file of that name write ./ftp://host/x")
    }

    @Test(
        "a location is printed as it can be read again",
        arguments: ["/data/x", "-", "az://acct/cont", "az://acct/cont/a b", "s3://bucket", "s3://bucket/a//b", "https://host:8443/p%20q?a=b", "https://[::1]:9000/"]
    )
    func printing(text: String) throws {
        #expect(try Location(parsing: text).description == text)
    }

    @Test("a store is named as the report names it")
    func storeTypes() throws {
        let names = try ["x", "-", "https://h/", "az://a/c", "s3://b", "odbc:DSN=x"].map { try Location(parsing: $0).storeType }
        #expect(names == ["FileServer", "StandardStream", "HttpServer", "AzureBlobStorage", "AmazonS3", "Odbc"])
    }
}
