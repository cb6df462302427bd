import SluiceCore
import FoundationEssentials
import Glibc
import SluiceTestSupport

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
        let down = try Pipe()
        let up = try Pipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, down.reading, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, up.writing, STDOUT_FILENO)
        var vector: [UnsafeMutablePointer<CChar>?] = ([Project.python, program] + options).map { strdup($0) } + [nil]
        defer { vector.forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, Project.python, &actions, nil, &vector, environ)
        close(down.reading)
        close(up.writing)
        guard code == 0 else { throw SystemCallError(call: "posix_spawn \(program)", code: code) }
        self.process = process
        input = down.writing
        let line = Launcher.readLine(up.reading)
        close(up.reading)
        guard let values = try? JSONDecoder().decode([String: JSONText].self, from: Data(line)) else {
            throw SystemCallError(call: "\(name) said \(String(decoding: line, as: UTF8.self))", code: 0)
        }
        fields = values.mapValues(\.text)
    }

    deinit { stop() }

    /// Ends the server and waits for it; one that does not end by itself in half a minute is killed.
    func stop() {
        close(input)
        var status: Int32 = 0
        for _ in 0..<3000 {
            guard waitpid(process, &status, WNOHANG) == 0 else { return }
            usleep(10_000)
        }
        kill(process, SIGKILL)
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    }

    /// Sends a line to the launcher's standard input: what `faults` is told at run time.
    func tell(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(input, bytes, bytes.count)
    }

    /// Changes the faults of a `faults` launcher, and waits until they are in force.
    func change(_ faults: String) throws {
        func changes() throws -> Int {
            let output = try Command.run(["grep", "-c", "changed", self["log"]]).output
            return Int(String(decoding: output.prefix { $0 != 10 }, as: UTF8.self)) ?? 0
        }
        let before = try changes()
        tell(faults)
        for _ in 0..<6000 {
            guard try changes() == before else { return }
            usleep(5000)
        }
        throw SystemCallError(call: "faults, which was told \(faults) and did not change them", code: 0)
    }

    subscript(_ field: String) -> String {
        guard let value = fields[field] else { preconditionFailure("the ready line has no \(field): \(fields)") }
        return value
    }

    /// What is there of the line at its end, at the descriptor's end, or after two minutes of silence.
    private static func readLine(_ descriptor: Int32) -> [UInt8] {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&ready, 1, 120_000) == 1, read(descriptor, &byte, 1) == 1, byte != 10 { line.append(byte) }
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

    private static let running = Locked<[String: Launcher]>([:])
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
