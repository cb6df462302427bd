import Glibc
import SluiceTestSupport

/// The program as users start it, with what it wrote.
final class SluiceProcess {
    /// How it ended.
    struct Ending {
        /// The exit code; 128 and more for a signal that killed it.
        let status: Int32
        let output: String
        let errors: String
    }

    private let process: pid_t
    private let directory: TemporaryDirectory

    /// Starts it; standard input is the file at `input`.
    init(_ arguments: [String], input: String = "/dev/null", environment: [String: String] = [:]) throws {
        directory = try TemporaryDirectory()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Opened for reading and writing, a FIFO does not wait for its other end.
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, input == "/dev/null" ? O_RDONLY : O_RDWR, 0)
        for (descriptor, name) in [(STDOUT_FILENO, "out"), (STDERR_FILENO, "err")] {
            posix_spawn_file_actions_addopen(
                &actions,
                descriptor,
                "\(directory.path)/\(name)",
                O_WRONLY | O_CREAT,
                0o600
            )
        }
        var vector: [UnsafeMutablePointer<CChar>?] = ([sluiceProgram] + arguments).map { strdup($0) } + [nil]
        let variables = ["HOME": directory.path, "PATH": "/usr/bin:/bin"].merging(environment) { $1 }
        var pairs: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { (vector + pairs).forEach { free($0) } }
        var started: pid_t = 0
        let code = withUnblockedSignals { attributes in
            posix_spawn(&started, sluiceProgram, &actions, attributes, &vector, &pairs)
        }
        guard code == 0 else { throw SystemCallError(call: "posix_spawn \(sluiceProgram)", code: code) }
        process = started
    }

    func send(_ signal: Int32) { kill(process, signal) }

    /// Whether it has ended; `wait()` still tells how.
    var hasEnded: Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) == 0 && information.si_signo != 0
    }

    /// Waits for its end; one that hangs for a quarter of an hour is killed.
    func wait() throws -> Ending {
        var status: Int32 = 0
        for _ in 0..<900_000 where !hasEnded { usleep(1000) }
        if !hasEnded { send(SIGKILL) }
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        // wait(2): the low seven bits are the signal, the next eight the exit status.
        return Ending(
            status: status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F,
            output: try TestFile.read("\(directory.path)/out"),
            errors: try TestFile.read("\(directory.path)/err")
        )
    }

    /// Runs it to its end.
    static func run(
        _ arguments: String...,
        input: String = "/dev/null",
        environment: [String: String] = [:]
    ) throws -> Ending {
        try SluiceProcess(arguments, input: input, environment: environment).wait()
    }
}

/// Files as tests look at them.
enum TestFile {
    static func read(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

    static func bytes(_ path: String) throws -> [UInt8] {
        guard let stream = fopen(path, "r") else { throw SystemCallError(call: "fopen \(path)", code: errno) }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&block, 1, block.count, stream), count > 0 { bytes += block.prefix(count) }
        return bytes
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The names in a directory, hidden ones too.
    static func names(in path: String) throws -> [String] {
        let listing = try Command.run(["ls", "-A", path])
        return String(decoding: listing.output, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
