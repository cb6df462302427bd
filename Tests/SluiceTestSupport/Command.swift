import CLinux
package import Glibc

/// Another program, run to its end.
package struct Command: Sendable {
    /// The exit status; 128 and more for a signal.
    package let status: Int32
    /// What it wrote to standard output.
    package let output: [UInt8]

    /// Runs `arguments[0]`, found on PATH, with no signal blocked or ignored.
    ///
    /// - Parameters:
    ///   - input: the file that is its standard input.
    ///   - errors: the file that its standard error is added to; nil to share ours.
    package static func run(
        _ arguments: [String],
        input: String = "/dev/null",
        errors: String? = nil
    ) throws -> Command {
        let (process, descriptor) = try start(arguments, input: input, errors: errors)
        defer { close(descriptor) }
        let output = readAll(descriptor)
        return Command(status: wait(for: process), output: output)
    }

    /// The process and the reading end of its standard output.
    private static func start(_ arguments: [String], input: String, errors: String?) throws -> (pid_t, Int32) {
        let ends = try Pipe()
        defer { close(ends.writing) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends.writing, STDOUT_FILENO)
        if let errors {
            let flags = O_WRONLY | O_CREAT | O_APPEND
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, flags, 0o600)
        }
        var vector: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { vector.forEach { free($0) } }
        var process: pid_t = 0
        let code = withUnblockedSignals { attributes in
            posix_spawnp(&process, arguments[0], &actions, attributes, &vector, environ)
        }
        guard code == 0 else {
            close(ends.reading)
            throw SystemCallError(call: "posix_spawnp \(arguments[0])", code: code)
        }
        return (process, ends.reading)
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

/// Both ends of a pipe, for their owner to close. Only a child that is given an end has it: another that is started at
/// this instant would keep a reader from seeing the end.
package struct Pipe {
    package let reading: Int32
    package let writing: Int32

    package init() throws {
        var ends: [Int32] = [-1, -1]
        guard sluice_pipe(&ends) == 0 else { throw SystemCallError(call: "pipe2", code: errno) }
        (reading, writing) = (ends[0], ends[1])
    }
}

/// Spawn attributes of a child that no signal is kept from. It would inherit what the spawning thread blocks, and
/// Dispatch's threads block nearly all: a SIGTERM sent to the child would wait for ever.
package func withUnblockedSignals<Result>(_ body: (UnsafePointer<posix_spawnattr_t>) throws -> Result) rethrows -> Result {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    return try body(&attributes)
}

/// The program under test: it stands beside the bundle that the tests run from.
package let sluiceProgram: String = {
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &path, path.count)
    precondition(count > 0)
    let bundle = String(decoding: path.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/sluice"
}()
