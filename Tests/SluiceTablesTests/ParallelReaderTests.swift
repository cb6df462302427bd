import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceTables

/// Several threads read what one does: rows, places, bad rows and errors.
@Suite(.timeLimit(.minutes(30))) struct ParallelReaderTests {
    private struct Reading: Equatable {
        var columns: [Column] = []
        var rows: [[[UInt8]?]] = []
        var places: [RowPlace] = []
        var bad: [BadRow] = []
        var error: String?
    }

    private func read(limit: Int?, _ open: (BadRows) throws -> any RowReader) -> Reading {
        var reading = Reading()
        do {
            let reader = try open(BadRows(limit: limit) { reading.bad.append($0) })
            reading.columns = reader.columns
            try reader.forEach { batch in
                for row in 0..<batch.count {
                    reading.rows.append(batch.values.map { $0.bytes(row).map { Array($0) } })
                    reading.places.append(batch.place(of: row))
                }
            }
        } catch {
            reading.error = "\(error)"
        }
        return reading
    }

    private static func format(_ change: (inout DelimitedFormat) -> Void) -> DelimitedFormat {
        var format = DelimitedFormat()
        change(&format)
        return format
    }

    private static let formats = [
        DelimitedFormat(),
        format {
            $0.hasHeader = false
            $0.delimiter = [9]
            $0.quote = nil
            $0.escape = UInt8(ascii: "\\")
        },
        format {
            $0.delimiter = Array("||".utf8)
            $0.rowDelimiter = Array("~\n".utf8)
            $0.escape = UInt8(ascii: "\\")
        },
        format {
            $0.encoding = "UTF-16LE"
            $0.skippedLines = 1
        },
    ]

    private static let words = [
        "a", "bc", ",", ",", "\n", "\n", "\"", "\"\"", "\",\"", "\r\n", "\r", "é", "\\", "\\\n", "||", "~\n", "\t",
        "\"x\ny\"", "1,2\n", "a||b~\n", "", "long long long text", "\u{FEFF}",
    ]

    /// A header, and rows that are right, mostly right, or anything.
    private static func text(_ random: inout SeededGenerator, _ format: DelimitedFormat) -> [UInt8] {
        var text = ""
        let end = format.rowDelimiter.map { String(decoding: $0, as: UTF8.self) } ?? "\n"
        let delimiter = String(decoding: format.delimiter, as: UTF8.self)
        let wildness = Int.random(in: 0...3, using: &random)
        for _ in 0..<Int.random(in: 0...60, using: &random) {
            if Int.random(in: 0..<8, using: &random) < wildness {
                for _ in 0..<Int.random(in: 1...6, using: &random) { text += words.randomElement(using: &random)! }
            } else {
                let quoted = Int.random(in: 0..<3, using: &random) == 0
                let inner = quoted ? "\"q\(end)\(delimiter)\"\"\(end)\"" : "plain"
                text += "\(Int.random(in: 0...99, using: &random))\(delimiter)\(inner)\(end)"
            }
        }
        guard format.encoding != nil else {
            var bytes = Array(text.utf8)
            if wildness == 3, !bytes.isEmpty { bytes[Int.random(in: 0..<bytes.count, using: &random)] = 0xFF }
            return bytes
        }
        return text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    }

    @Test("any text, by pieces of any size", arguments: formats.indices)
    func same(_ index: Int) throws {
        let format = Self.formats[index]
        var random = SeededGenerator(seed: UInt64(index) + 40)
        for round in 0..<150 {
            let text = Self.text(&random, format)
            let limit = Bool.random(using: &random) ? nil : Int.random(in: 0...2, using: &random)
            // Beyond every piece, so that both know the same.
            let longest = Bool.random(using: &random) ? 1 << 20 : 300
            let serial = read(limit: limit) { bad in
                try DelimitedReader(format, BytesInput(text), badRows: bad, window: 64, longestRow: longest)
            }
            for size in [64, 65, 70, 96, 128, 200, 256].shuffled(using: &random).prefix(3) {
                let threads = Int.random(in: 1...3, using: &random)
                let piece = Int.random(in: 1...300, using: &random)
                let parallel = read(limit: limit) { bad in
                    try ParallelDelimitedReader(
                        format,
                        BytesInput(text, piece: piece),
                        badRows: bad,
                        threads: threads,
                        window: size,
                        longestRow: longest
                    )
                }
                #expect(
                    parallel == serial,
                    "round \(round), pieces of \(size), \(threads) threads: \(String(decoding: text, as: UTF8.self).debugDescription)"
                )
            }
        }
    }

    @Test("a large text with line feeds in values, by the usual pieces")
    func large() throws {
        var random = SeededGenerator(seed: 9)
        var text = "id,text,more\n"
        for row in 0..<60_000 {
            let inner =
                Int.random(in: 0..<4, using: &random) == 0 ? "\"line\n\(row),x,y\nand \"\"more\"\"\"" : "plain \(row)"
            text += "\(row),\(inner),\(row * 7)\n"
        }
        let bytes = Array(text.utf8)
        let serial = read(limit: 0) { try DelimitedReader(DelimitedFormat(), BytesInput(bytes), badRows: $0) }
        let parallel = read(limit: 0) {
            try ParallelDelimitedReader(DelimitedFormat(), BytesInput(bytes), badRows: $0, threads: 2)
        }
        #expect(serial.rows.count == 60_000)
        #expect(parallel == serial)
    }

    @Test("a reader that is left early ends")
    func early() throws {
        let text = "a,b\n" + String(repeating: "1,2\n", count: 200_000)
        let reader = try ParallelDelimitedReader(DelimitedFormat(), BytesInput(text), threads: 3, window: 1 << 12)
        var rows = 0
        #expect(try reader.next { rows += $0.count })
        #expect(rows > 0)
    }
}
