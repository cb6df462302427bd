import FoundationEssentials
import Glibc
import SluiceTestSupport
import Synchronization

/// A server under Fixtures/servers, started once for all tests. It ends when this process does, because its standard
/// input ends then.
final class Launcher: Sendable {
    /// The fields of its ready line.
    private let fields: [String: String]
    private let input: Int32
    private let process: pid_t

    /// Starts `Fixtures/servers/NAME` and waits for its ready line.
    init(_ name: String, _ options: [String] = []) throws {
        let program = Project.root + "/Fixtures/servers/" + name
        var down: [Int32] = [-1, -1]
        var up: [Int32] = [-1, -1]
        guard pipe(&down) == 0, pipe(&up) == 0 else { throw SystemCallError(call: "pipe", code: errno) }
        // No other child may hold these ends: the server would outlive us.
        for end in down + up { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, down[0], STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, up[1], STDOUT_FILENO)
        var vector: [UnsafeMutablePointer<CChar>?] = ([Project.python, program] + options).map { strdup($0) } + [nil]
        defer { vector.forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, Project.python, &actions, nil, &vector, environ)
        close(down[0])
        close(up[1])
        guard code == 0 else { throw SystemCallError(call: "posix_spawn \(program)", code: code) }
        self.process = process
        input = down[1]
        let line = Launcher.readLine(up[0])
        guard let values = try? JSONDecoder().decode([String: JSONText].self, from: Data(line)) else {
            throw SystemCallError(call: "\(name) said \(String(decoding: line, as: UTF8.self))", code: 0)
        }
        fields = values.mapValues(\.text)
    }

    deinit { stop() }

    /// Ends the server and waits for it.
    func stop() {
        close(input)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    }

    /// Sends a line to the launcher's standard input: what `faults` is told at run time.
    func tell(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(input, bytes, bytes.count)
    }

    subscript(_ field: String) -> String {
        guard let value = fields[field] else { preconditionFailure("the ready line has no \(field): \(fields)") }
        return value
    }

    private static func readLine(_ descriptor: Int32) -> [UInt8] {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) == 1, byte != 10 { line.append(byte) }
        return line
    }

    /// The one server of this kind that all tests share.
    static func shared(_ name: String, _ options: String...) throws -> Launcher {
        let key = ([name] + options).joined(separator: " ")
        // Starting within the lock keeps two tests from starting the same server.
        return try running.withLock { running in
            if let launcher = running[key] { return launcher }
            let launcher = try Launcher(name, options)
            running[key] = launcher
            return launcher
        }
    }

    private static let running = Mutex<[String: Launcher]>([:])
}

/// A JSON string or number as text.
private struct JSONText: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) { text = String(number) } else { text = try container.decode(String.self) }
    }
}

/// Where things are.
enum Project {
    /// The package's directory.
    static let root: String = {
        let here = #filePath.split(separator: "/").dropLast(3)
        return "/" + here.joined(separator: "/")
    }()

    /// The Python of the fixtures' environment.
    static let python: String = {
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        let cache = variable("XDG_CACHE_HOME") ?? (variable("HOME") ?? "") + "/.cache"
        return (variable("SLUICE_TOOLS") ?? cache + "/sluice") + "/venv/bin/python3"
    }()
}
