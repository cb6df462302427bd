import Glibc
import SluiceCore
import SluiceStores
import SluiceTestSupport
import Testing

@testable import SluiceEngine

@Suite struct StagedAddressTests {
    private func factory(_ environment: [String: String] = [:]) throws -> StoreFactory {
        var specification = try CopySpecification(source: Location(parsing: "/x"), sink: Location(parsing: "/y/"))
        specification.environment = environment
        return StoreFactory(specification)
    }

    private func address(_ name: String, in folder: String, _ environment: [String: String] = [:]) throws
        -> ObjectAddress
    {
        try factory(environment).address(of: name, in: Location(parsing: folder), lifetime: .seconds(60))
    }

    private static let here: String = {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        return String(cString: path)
    }()

    @Test(arguments: [
        ("/stage", "/stage/a.csv"), ("/stage/", "/stage/a.csv"), ("stage/x", "\(here)/stage/x/a.csv"),
        ("./stage/./x/", "\(here)/stage/x/a.csv"), (".", "\(here)/a.csv"), ("../x", "\(here)/../x/a.csv"),
    ])
    func `a directory's objects have absolute paths, and no credential`(_ folder: String, _ path: String) throws {
        #expect(try address("a.csv", in: folder) == ObjectAddress(address: path))
    }

    @Test func `plain HTTPS has bare addresses below the folder`() throws {
        let environment = ["SLUICE_HTTP_AUTHORIZATION": "Basic hush"]
        let expected = ObjectAddress(address: "https://host/up/b/a.csv")
        #expect(try address("b/a.csv", in: "https://host/up", environment) == expected)
        #expect(throws: CopyError.self) { try address("a.csv", in: "http://host/up") }
    }

    @Test func `what an address will be is known with the sink's credentials before anything is there`() throws {
        let keys = [
            "AWS_ACCESS_KEY_ID_SINK": "SINKKEY", "AWS_SECRET_ACCESS_KEY_SINK": "hush", "AWS_ACCESS_KEY_ID": "OTHER",
        ]
        let addresses = try StagedAddresses(factory(keys), Location(parsing: "s3://bucket/stage"))
        let address = try addresses.preview(of: "a.csv", lifetime: .seconds(60))
        #expect(address.address == "https://bucket.s3.us-east-1.amazonaws.com/stage/a.csv")
        #expect(address.credential?.contains("Credential=SINKKEY%2F") == true)
        #expect(throws: StoreError.self) { try addresses.preview(of: "a.csv", lifetime: .zero) }
    }

    @Test(arguments: ["-", "odbc:DSN=x"])
    func `what no database can read an object of is refused`(_ folder: String) {
        let error = #expect(throws: CopyError.self) { try address("a.csv", in: folder) }
        #expect(error?.kind == .usage)
    }
}
