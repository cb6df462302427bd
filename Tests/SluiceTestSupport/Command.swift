import Glibc
import Synchronization

/// Another program, run to its end.
package struct Command: Sendable {
    /// The exit status; 128 and more for a signal.
    package let status: Int32
    /// What it wrote to standard output.
    package let output: [UInt8]

    /// Runs `arguments[0]`, found on PATH; its standard input is the file at `input`, or nothing.
    package static func run(_ arguments: [String], input: String = "/dev/null") throws -> Command {
        // One at a time up to the start: the writing end is open here meanwhile, and another child that inherited
        // it would hold back the end of this one's output.
        let (process, descriptor) = try starting.withLock { _ in try start(arguments, input: input) }
        defer { close(descriptor) }
        let output = readAll(descriptor)
        return Command(status: wait(for: process), output: output)
    }

    private static let starting = Mutex<Void>(())

    /// The process and the reading end of its standard output.
    private static func start(_ arguments: [String], input: String) throws -> (pid_t, Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemCallError(call: "pipe", code: errno) }
        defer { close(ends[1]) }
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        var vector: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { vector.forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, arguments[0], &actions, nil, &vector, environ)
        guard code == 0 else {
            close(ends[0])
            throw SystemCallError(call: "posix_spawnp \(arguments[0])", code: code)
        }
        return (process, ends[0])
    }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        var output: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &block, block.count)
            if count > 0 { output += block.prefix(count) } else if count == 0 || errno != EINTR { return output }
        }
    }

    private static func wait(for process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        // wait(2): the low seven bits are the signal, the next eight the exit status.
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}
