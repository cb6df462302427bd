internal import FoundationEssentials
internal import SluiceCore

extension BenchReport {
    /// The report as JSON with its keys in order, so that two of them can be compared by eye.
    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// Reads what `json` wrote.
    /// - Parameter name: the document's, for the error.
    /// - Throws: `BenchError` of kind `.usage` when it is no report, or one of another version.
    package init(json: [UInt8], name: String) throws(BenchError) {
        struct Head: Decodable { let schema: String }
        let advice = "Give two files that sluice bench --json wrote"
        guard let head = try? JSONDecoder().decode(Head.self, from: Data(json)) else {
            throw BenchError(.usage, "\"\(name)\" is not a report of sluice bench", advice: advice)
        }
        guard head.schema == BenchReport.currentSchema else {
            let cause = "its schema is \"\(head.schema)\", and this version reads \(BenchReport.currentSchema)"
            throw BenchError(
                .usage,
                "\"\(name)\" can't be compared",
                cause: cause,
                advice: "Measure again with this version"
            )
        }
        do {
            self = try JSONDecoder().decode(BenchReport.self, from: Data(json))
        } catch {
            throw BenchError(.usage, "\"\(name)\" is damaged", cause: BenchReport.words(error), advice: advice)
        }
    }

    private static func words(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return String(describing: error) }
        switch error {
        case .keyNotFound(let key, _): return "it has no \"\(key.stringValue)\""
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return "\(path.isEmpty ? "the document" : path): \(context.debugDescription)"
        @unknown default: return String(describing: error)
        }
    }
}
