internal import ArgumentParser
internal import Glibc
internal import SluiceCore
internal import SluiceEngine
internal import SluiceLedger

/// Takes back what a run has begun at its sink and not ended, by the run's own command line.
final class UploadRecall {
    private let run: LedgerRun
    private var sink: Result<any ObjectSink, any Error>?
    private var problem: (any Failure)?

    init(_ run: LedgerRun) { self.run = run }

    /// Takes an upload back; false where it can't be reached. Blocks.
    func takeBack(_ item: BegunItem) -> Bool {
        // Rows that are in a table stay there.
        if run.record.sink.hasPrefix("odbc:") { return true }
        do {
            // Its files are named relative to the directory in which it was started.
            let home = CommandRecord.current.directory
            defer { chdir(home) }
            try enterDirectory()
            try openedSink().discard(UploadTicket(bytes: item.session), name: (item.sinkName ?? item.name).description)
            return true
        } catch {
            problem = problem ?? SluiceCore.failure(from: error)
            return false
        }
    }

    /// Why the run stays.
    func sentence(left uploads: Int) -> String {
        let what = "run \(run.record.identifier) stays: \(uploads) of its uploads can't be taken back"
        return problem.map { "\(what): \($0.description)" } ?? what
    }

    private func enterDirectory() throws {
        guard let command = CommandRecord(text: run.record.specification) else { throw UploadRecall.unreadable }
        guard chdir(command.directory) == 0 else {
            throw UsageError(
                "the directory \"\(command.directory)\" can't be entered",
                cause: String(cString: strerror(errno))
            )
        }
    }

    private func openedSink() throws -> any ObjectSink {
        if let sink { return try sink.get() }
        do {
            guard let command = CommandRecord(text: run.record.specification),
                let copy = try? SluiceCommand.parseAsRoot(command.arguments) as? CopyCommand
            else { throw UploadRecall.unreadable }
            let sink = try copy.specification(goingOnWith: run).makeSink()
            self.sink = .success(sink)
            return sink
        } catch {
            sink = .failure(error)
            throw error
        }
    }

    private static let unreadable = UsageError("its command was written by another version and can't be read")
}
