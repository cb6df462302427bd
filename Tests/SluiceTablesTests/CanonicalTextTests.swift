import SluiceTestSupport
import Testing

@testable import SluiceTables

/// What we write is what Python's standard library makes of the same value, and is read back as that value.
@Suite struct CanonicalTextTests {
    /// Numbers of every length, and the ends of all ranges.
    private static func numbers(_ random: inout SeededGenerator) -> [UInt64] {
        var values: [UInt64] = [0, .max, 1 << 63, (1 << 63) - 1, 1 << 53, (1 << 53) + 1]
        var power: UInt64 = 1
        for _ in 0..<19 {
            power *= 10
            values += [power - 1, power, power + 1]
        }
        for _ in 0..<2000 { values.append(random.next() >> UInt64.random(in: 0..<64, using: &random)) }
        return values
    }

    @Test("numbers are written as Python writes them, and read back")
    func everyNumber() throws {
        var random = SeededGenerator(seed: 1)
        var lines: [String] = []
        for bits in CanonicalTextTests.numbers(&random) {
            let unsigned = written { CanonicalText.write(bits, at: $0) }
            #expect(read(unsigned, ValueText.unsigned) == bits)
            let signed = written { CanonicalText.write(Int64(bitPattern: bits), at: $0) }
            #expect(read(signed, ValueText.signed) == Int64(bitPattern: bits))
            let double = Double(bitPattern: bits)
            let real = written { CanonicalText.write(double, at: $0) }
            let readReal = try #require(read(real, ValueText.double))
            #expect(readReal.bitPattern == bits || (double.isNaN && readReal.isNaN), "\(real)")
            let float = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
            let short = written { CanonicalText.write(float, at: $0) }
            let readShort = try #require(read(short, ValueText.float))
            #expect(readShort.bitPattern == float.bitPattern || (float.isNaN && readShort.isNaN), "\(short)")
            lines.append("\(bits) \(unsigned) \(signed) \(real) \(short)")
        }
        #expect(try python(CanonicalTextTests.numberProgram, over: lines) == "\(lines.count) lines\n")
    }

    private static let numberProgram = """
        import struct, sys
        count = 0
        for line in sys.stdin:
            bits, unsigned, signed, real, short = line.split()
            bits, count = int(bits), count + 1
            assert unsigned == str(bits), line
            assert signed == str(struct.unpack("<q", struct.pack("<Q", bits))[0]), line
            value = struct.unpack("<d", struct.pack("<Q", bits))[0]
            assert real == {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(repr(value), repr(value)), line
            value = struct.unpack("<f", struct.pack("<I", bits & 0xFFFFFFFF))[0]
            back = struct.unpack("<f", struct.pack("<f", float(short)))[0]
            assert back == value or value != value and short == "NaN", line
            assert len(short.lstrip("-").replace(".", "").split("e")[0].strip("0")) <= 9 or "I" in short, line
        print(count, "lines")
        """

    @Test("dates and times are written as Python writes them, and read back")
    func everyTime() throws {
        var random = SeededGenerator(seed: 2)
        var lines: [String] = []
        for round in 0..<2000 {
            // Years 1 to 9999, which is what Python knows, and all that 32 bits of days hold.
            let days =
                round % 2 == 0
                ? Int32.random(in: -719_162...2_932_896, using: &random) : .random(in: .min ... .max, using: &random)
            let date = written { CanonicalText.write(days: Int64(days), at: $0) }
            #expect(read(date, ValueText.days) == days)
            let grain: Int64 = [1, 1000, 1_000_000, 1_000_000_000, 60_000_000_000].randomElement(using: &random)!
            let time = Int64.random(in: 0..<86_400_000_000_000, using: &random) / grain * grain
            let timeText = written { CanonicalText.write(nanoseconds: time, at: $0) }
            #expect(read(timeText, ValueText.nanoseconds) == time)
            let moment = Moment(
                seconds: Int64(days) * 86400 + time / 1_000_000_000,
                nanoseconds: Int32(time % 1_000_000_000),
                offset: [0, 7200, -12600, 1172, -86399].randomElement(using: &random)!
            )
            let instant = written { CanonicalText.write(moment, isInstant: true, at: $0) }
            #expect(read(instant, { ValueText.moment($0, isInstant: true) }) == moment)
            let local = Moment(seconds: moment.seconds, nanoseconds: moment.nanoseconds)
            let timestamp = written { CanonicalText.write(local, isInstant: false, at: $0) }
            #expect(read(timestamp, { ValueText.moment($0, isInstant: false) }) == local)
            lines.append("\(days),\(time),\(moment.offset),\(date),\(timeText),\(timestamp),\(instant)")
        }
        #expect(try python(CanonicalTextTests.timeProgram, over: lines) == "\(lines.count) lines\n")
    }

