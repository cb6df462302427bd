import FoundationEssentials
import SluiceCore
import SluiceEngine
import SluiceStores
import SluiceTestSupport
import Testing

/// A copy into a store behind the proxy that injects faults into requests.
struct ProxiedStore {
    let proxy: Launcher
    var specification: CopySpecification

    /// - Parameter faults: options of the proxy: one rule.
    init(_ source: String, _ store: any StoreUnderTest, _ prefix: String, _ faults: [String]) throws {
        specification = try StoreContractTests.specification(source, store, prefix)
        let authority = try #require(specification.sinkConnection.caCertificate)
        let upstream: String
        switch specification.sink {
        case .http(let address): upstream = address.origin
        default: upstream = try #require(specification.sinkConnection.endpoint).description
        }
        proxy = try Launcher("faults", ["--https", "--upstream", upstream, "--upstream-ca", authority] + faults)
        let endpoint = try HTTPAddress(parsing: proxy["endpoint"])
        specification.sinkConnection.caCertificate = proxy["ca"]
        if case .http(var address) = specification.sink {
            address.port = endpoint.port
            specification.sink = .http(address)
        } else {
            specification.sinkConnection.endpoint = endpoint
        }
    }

    /// A request that the proxy saw.
    struct Request: Decodable {
        let method: String
        let target: String
        /// What it answered; nil where it did not.
        let status: Int?
        /// The faults that hit it.
        let injected: [String]
    }

    func requests() throws -> [Request] {
        let log = try Command.run(["cat", proxy["log"]]).output
        return log.split(separator: 10).compactMap { try? JSONDecoder().decode(Request.self, from: Data($0)) }
    }
}
