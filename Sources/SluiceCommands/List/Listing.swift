internal import ArgumentParser
internal import SluiceCore
internal import SluiceEngine

/// A list on standard output, its sums, and the outcome that they make.
final class Listing {
    /// What was listed.
    struct Sums: Equatable {
        var objects = 0
        var bytes = 0
        /// Objects whose size the source can't say.
        var unknown = 0
        var failed = 0

        var text: String {
            var text = "\(objects) \(objects == 1 ? "object" : "objects"), \(ByteCount(bytes))"
            if unknown > 0 { text += " and \(unknown) of unknown size" }
            if failed > 0 { text += ", \(failed) that can't be copied" }
            return text
        }
    }

    private(set) var sums = Sums()
    private let source: Location
    private let file: OutputFile
    private var listingFailure: (any Failure)?

    init(of source: Location) throws {
        self.source = source
        file = try OutputFile(path: "-")
    }

    /// Runs `body`, which lists, and tells the sums.
    /// - Throws: what goes wrong with standard output.
    func run(isQuiet: Bool, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch is OutputClosed {
        } catch {
            let failure = SluiceCore.failure(from: error)
            listingFailure = failure
            tell(failure)
        }
        file.flush()
        if file.isReaderGone { throw ExitCode(RunOutcome.failed.exitCode) }
        try file.finish()
        guard listingFailure == nil else { return }
        if sums.objects + sums.failed == 0 {
            tell(NothingToCopy(source: source))
        } else if !isQuiet {
            StandardError.shared.write(sums.text + "\n")
        }
    }

    /// Writes the line of an object.
    /// - Throws: when nobody reads on, so that the listing ends.
    func add(_ line: String, size: Int?) throws {
        sums.objects += 1
        sums.bytes += size ?? 0
        if size == nil { sums.unknown += 1 }
        try append(line)
    }

    private func append(_ line: String) throws {
        file.append(line.utf8)
        if file.hasFailed { throw OutputClosed() }
    }

    /// Tells of an entry that can't be copied, and writes its line.
    func fail(_ line: String, _ failure: any Failure) throws {
        sums.failed += 1
        try append(line)
        tell(failure)
    }

    private func tell(_ failure: any Failure) {
        StandardError.shared.write("\(Program.name): \(failure.description.printable)\n")
    }

    var outcome: RunOutcome {
        var facts = RunFacts()
        facts.listingFailure = listingFailure?.kind
        facts.sourceIsContainer = source.isContainer
        facts.copied = sums.objects
        facts.failed = sums.failed
        return RunOutcome(facts)
    }
}

/// A source in which there is nothing.
struct NothingToCopy: Failure, Equatable {
    let source: Location

    var kind: FailureKind { .notFound }
    var what: String { "there is nothing to copy in \"\(source)\"" }
    var cause: String? { nil }
    var advice: String? { "Check the path and the options that select" }
}

/// Standard output takes no more.
private struct OutputClosed: Error {}
