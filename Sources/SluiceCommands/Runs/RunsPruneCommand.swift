internal import ArgumentParser
internal import Glibc
internal import SluiceCore
internal import SluiceEngine
internal import SluiceLedger

/// `sluice runs prune`.
struct RunsPruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Forget old runs.",
        discussion: """
            What a run has left unfinished at its sink is taken back first, with the credentials of this environment. A run \
            of which something can't be reached stays.
            """
    )

    @Option(
        help: .init("Forget what ended longer ago: a number and m, h, d or w.", valueName: "age")
    )
    var olderThan = RunAge(days: 30)

    @Option(help: .init("Keep this many of the newest, however old.", valueName: "n"))
    var keep = 0

    @Flag(help: "Forget interrupted runs too: they can't be gone on with then.")
    var interrupted = false

    @Flag(help: "Show what would be forgotten, and forget nothing.")
    var dryRun = false

    func validate() throws {
        if keep < 0 { throw ValidationError("--keep must be at least 0") }
    }

    func run() throws {
        let ledger = try RunRegister.open(ProcessEnvironment.variables)
        let now = Timestamp.now
        let old = try ledger.ended(before: olderThan.before(now), keeping: keep)
            .filter { interrupted || $0.status != .interrupted }
        if dryRun {
            let old = old.filter { !$0.isUnload }
            StandardOutput.write(RunTable(old.reversed(), now: now, columns: Terminal.outputColumns).text)
            StandardError.shared.write("\(RunsPruneCommand.runs(old.count)) would be forgotten.\n")
            return
        }
        var (forgotten, kept) = (0, 0)
        for run in old {
            let recall = UploadRecall(run)
            guard recall.removeStaged() else {
                kept += 1
                StandardError.shared.write("\(Program.name): \(recall.sentenceOfStaging.printable)\n")
                continue
            }
            switch try ledger.forget(run, takingBack: { recall.takeBack($0) }) {
            case .forgotten: forgotten += run.isUnload ? 0 : 1
            case .inUse: break
            case .kept(let uploads):
                kept += 1
                StandardError.shared.write("\(Program.name): \(recall.sentence(left: uploads).printable)\n")
            }
        }
        if !old.isEmpty { try ledger.giveSpaceBack() }
        let stay = kept > 0 ? ", \(kept) can't be yet" : ""
        StandardError.shared.write("\(RunsPruneCommand.runs(forgotten)) forgotten\(stay).\n")
        if kept > 0 { throw ExitCode(RunOutcome.incomplete.exitCode) }
    }

    private static func runs(_ count: Int) -> String { count == 1 ? "1 run" : "\(count) runs" }
}

/// A length of time as `--older-than` takes it: `30d`.
struct RunAge: ExpressibleByArgument, Equatable {
    let seconds: Int64

    init(days: Int64) { seconds = days * 86400 }

    private static let units: [Character: Int64] = ["m": 60, "h": 3600, "d": 86400, "w": 7 * 86400]

    init?(argument: String) {
        guard let unit = argument.last.flatMap({ RunAge.units[$0] }), let count = Int64(argument.dropLast()),
            count >= 0,
            // Longer than any timestamp goes back.
            count < 1_000_000
        else { return nil }
        seconds = count * unit
    }

    /// As it is written, for the help.
    var defaultValueDescription: String { "\(seconds / 86400)d" }

    /// The moment that is so long before `now`.
    func before(_ now: Timestamp) -> Timestamp {
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return Timestamp(nanoseconds: .min) }
        let (moment, isBeyond) = now.nanoseconds.subtractingReportingOverflow(nanoseconds)
        return Timestamp(nanoseconds: isBeyond ? .min : moment)
    }
}

extension LedgerRun {
    /// Whether it is the first half of a staged copy, of which only the whole is told.
    fileprivate var isUnload: Bool { record.command == Ledger.unload }
}
