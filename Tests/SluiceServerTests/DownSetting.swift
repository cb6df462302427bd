import FoundationEssentials
import SluiceCore
import SluiceEngine
import SluiceStores
import SluiceTestSupport
import Testing

/// A copy down from a store, through a proxy that injects faults.
struct DownSetting {
    let proxy: Launcher
    var specification: CopySpecification

    /// - Parameters:
    ///   - source: the object, or the prefix with a slash at its end.
    ///   - sink: a local folder.
    ///   - faults: the proxy's options.
    init(
        _ store: any StoreUnderTest,
        _ source: String,
        to sink: String,
        _ faults: KeyValuePairs<String, String> = [:]
    ) throws {
        let place = try Location(parsing: store.location(source))
        specification = CopySpecification(source: place, sink: try Location(parsing: sink + "/"))
        try store.prepare(&specification)
        specification.retry.attempts = 4
        let authority = try #require(specification.sinkConnection.caCertificate)
        let upstream: String
        if case .http(let address) = place {
            upstream = address.origin
        } else {
            upstream = try #require(specification.sinkConnection.endpoint).description
        }
        let rule = faults.flatMap { ["--" + $0.key, $0.value] }
        proxy = try Launcher("faults", ["--https", "--upstream", upstream, "--upstream-ca", authority] + rule)
        let endpoint = try HTTPAddress(parsing: proxy["endpoint"])
        specification.sourceConnection.caCertificate = proxy["ca"]
        if case .http(var address) = place {
            address.port = endpoint.port
            specification.source = .http(address)
        } else {
            specification.sourceConnection.endpoint = endpoint
        }
        specification.sinkConnection = ConnectionOptions()
    }

    /// Requests for the object's bytes or properties, by method and the first byte that was asked for; nil for the whole
    /// object.
    func reads(of name: String) throws -> [(method: String, start: Int?)] {
        struct Line: Decodable {
            let method: String?
            let target: String?
            let headers: [String: String]?
        }
        let log = try Command.run(["cat", proxy["log"]]).output
        return log.split(separator: 10).compactMap { line in
            guard let entry = try? JSONDecoder().decode(Line.self, from: Data(line)), let method = entry.method,
                let path = entry.target?.split(separator: "?").first, path.hasSuffix(name)
            else { return nil }
            let range = entry.headers?["range"] ?? entry.headers?["x-ms-range"]
            let start = range?.split(separator: "=").last?.split(separator: "-").first
            return (method, start.flatMap { Int($0) })
        }
    }
}
