import SluiceCore
import Testing

@testable import SluiceEngine

/// How the files of one partition stand, without anybody who reads them.
@Suite struct CutPartitionTests {
    private func record(_ name: String, _ outcome: ItemRecord.Outcome = .copied) -> ItemRecord {
        ItemRecord(
            name: name,
            sinkName: name,
            outcome: outcome,
            bytesRead: 1,
            bytesWritten: 1,
            modified: nil,
            checksum: nil,
            entityTag: nil,
            isReadBack: false
        )
    }

    private let lost = CopyError(.transient, "the connection is lost")

    private func end(_ partition: inout CutPartition, _ record: ItemRecord, retries: Bool = true)
        -> CutPartition.Outcome
    {
        partition.end(record) { _, _, _ in retries ? .retry(after: .zero) : .giveUp }
    }

    private func names(_ outcome: CutPartition.Outcome) -> [String] {
        switch outcome {
        case .none: []
        case .again: ["again"]
        case .done(let records): records.map(\.name)
        case .failed(let record): ["failed", record.name]
        }
    }

    @Test("nothing is told of files before all of them are there")
    func held() {
        var partition = CutPartition()
        partition.begin()
        #expect(partition.wantsListing && partition.list() == 1 && !partition.wantsListing)
        partition.fileRead(isLast: false)
        #expect(names(end(&partition, record("1"))) == [])
        #expect(partition.wantsListing && partition.list() == 2)
        partition.fileRead(isLast: true)
        #expect(!partition.hasEnded && !partition.isReading)
        #expect(names(end(&partition, record("2"))) == ["1", "2"])
        #expect(partition.hasEnded && partition.stale.isEmpty)
        #expect(partition.state == KeptCut.Partition(reading: 1, begun: 2, files: 2))
    }

    @Test("another reading begins once no file of the one that broke is under way, and what it had more is stale")
    func again() {
        var partition = CutPartition()
        partition.begin()
        for file in 1...3 {
            #expect(partition.list() == file)
            partition.fileRead(isLast: false)
        }
        #expect(names(end(&partition, record("1"))) == [])
        #expect(names(end(&partition, record("2", .failed(lost)))) == ["again"])
        // The fourth is wanted, and not listed any more.
        #expect(!partition.wantsListing && !partition.isReading)
        guard case .open = partition.phase else { return #expect(Bool(false), "a file is under way") }
        #expect(names(end(&partition, record("3"))) == [])
        guard case .waiting = partition.phase else { return #expect(Bool(false), "it is to begin again") }
        partition.begin()
        #expect(partition.state == KeptCut.Partition(reading: 2, begun: 3, files: nil))
        #expect(partition.list() == 1)
        partition.fileRead(isLast: true)
        #expect(names(end(&partition, record("1"))) == ["1"])
        #expect(partition.stale == 1..<3)
        partition.staleRemoved()
        #expect(partition.stale.isEmpty && partition.state == KeptCut.Partition(reading: 2, begun: 1, files: 1))
    }

    @Test("what can't be mended is told once, and of the partition's other files nothing")
    func failed() {
        var partition = CutPartition()
        partition.begin()
        _ = partition.list()
        partition.fileRead(isLast: false)
        _ = partition.list()
        #expect(names(end(&partition, record("2", .failed(lost)), retries: false)) == ["failed", "2"])
        #expect(!partition.hasEnded)
        #expect(names(end(&partition, record("1"), retries: false)) == [] && partition.hasEnded)
        #expect(partition.state == KeptCut.Partition(reading: 1, begun: 2, files: nil))
    }

    @Test("files of an earlier attempt only need to be there, and where one isn't the partition is read")
    func kept() {
        let state = KeptCut.Partition(reading: 4, begun: 3, files: 2)
        for isGone in [false, true] {
            var partition = CutPartition(state)
            partition.begin()
            #expect(partition.reading == 4 && !partition.isReading)
            #expect(partition.list() == 1 && partition.list() == 2 && !partition.wantsListing)
            #expect(names(end(&partition, record("1", .resumed))) == [])
            let last = record("2", isGone ? .failed(KeptFileGone(name: "2")) : .resumed)
            #expect(names(end(&partition, last, retries: false)) == (isGone ? ["again"] : ["1", "2"]))
            #expect(partition.hasEnded == !isGone)
            guard isGone else { continue }
            partition.begin()
            #expect(partition.reading == 5 && partition.isReading && partition.list() == 1)
        }
    }

    @Test("what is kept of partitions comes back", arguments: [[], [1, 2, 3]] as [[UInt8]])
    func encoding(_ division: [UInt8]) {
        var kept = KeptCut()
        kept.division = division
        #expect(KeptCut(kept.encoded) == kept)
        kept.partitions = [.init(), .init(reading: 3, begun: 12, files: 7), .init(reading: 1, begun: 4, files: nil)]
        #expect(KeptCut(kept.encoded) == kept)
        #expect(KeptCut([1, 2]) == nil && KeptCut(Array("1,2".utf8) + [0]) == nil)
    }
}
