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

    /// Why what was staged stays.
    var sentenceOfStaging: String {
        let what = "run \(Ledger.staged(by: run.record.identifier)) stays: what it has staged can't be removed"
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

    /// Removes what the first half of a staged copy has left in the staging store; false where that can't be reached.
    /// Blocks.
    func removeStaged() -> Bool {
        guard run.record.command == Ledger.unload else { return true }
        do {
            let home = CommandRecord.current.directory
            defer { chdir(home) }
            try enterDirectory()
            let specification = try specification()
            if specification.staging?.keeps != true { try leftovers(specification).remove() }
            return true
        } catch {
            problem = problem ?? SluiceCore.failure(from: error)
            return false
        }
    }

    private func specification() throws -> CopySpecification {
        guard let command = CommandRecord(text: run.record.specification),
            let copy = try? SluiceCommand.parseAsRoot(command.arguments) as? CopyCommand
        else { throw UploadRecall.unreadable }
        return try copy.specification(goingOnWith: run)
    }

    private func leftovers(_ specification: CopySpecification) throws -> StagedLeftovers {
        try StagedLeftovers(of: specification, run: Ledger.staged(by: run.record.identifier))
    }

    private func openedSink() throws -> any ObjectSink {
        if let sink { return try sink.get() }
        do {
            let specification = try specification()
            let isUnload = run.record.command == Ledger.unload
            let sink = isUnload ? try leftovers(specification).sink : try specification.makeSink()
            self.sink = .success(sink)
            return sink
        } catch {
            sink = .failure(error)
            throw error
        }
    }

    private static let unreadable = UsageError("its command was written by another version and can't be read")
}
