internal import Glibc
internal import SluiceCore
internal import SluiceLedger

/// A process of its own that uses a ledger: to be killed, to meet others, to run out of space, and to be measured.
///
///     SluiceLedgerProbe record DIRECTORY RUN FILE     items without end; FILE says how many are flushed
///     SluiceLedgerProbe fill DIRECTORY RUN COUNT      so many items, and what kept them from being recorded
///     SluiceLedgerProbe resume DIRECTORY RUN          takes hold of a run, or says why not
///     SluiceLedgerProbe measure DIRECTORY items|blocks|resume COUNT
@main
enum Probe {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 3 else { return print("SluiceLedgerProbe") }
        let directory = LedgerDirectory(path: arguments[1])
        do {
            switch arguments[0] {
            case "record": try record(directory, arguments[2], progress: arguments[3])
            case "fill": try fill(directory, arguments[2], count: Int(arguments[3]) ?? 0)
            case "resume": try Ledger(in: directory).resume(arguments[2]).finish(.interrupted, exitCode: 130)
            case "measure": try Measurement(directory, count: Int(arguments[3]) ?? 0).run(arguments[2])
            default: preconditionFailure("unknown: \(arguments[0])")
            }
        } catch let error as LedgerError {
            print(error.description)
            exit(9)
        }
    }

    private static func record(_ directory: LedgerDirectory, _ identifier: String, progress: String) throws {
        let ledger = try Ledger(in: directory)
        let run = try ledger.run(identifier) == nil ? ledger.begin(record(identifier)) : ledger.resume(identifier)
        let descriptor = open(progress, O_RDWR | O_CREAT, 0o600)
        // What was flushed by a predecessor is there and isn't recorded again.
        var count = 0
        _ = pread(descriptor, &count, MemoryLayout<Int>.size, 0)
        while true {
            for _ in 0..<100 {
                let begun = run.begin(begunItem(count))
                for ordinal in 0..<3 { run.record(block(ordinal), of: begun) }
                if count % 2 == 0 { run.end(endedItem(count), begun: begun) }
                count += 1
            }
            run.flush()
            _ = pwrite(descriptor, &count, MemoryLayout<Int>.size, 0)
        }
    }

    private static func fill(_ directory: LedgerDirectory, _ identifier: String, count: Int) throws {
        let run = try Ledger(in: directory).begin(record(identifier)) { print("problem: \($0.description)") }
        for number in 0..<count { run.end(endedItem(number)) }
        run.finish(.interrupted, exitCode: 130)
    }

    static func record(_ identifier: String) -> RunRecord {
        RunRecord(
            identifier: identifier,
            command: "copy",
            source: "/data/exports/",
            sink: "s3://warehouse/exports/",
            specification: "{}",
            fingerprint: [1],
            version: "0"
        )
    }

    /// A name of 34 bytes, as exports have them.
    static func name(_ number: Int) -> ItemName { ItemName("exports/2026/part-\(padded(number, 8)).parquet") }

    static func begunItem(_ number: Int) -> BegunItem {
        BegunItem(name: name(number), version: version(number), session: [1, 2, 3], plan: "8388608")
    }

    static func endedItem(_ number: Int) -> EndedItem {
        EndedItem(
            name: name(number),
            version: version(number),
            outcome: .done,
            bytesWritten: 10_000 + number,
            digest: Checksum(algorithm: .crc64nvme, value: UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
        )
    }

    private static func version(_ number: Int) -> SourceVersion {
        SourceVersion(
            size: 10_000 + number,
            modified: Timestamp(nanoseconds: 1_700_000_000_123_456_789 + Int64(number))
        )
    }

    static func block(_ ordinal: Int) -> BlockRecord {
        let digest = UInt64(ordinal + 1) &* 0x9E37_79B9_7F4A_7C15
        let checksum = Checksum(algorithm: .crc64nvme, value: digest)
        let receipt = BlockReceipt(
            ordinal: ordinal,
            length: 8 << 20,
            checksum: checksum,
            tag: "\"\(checksum.hex)\(checksum.hex)\""
        )
        return BlockRecord(receipt: receipt, offset: ordinal << 23, length: 8 << 20)
    }
}
