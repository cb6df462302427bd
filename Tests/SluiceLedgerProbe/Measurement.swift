internal import Glibc
internal import SluiceCore
internal import SluiceLedger

/// What records cost: prints the producer's and the process' microseconds a record, and memory. The file's size is seen
/// once `sqlite3` has opened and closed it: that puts the WAL into it.
struct Measurement {
    private let directory: LedgerDirectory
    private let count: Int

    init(_ directory: LedgerDirectory, count: Int) {
        self.directory = directory
        self.count = count
    }

    func run(_ what: String) throws {
        let opening = Clock.now
        let ledger = try Ledger(in: directory)
        print("open \(fixed(Double(Clock.now.wall - opening.wall) / 1e6, 2)) ms")
        switch what {
        case "items": try items(ledger)
        case "blocks": try blocks(ledger)
        default: try resume(ledger)
        }
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        print("memory \(fixed(Double(usage.ru_maxrss) / 1024, 1)) MiB")
    }

    private func items(_ ledger: Ledger) throws {
        let run = try ledger.begin(Probe.record("measured"))
        // Made beforehand where it is not the ledger's cost.
        let item = Probe.endedItem(7)
        let start = Clock.now
        for _ in 0..<count { run.end(item) }
        let recorded = Clock.now
        run.finish(.interrupted, exitCode: 130)
        tell("same item", start, recorded, Clock.now)

        let again = try ledger.begin(Probe.record("measured again"))
        let second = Clock.now
        for number in 0..<count { again.end(Probe.endedItem(number)) }
        let secondRecorded = Clock.now
        again.finish(.interrupted, exitCode: 130)
        tell("item, made as well", second, secondRecorded, Clock.now)
    }

    private func blocks(_ ledger: Ledger) throws {
        let run = try ledger.begin(Probe.record("measured"))
        let blocks = (0..<1000).map { Probe.block($0) }
        // As many uploads at a time as there are connections.
        let uploads = (0..<16).map { run.begin(Probe.begunItem($0)) }
        let start = Clock.now
        for number in 0..<count {
            var block = blocks[number % 1000]
            let (ordinal, upload) = number.quotientAndRemainder(dividingBy: 16)
            block.receipt = BlockReceipt(
                ordinal: ordinal,
                length: block.length,
                checksum: block.receipt.checksum,
                tag: block.receipt.tag
            )
            run.record(block, of: uploads[upload])
        }
        let recorded = Clock.now
        run.finish(.interrupted, exitCode: 130)
        tell("block", start, recorded, Clock.now)
    }

    /// Goes on with the run that `items` has left.
    private func resume(_ ledger: Ledger) throws {
        var start = Clock.now
        let run = try ledger.resume("measured again")
        start = tell("resume", 1, since: start)
        var found = 0
        for number in 0..<count where run.lookup(Probe.name(number)) != nil { found += 1 }
        precondition(found == count)
        start = tell("lookup", count, since: start)
        run.finish(.succeeded, exitCode: 0)
        start = tell("forgetting", 1, since: start)
        _ = try ledger.prune(endedBefore: .now)
        _ = tell("prune", 1, since: start)
    }

    private func tell(_ what: String, _ count: Int, since start: Clock) -> Clock {
        let end = Clock.now
        let (time, work) = (Double(end.wall - start.wall) / 1e3, Double(end.process - start.process) / 1e3)
        print("\(what): \(fixed(work / Double(count), 2)) µs of CPU, \(fixed(time / Double(count), 2)) µs of time each")
        return .now
    }

    private func tell(_ what: String, _ start: Clock, _ recorded: Clock, _ end: Clock) {
        let records = Double(count) * 1e3
        let producer = Double(recorded.thread - start.thread) / records
        let all = Double(end.process - start.process) / records
        print(
            "\(what): producer \(fixed(producer, 3)) µs, all threads \(fixed(all, 3)) µs of CPU a record; "
                + "\(fixed(Double(end.wall - start.wall) / records, 3)) µs of time, recorded after "
                + "\(fixed(Double(recorded.wall - start.wall) / records, 3))"
        )
    }
}

/// The clocks of a moment, in nanoseconds.
private struct Clock {
    let wall: Int
    let thread: Int
    let process: Int

    static var now: Clock {
        Clock(
            wall: read(CLOCK_MONOTONIC),
            thread: read(CLOCK_THREAD_CPUTIME_ID),
            process: read(CLOCK_PROCESS_CPUTIME_ID)
        )
    }

    private static func read(_ clock: clockid_t) -> Int {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }
}
