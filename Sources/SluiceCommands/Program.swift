internal import ArgumentParser
internal import Glibc
internal import SluiceCore
internal import SluiceEngine

/// The program from its arguments to its exit code.
package enum Program {
    static let name = "sluice"
    static let version = "0.1.0"

    /// Parses the arguments, runs the subcommand that they name, and exits.
    package static func main() -> Never {
        // A reader of our output that goes away is an error of write(2), not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // So is a file that grows beyond the limit of file sizes.
        signal(SIGXFSZ, SIG_IGN)
        InterruptWatch.unblock()
        raiseFileLimit()
        occupyStandardStreams()
        do {
            var command = try SluiceCommand.parseAsRoot()
            try command.run()
            exit(0)
        } catch {
            exit(tell(error))
        }
    }

    /// A folder takes a descriptor for each level that it is deep, and a connection one of its own. The soft limit, often
    /// 1,024, is that low only for the sake of select(2), which nothing here uses.
    private static func raiseFileLimit() {
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(files, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // Where it is refused, the limit that there is holds, and an error that meets it says so.
        setrlimit(files, &limit)
    }

    /// Where a standard stream was closed by whoever started us, the next file that is opened would get its number, and
    /// what is written to the stream would go there: something that can be neither read nor written takes its place.
    private static func occupyStandardStreams() {
        for (number, useless) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(number, F_GETFD) < 0 {
            // The lowest free number is this one, because those below are taken.
            _ = open("/dev/null", useless)
        }
    }

    /// Says what is wrong with the command line, or gives the help that was asked for; the exit code.
    private static func tell(_ error: any Error) -> Int32 {
        if let failure = error as? any Failure {
            StandardError.shared.write("\(name): \(failure.description)\n")
            return failure.kind == .usage ? RunOutcome.misused.exitCode : RunOutcome.failed.exitCode
        }
        let code = SluiceCommand.exitCode(for: error)
        if code == .success {
            let message = SluiceCommand.fullMessage(for: error)
            if !message.isEmpty { StandardOutput.write(message.hasSuffix("\n") ? message : message + "\n") }
            return 0
        }
        guard code == .validationFailure else {
            let message = SluiceCommand.message(for: error)
            if !message.isEmpty { StandardError.shared.write("\(name): \(message)\n") }
            return code.rawValue
        }
        let arguments = Array(CommandLine.arguments.dropFirst())
        let message =
            UpcomingOptions.refusal(of: arguments) ?? unknownSubcommand(arguments)
            ?? lowercased(SluiceCommand.message(for: error))
        StandardError.shared.write("\(name): \(message)\n\(hint(for: arguments))\n")
        return RunOutcome.misused.exitCode
    }

    /// A sentence of the parser's, to stand behind our name.
    private static func lowercased(_ sentence: String) -> String {
        sentence.prefix(1).lowercased() + sentence.dropFirst()
    }

    private static let subcommands = SluiceCommand.configuration.subcommands.compactMap { $0.configuration.commandName }

    /// The parser counts a misspelt subcommand among arguments that it did not expect.
    private static func unknownSubcommand(_ arguments: [String]) -> String? {
        guard let first = arguments.first, !first.hasPrefix("-"), first != "help", !subcommands.contains(first) else {
            return nil
        }
        return "there is no subcommand '\(first.printable)'. Say what to do: copy, list or bench"
    }

    private static func hint(for arguments: [String]) -> String {
        let subcommand = subcommands.first { $0 == arguments.first }
        return "See \(name) \(subcommand.map { $0 + " " } ?? "")--help"
    }
}
