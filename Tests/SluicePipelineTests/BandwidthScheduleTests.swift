import SluiceCore
import SluicePipeline
import Testing

@Suite struct BandwidthScheduleTests {
    @Test("one rate holds at all times", arguments: [("10M", 10 << 20), ("10M/s", 10 << 20), ("500KB/S", 500_000), ("1.5MiB", 3 << 19), ("1024", 1024)])
    func single(text: String, bytes: Int) throws {
        let schedule = try BandwidthSchedule(parsing: text)
        for day in 0..<7 { #expect(schedule.rate(at: LocalTime(weekday: day, hour: 23, minute: 59)) == ByteCount(bytes)) }
        #expect(schedule.secondsToNextEntry(after: LocalTime(weekday: 0, hour: 0, minute: 0)) == nil)
    }

    @Test(
        "a table's rates hold from their times on, round the clock and the week",
        arguments: [
            ("08:00,10M 18:00,off", 0, 8, 0, 10, 36000), ("08:00,10M 18:00,off", 0, 7, 59, nil, 60),
            ("08:00,10M 18:00,off", 3, 18, 0, nil, 50400), ("08:00,10M 18:00,off", 6, 23, 59, nil, 28860),
            ("18:00,off 08:00,10M", 6, 9, 30, 10, 30600),
            ("Mon-08:00,1M Fri-18:00,2M", 0, 7, 0, 2, 3600), ("Mon-08:00,1M Fri-18:00,2M", 4, 17, 59, 1, 60),
            ("Mon-08:00,1M Fri-18:00,2M", 6, 0, 0, 2, 115_200), ("mon-08:00,1M FRI-18:00,2M", 5, 0, 0, 2, 201_600),
            ("08:00,1M Sun-08:00,2M", 6, 8, 0, 2, 86400), ("Sun-08:00,2M 08:00,1M", 6, 9, 0, 2, 82800),
            ("Wed-12:00,3M 00:00,1M", 2, 13, 0, 3, 39600), ("Wed-12:00,3M 00:00,1M", 3, 0, 0, 1, 86400),
        ] as [(String, Int, Int, Int, Int?, Int)]
    )
    func table(text: String, day: Int, hour: Int, minute: Int, mebibytes: Int?, next: Int) throws {
        let schedule = try BandwidthSchedule(parsing: text)
        let time = LocalTime(weekday: day, hour: hour, minute: minute)
        #expect(schedule.rate(at: time) == mebibytes.map { ByteCount.mebibytes($0) })
        #expect(schedule.secondsToNextEntry(after: time) == next)
    }

    @Test(
        "what is malformed is refused with its own words",
        arguments: [
            ("", "empty"), ("off", "no limit"), ("fast", "\"fast\" is not a rate"), ("100", "less than 1.00 KiB"), ("-1M", "not a rate"),
            ("8:00,1M", "\"8:00\" is not a time"), ("24:00,1M", "not a time"), ("08:60,1M", "not a time"), ("08.00,1M", "not a time"),
            ("+8:00,1M", "not a time"), ("08:00,1M,2M", "comma"), ("08:00", "not a rate"), ("08:00,1M 18:00", "comma"),
            ("Abc-08:00,1M", "\"Abc\" is not a day"), ("Mon-Tue-08:00,1M", "not a time"), ("08:00,1M 08:00,2M", "two entries"),
            ("Mon-08:00,1M mon-08:00,2M", "two entries"), ("08:00,off 18:00,off", "no limit"), ("08:00,", "not a rate"),
        ]
    )
    func malformed(text: String, words: String) throws {
        let error = #expect(throws: BandwidthSchedule.Malformed.self) { try BandwidthSchedule(parsing: text) }
        #expect(error?.what.contains(words) == true, "\(error?.what ?? "")")
    }
}
