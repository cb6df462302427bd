internal import Glibc

/// The variables that the process was started with.
enum ProcessEnvironment {
    /// Name and value of each; of a name that comes twice the first counts, as for getenv(3).
    static var variables: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text)
            if let separator = pair.firstIndex(of: "=") {
                let name = String(pair[..<separator])
                if variables[name] == nil { variables[name] = String(pair[pair.index(after: separator)...]) }
            }
            entry += 1
        }
        return variables
    }
}
