import Glibc
import SluiceCodecs
import SluiceCore
import SluiceTables

// Measures delimited text in memory: `SluiceTableProbe FILE [RUNS]` reads the file's first 256 MiB and prints, as one
// object of JSON, bytes a second of one core for parsing and for encoding, and of the wall clock for two threads.
// `SluiceTableProbe FILE parse|encode PASSES` does one of these so often and prints how many bytes that were: for who
// measures the process.

/// Bytes that are given again and again.
final class Memory: ByteInput {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - offset)
        bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])) }
        offset += count
        return count
    }
}

func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// The least time of several runs.
func least(_ clock: clockid_t, _ runs: Int, _ body: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<runs {
        let start = seconds(clock)
        try body()
        best = min(best, seconds(clock) - start)
    }
    return best
}

let arguments = CommandLine.arguments
guard arguments.count >= 2, let file = fopen(arguments[1], "r") else {
    print("usage: SluiceTableProbe FILE.csv [RUNS]")
    exit(2)
}
var bytes = [UInt8](repeating: 0, count: 256 << 20)
let read = fread(&bytes, 1, bytes.count, file)
bytes.removeLast(bytes.count - read)
while let last = bytes.last, last != 10 { bytes.removeLast() }
if arguments.count == 4, let passes = Int(arguments[3]) {
    let format = DelimitedFormat()
    var done = 0
    if arguments[2] == "parse" {
        for _ in 0..<passes { try DelimitedReader(format, Memory(bytes)).forEach { _ in } }
        done = passes * bytes.count
    } else {
        let reader = try DelimitedReader(format, Memory(bytes))
        let encoder = try format.makeEncoder(reader.columns)
        let output = ByteOutput()
        try reader.forEach { batch in
            for _ in 0..<passes {
                try encoder.encode(batch, to: output)
                done += output.count
                output.removeAll()
            }
        }
    }
    print(done)
    exit(0)
}
let runs = arguments.count > 2 ? Int(arguments[2]) ?? 5 : 5
let format = DelimitedFormat()
let size = Double(bytes.count)

// What is copied into the reader's window is no part of parsing.
let copying = least(CLOCK_THREAD_CPUTIME_ID, runs) {
    let input = Memory(bytes)
    var window = [UInt8](repeating: 0, count: 256 << 10)
    while window.withUnsafeMutableBytes({ input.read(into: $0) }) > 0 {}
}
let parsing = try least(CLOCK_THREAD_CPUTIME_ID, runs) {
    try DelimitedReader(format, Memory(bytes)).forEach { _ in }
}
var written = 0
let both = try least(CLOCK_THREAD_CPUTIME_ID, runs) {
    let reader = try DelimitedReader(format, Memory(bytes))
    let encoder = try format.makeEncoder(reader.columns)
    let output = ByteOutput()
    written = 0
    try reader.forEach { batch in
        try encoder.encode(batch, to: output)
        written += output.count
        output.removeAll()
    }
}
func wall(_ reader: () throws -> any RowReader) throws -> Double {
    try least(CLOCK_MONOTONIC, runs) {
        let reader = try reader()
        let encoder = try format.makeEncoder(reader.columns)
        let output = ByteOutput()
        try reader.forEach { batch in
            try encoder.encode(batch, to: output)
            output.removeAll()
        }
    }
}
let serial = try wall { try DelimitedReader(format, Memory(bytes)) }
let parallel = try wall { try ParallelDelimitedReader(format, Memory(bytes), threads: 2) }
let rates = [
    ("bytes", size), ("parser", size / (parsing - copying)), ("encoder", Double(written) / (both - parsing)),
    ("parser_with_copy", size / parsing), ("serial_wall", size / serial), ("parallel_wall", size / parallel),
]
print("{" + rates.map { "\"\($0.0)\": \(Int($0.1))" }.joined(separator: ", ") + "}")
