import FoundationEssentials
import Glibc
import SluiceTestSupport
import Testing

/// Whatever a server answers or a user's file holds, its parser neither traps nor hangs, and what it accepts keeps the
/// rules.
///
/// `SLUICE_FUZZ_SECONDS` is how long each parser is attacked, from the seed in `SLUICE_FIRST_SEED` on; without it, a fixed
/// number of inputs is tried. The input under way is kept in `SLUICE_FUZZ_DIRECTORY/PARSER`, where it is found after a trap.
@Suite struct FuzzTests {
    /// Those that `SLUICE_FUZZ_PARSERS` names, or all.
    private static let chosen: [FuzzTarget] = {
        let names = (getenv("SLUICE_FUZZ_PARSERS").map { String(cString: $0) } ?? "").split(separator: " ")
        return FuzzTarget.all.filter { target in names.isEmpty || names.contains { $0 == target.name } }
    }()

    /// Inputs of the short form: all parsers together take a few seconds.
    private static let standard = 1000
    private static let seconds = getenv("SLUICE_FUZZ_SECONDS").flatMap { Double(String(cString: $0)) }
    private static let directory = getenv("SLUICE_FUZZ_DIRECTORY").map { String(cString: $0) }

    @Test("no input breaks a parser", .timeLimit(.minutes(60)), arguments: chosen)
    func mutations(_ target: FuzzTarget) throws {
        let kept = FuzzTests.directory.map { open("\($0)/\(target.name)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644) }
        defer { kept.map { _ = close($0) } }
        let samples = target.samples + FuzzTests.corpus(target.name)
        let end = FuzzTests.seconds.map { ContinuousClock.now + .seconds($0) }
        var tried = 0
        for seed in FuzzTests.firstSeed... {
            var mutator = Mutator(samples: samples, words: target.words, seed: seed)
            for _ in 0..<FuzzTests.standard {
                let input = mutator.next()
                if let kept { FuzzTests.keep(input, kept) }
                try attack(target, input)
                tried += 1
            }
            guard let end, ContinuousClock.now < end else { break }
        }
        if FuzzTests.seconds != nil { print("fuzz: \(target.name): \(tried) inputs") }
    }

    @Test("what once broke a parser, and its samples, do not", arguments: FuzzTarget.all)
    func regressions(_ target: FuzzTarget) throws {
        for input in target.samples + FuzzTests.corpus(target.name) { try attack(target, input) }
    }

    /// Fails with the input where a rule is broken, or where it takes more time than any 64 KiB may.
    private func attack(_ target: FuzzTarget, _ input: [UInt8]) throws {
        let start = FuzzTests.processorTime
        do {
            try target.check(input)
        } catch let violation as Violation {
            Issue.record("\(violation) with \(FuzzTests.shown(input))")
            throw violation
        }
        let spent = FuzzTests.processorTime - start
        try #require(spent < FuzzTests.longest, "\(spent) s with \(FuzzTests.shown(input))")
    }

    /// Seconds of one processor: a thousand times what the slowest takes, even under a sanitizer.
    private static let longest = 20.0

    private static var processorTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static let firstSeed = UInt64(getenv("SLUICE_FIRST_SEED").flatMap { Int(String(cString: $0)) } ?? 0)

    private static func shown(_ input: [UInt8]) -> String {
        "\(input.count) bytes, base64: \(Data(input.prefix(3000)).base64EncodedString())"
    }

    /// One write, so that little time goes into it; what a longer input left behind is cut off.
    private static func keep(_ input: [UInt8], _ file: Int32) {
        _ = pwrite(file, input, input.count, 0)
        _ = ftruncate(file, input.count)
    }

    /// The files in `Corpus/PARSER`.
    private static func corpus(_ name: String) -> [[UInt8]] {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let files = try? FileManager.default.contentsOfDirectory(atPath: "/\(folder)/Corpus/\(name)")
        return (files ?? []).sorted().compactMap { file in
            FileManager.default.contents(atPath: "/\(folder)/Corpus/\(name)/\(file)").map { Array($0) }
        }
    }
}
