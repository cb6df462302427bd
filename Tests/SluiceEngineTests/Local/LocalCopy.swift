import SluiceCodecs
import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// One copy between files, run to its end, with what came of it.
struct LocalCopy: Sendable {
    let result: CopyResult
    let records: [ItemRecord]
    let errors: [Tally.ItemError]

    /// - Parameters:
    ///   - block: bytes of a block; nil for the engine's choice.
    ///   - source: read instead of the files at `from`.
    ///   - change: changes the specification before the run.
    static func run(
        _ from: String,
        _ to: String,
        codec: String = "none",
        block: Int? = nil,
        source: (any ObjectSource)? = nil,
        change: (inout CopySpecification) -> Void = { _ in }
    ) async throws -> LocalCopy {
        var specification = CopySpecification(source: try Location(parsing: from), sink: try Location(parsing: to))
        specification.codec = try SluiceCodecs.codec(named: codec)
        specification.blockSize = block.map { ByteCount($0) }
        change(&specification)
        try specification.check()
        let records = Locked<[ItemRecord]>([])
        let run = CopyRun(specification, source: source) { record in records.withLock { $0.append(record) } }
        let ending = Locked<Result<CopyResult, any Error>?>(nil)
        let hasEnded = await finishes { ending.withLock { $0 = Result { try run.execute() } } }
        try #require(hasEnded, "the copy hangs")
        let result = try #require(ending.withLock { $0 }).get()
        return LocalCopy(result: result, records: records.withLock { $0 }, errors: run.tally.reading.errors)
    }

    /// The names of the items that were copied, sorted by their bytes.
    var copied: [String] {
        let names = records.compactMap { if case .copied = $0.outcome { $0.name } else { nil } }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// What kept each other item from being copied.
    var failures: [String: any Failure] {
        let failed = records.compactMap { record in record.outcome.problem.map { (record.name, $0) } }
        return Dictionary(failed) { first, _ in first }
    }
}

extension ItemRecord.Outcome {
    /// Why the item was not copied; nil where it was.
    var problem: (any Failure)? {
        switch self {
        case .copied, .resumed, .unchanged: nil
        case .skipped(let failure), .failed(let failure): failure
        }
    }

    var isSkipped: Bool { if case .skipped = self { true } else { false } }
}

extension TemporaryDirectory {
    /// Files that a copy left under a temporary name.
    func leftovers() throws -> [String] { try tree().filter { $0.contains(".sluice-") } }
}
