internal import SluiceCore
internal import SluiceEngine

extension RunReport {
    /// Writes what files a session was asked for: the manifest first, which `finishing` ends, then this, then the log.
    ///
    /// - Returns: the exit code, which is that of a failure when one of them can't be written.
    func write(_ output: OutputArguments, _ log: Log, finishing manifest: () throws -> Void) -> Int32 {
        var code = outcome.exitCode
        func attempt(_ step: () throws -> Void) {
            do {
                try step()
            } catch {
                log.error(SluiceCore.failure(from: error))
                if code == 0 { code = RunOutcome.failed.exitCode }
            }
        }
        attempt(manifest)
        attempt { if let report = output.report { try WholeFile.write(json, to: report) } }
        attempt { try log.finish() }
        return code
    }
}

extension OutputArguments {
    /// Says where the errors are that were not told one by one.
    func tellOfMore(_ untold: Int, _ log: Log) {
        guard untold > 0 else { return }
        let place = manifest.map { "see \($0)" } ?? "--manifest FILE lists them all"
        log.write(.init(level: .error, text: "and \(untold) more: \(place)"))
    }
}
