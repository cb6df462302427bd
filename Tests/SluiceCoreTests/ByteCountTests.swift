import SluiceCore
import Testing

@Suite struct ByteCountTests {
    @Test(
        "a size is read as the command line writes it",
        arguments: [
            ("0", 0), ("8388608", 8_388_608), ("1B", 1),
            ("8K", 8192), ("8KiB", 8192), ("8KB", 8000), ("8k", 8192), ("8kib", 8192),
            ("8M", 8 << 20), ("8MiB", 8 << 20), ("8MB", 8_000_000),
            ("3G", 3 << 30), ("3GiB", 3 << 30), ("3gb", 3_000_000_000),
            ("5T", 5 << 40), ("5TiB", 5 << 40), ("5TB", 5_000_000_000_000),
            ("1.5K", 1536), ("0.5MiB", 512 << 10), ("2.5MB", 2_500_000), ("1.", 1), (".5K", 512),
            ("9223372036854775807", .max), ("8388607T", 8_388_607 << 40), ("007", 7),
        ] as [(String, Int)]
    )
    func reading(text: String, bytes: Int) {
        #expect(ByteCount(parsing: text) == ByteCount(bytes))
    }

    @Test(
        "what is no size is refused",
        arguments: [
            "", " ", "-1", "+1", "K", "MiB", ".", "1.2.3", "1 M", " 1", "1M ", "1e3", "0x10", "1MiBs", "1PB",
            "9223372036854775808", "1e400K", "99999999999999999999G", "٣M", "1µ", "1Ki", "--1", "1,5M", "nan", "inf",
        ]
    )
    func refusal(text: String) {
        #expect(ByteCount(parsing: text) == nil)
    }

    @Test("a size that does not fit 63 bits is refused and not cut", arguments: ["8388608T", "9007199254740992K", "8.4e6T"])
    func overflow(text: String) {
        #expect(ByteCount(parsing: text) == nil)
    }

    @Test(
        "a size is printed in three figures",
        arguments: [
            (0, "0 B"), (1, "1 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (1536, "1.50 KiB"), (10 << 10, "10.0 KiB"),
            (100 << 10, "100 KiB"), (1 << 20, "1.00 MiB"), (1_600_000_000, "1.49 GiB"), (5 << 40, "5.00 TiB"),
            (1 << 60, "1024 PiB"),
            // Rounding must carry over: neither 10.00 KiB, nor 100.0 KiB, nor 1024 KiB.
            (10 * 1024 - 1, "10.0 KiB"), (100 * 1024 - 1, "100 KiB"), ((1 << 20) - 1, "1.00 MiB"),
            ((1 << 30) - 1, "1.00 GiB"), ((1 << 20) - 1025, "1023 KiB"),
        ] as [(Int, String)]
    )
    func printing(bytes: Int, text: String) {
        #expect(ByteCount(bytes).description == text)
    }

    @Test(
        "a number is written with a fixed number of places",
        arguments: [
            (0, 0, "0"), (0, 2, "0.00"), (1.005, 1, "1.0"), (0.05, 1, "0.1"), (-0.04, 1, "0.0"), (-1.5, 1, "-1.5"),
            (12.3456, 3, "12.346"), (0.001, 3, "0.001"), (999.95, 1, "1000.0"), (.infinity, 1, "-"), (.nan, 2, "-"),
        ] as [(Double, Int, String)]
    )
    func fixedPlaces(value: Double, places: Int, text: String) {
        #expect(fixed(value, places) == text)
    }

    @Test("sizes compare and count as numbers of bytes")
    func values() {
        #expect(ByteCount.kibibytes(1) == ByteCount(1024))
        #expect(ByteCount.mebibytes(1) == ByteCount.kibibytes(1024))
        #expect(ByteCount.gibibytes(1) == ByteCount.mebibytes(1024))
        #expect(ByteCount(1) < ByteCount(2))
    }
}