    /// Python's calendar ends with the year 9999; what is beyond repeats after 400 years.
    private static let timeProgram = """
        import datetime, sys

        def date(days):
            eras = 0 if -700000 < days < 2900000 else days // 146097 - 2
            day = datetime.date(1970, 1, 1) + datetime.timedelta(days - eras * 146097)
            year = day.year + eras * 400
            sign = "-" if year < 0 else "+" if year > 9999 else ""
            return f"{sign}{abs(year):04d}-{day.month:02d}-{day.day:02d}"

        def clock(nanoseconds):
            seconds, fraction = divmod(nanoseconds, 10**9)
            text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
            return text + (f".{fraction:09d}".rstrip("0") if fraction else "")

        count = 0
        for line in sys.stdin:
            days, time, offset, *texts = line.strip().split(",")
            days, time, offset, count = int(days), int(time), int(offset), count + 1
            day, rest = divmod(days * 86400 * 10**9 + time + offset * 10**9, 86400 * 10**9)
            zone = "Z"
            if offset:
                parts = abs(offset) // 3600, abs(offset) // 60 % 60, abs(offset) % 60
                zone = "-+"[offset > 0] + ":".join(f"{part:02d}" for part in parts[: 3 if parts[2] else 2])
            local = date(days) + " " + clock(time)
            assert texts == [date(days), clock(time), local, date(day) + " " + clock(rest) + zone], (line, texts, local)
        print(count, "lines")
        """

    @Test("decimals keep every digit, as Python's do")
    func everyDecimal() throws {
        var random = SeededGenerator(seed: 3)
        let lines = (0..<3000).map { _ in
            var text = ["", "-", "+"].randomElement(using: &random)!
            let digits = { (count: Int) in
                String((0..<count).map { _ in "0001234567890".randomElement(using: &random)! })
            }
            let whole = Int.random(in: 0...40, using: &random)
            text += digits(whole)
            if Bool.random(using: &random) || whole == 0 {
                text += "." + digits(Int.random(in: 1...30, using: &random))
            }
            if Bool.random(using: &random) {
                text += "eE".randomElement(using: &random)!.description + "\(Int.random(in: -50...50, using: &random))"
            }
            return "\(text) \(decimal(text) ?? "nothing")"
        }
        let program = """
            import decimal, sys
            decimal.getcontext().prec = 200
            count = 0
            for line in sys.stdin:
                given, made = line.split()
                value, count = decimal.Decimal(given), count + 1
                assert made == format(value if value else abs(value), "f"), line
            print(count, "lines")
            """
        #expect(try python(program, over: lines) == "\(lines.count) lines\n")
    }

    @Test("uuids and bytes are written as Python writes them, and read back")
    func everyIdentifier() throws {
        var random = SeededGenerator(seed: 4)
        let lines = (0..<200).map { _ in
            let bytes = random.bytes(16)
            let text = written { CanonicalText.write(uuid: bytes, at: $0) }
            let back = [UInt8](unsafeUninitializedCapacity: 16) { room, count in
                count = ValueText.uuid(Array(text.utf8).span, to: room.baseAddress!) ? 16 : 0
            }
            #expect(back == bytes)
            return "\(bytes.map { String($0) }.joined(separator: " ")),\(text)"
        }
        let program = """
            import sys, uuid
            count = 0
            for line in sys.stdin:
                given, made = line.strip().split(",")
                assert made == str(uuid.UUID(bytes=bytes(map(int, given.split())))), line
                count += 1
            print(count, "lines")
            """
        #expect(try python(program, over: lines) == "\(lines.count) lines\n")
    }
}
