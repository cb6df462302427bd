import Glibc
import SluiceTestSupport

/// The probe, which stands beside the bundle that these tests run from.
enum ProbeProcess {
    static let path: String = {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count)
        precondition(count > 0)
        let bundle = String(decoding: path.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            + "/SluiceLedgerProbe"
    }()

    /// Runs it to its end; `before` goes in front of its own arguments.
    static func run(before: [String] = [], _ arguments: [String]) throws -> (status: Int32, output: String) {
        let command = try Command.run(before + [path] + arguments)
        return (command.status, String(decoding: command.output, as: UTF8.self))
    }
}
