internal import ArgumentParser
internal import Glibc
internal import SluiceCore
internal import SluiceEngine
internal import SluiceLedger
internal import SluicePipeline

/// All that is known of a run.
struct RunDetail {
    let run: LedgerRun
    /// Nil where another version wrote it in another form.
    let command: CommandRecord?
    /// Uploads that have begun and not ended.
    let uploads: Int
    let failures: [EndedItem]
    let now: Timestamp

    /// Whether `sluice resume` can go on with it, and how or why not.
    var prospect: (isGood: Bool, sentence: String) {
        switch run.status {
        case .running: return (false, "process \(run.holder.process) on \(run.holder.host) is at it")
        case .succeeded: return (false, "nothing of it is left to do")
        case .interrupted, .failed, .partial: break
        }
        if let job = command?.job { return (false, "it is a copy of the job \"\(job)\"; run that again") }
        guard let command, let copy = try? SluiceCommand.parseAsRoot(command.arguments) as? CopyCommand else {
            return (false, "its command was written by another version and can't be read")
        }
        if copy.copy.source == "-" { return (false, "what came by standard input can't be read again") }
        guard access(command.directory, X_OK) == 0 else {
            return (
                false, "the directory \"\(command.directory)\" can't be entered: \(String(cString: strerror(errno)))"
            )
        }
        return (true, "sluice resume \(run.record.identifier)")
    }

    /// The command line, to be pasted into a shell.
    var commandLine: String? {
        command.map { ([Program.name] + $0.arguments).map(ShellWord.quoted).joined(separator: " ") }
    }
}

// MARK: For people

extension RunDetail {
    var text: String {
        var rows = [("run", run.record.identifier), ("status", status)]
        rows.append(("command", commandLine ?? "in a form that this version can't read"))
        if let command { rows.append(("directory", command.directory)) }
        rows += [("source", run.record.source), ("sink", run.record.sink), ("started", run.started.rfc3339)]
        let times =
            run.attempts == 1 ? "1 attempt" : "\(run.attempts) attempts, the last since \(run.holder.since.rfc3339)"
        rows.append(("attempts", "\(times), by process \(run.holder.process) on \(run.holder.host)"))
        if let ended = run.ended { rows.append(("ended", ended.rfc3339)) }
        if let time = run.attemptDuration(now: now) { rows.append(("took", RunSummary.time(time))) }
        rows += [("items", items), ("bytes", bytes), ("version", run.record.version)]
        let (isGood, sentence) = prospect
        rows.append(("resume", isGood ? sentence : "no: \(sentence)"))
        let width = rows.map(\.0.count).max() ?? 0
        var text = ""
        for (name, value) in rows {
            text += name + String(repeating: " ", count: width - name.count + 2) + value.printable + "\n"
        }
        for item in failures { text += "\n" + failure(item).printable + "\n" }
        let untold = run.totals.failed + run.totals.skipped - failures.count
        if untold > 0, !failures.isEmpty { text += "\nand \(untold) more\n" }
        return text
    }

    private var status: String { run.status.rawValue + (run.exitCode.map { ", exit code \($0)" } ?? "") }

    private var items: String {
        let totals = run.totals
        var text = "\(totals.done) at the sink"
        if totals.failed > 0 { text += ", \(totals.failed) failed" }
        if totals.skipped > 0 { text += ", \(totals.skipped) skipped" }
        if uploads > 0 { text += ", \(uploads) begun and not ended" }
        return text
    }

    private var bytes: String {
        let bytes = run.totals.bytes
        var text = "\(bytes.read) read, \(bytes.written) written"
        if bytes.resumed > 0 { text += ", \(bytes.resumed) there from an earlier attempt" }
        return text
    }

    private func failure(_ item: EndedItem) -> String {
        switch item.outcome {
        case .failed(let sentence): "\(item.name) failed: \(sentence)"
        case .skipped(let sentence): "\(item.name) was skipped: \(sentence)"
        case .done: "\(item.name) is at the sink"
        }
    }
}

/// A word of a command line.
enum ShellWord {
    private static let plain = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,".unicodeScalars
    )

    /// The word as POSIX shells read it back: as it is, in single quotes, or, where it has control characters, in
    /// bash's `$'…'`, so that it can't move a terminal's cursor.
    static func quoted(_ word: String) -> String {
        if !word.isEmpty, word.unicodeScalars.allSatisfy(plain.contains) { return word }
        guard word.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }
        var text = "$'"
        for scalar in word.unicodeScalars {
            switch scalar {
            case "'", "\\": text += "\\" + String(scalar)
            case _ where scalar.properties.generalCategory == .control:
                for byte in String(scalar).utf8 { text += "\\x" + Hex.encode([byte]) }
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "'"
    }
}
