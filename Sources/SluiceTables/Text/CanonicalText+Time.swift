extension CanonicalText {
    /// A day that is `days` after 1970-01-01.
    @unsafe static func write(days: Int64, at place: UnsafeMutablePointer<UInt8>) -> Int {
        let date = CivilDate(days: days)
        var next = unsafe place
        let year = date.year.magnitude
        if date.year < 0 || date.year > 9999 {
            unsafe next[0] = date.year < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")
            unsafe next += 1
        }
        if year < 10000 {
            unsafe two(Int(year / 100), at: next)
            unsafe two(Int(year % 100), at: next + 2)
            unsafe next += 4
        } else {
            unsafe next += write(UInt64(year), at: next)
        }
        unsafe next[0] = UInt8(ascii: "-")
        unsafe two(date.month, at: next + 1)
        unsafe next[3] = UInt8(ascii: "-")
        unsafe two(date.day, at: next + 4)
        return unsafe next + 6 - place
    }

    /// A time of day, 0 to 86,400,000,000,000: databases know 24:00:00.
    @unsafe static func write(nanoseconds: Int64, at place: UnsafeMutablePointer<UInt8>) -> Int {
        let second = nanoseconds / 1_000_000_000
        unsafe two(Int(second / 3600), at: place)
        unsafe place[2] = UInt8(ascii: ":")
        unsafe two(Int(second / 60 % 60), at: place + 3)
        unsafe place[5] = UInt8(ascii: ":")
        unsafe two(Int(second % 60), at: place + 6)
        var fraction = nanoseconds % 1_000_000_000
        guard fraction != 0 else { return 8 }
        unsafe place[8] = UInt8(ascii: ".")
        var count = 9
        while fraction % 10 == 0 {
            fraction /= 10
            count -= 1
        }
        for index in stride(from: count, to: 0, by: -1) {
            unsafe place[8 + index] = UInt8(truncatingIfNeeded: fraction % 10) &+ 48
            fraction /= 10
        }
        return 9 + count
    }

    /// A date and a time of day; with its offset where `isInstant`.
    @unsafe static func write(_ moment: Moment, isInstant: Bool, at place: UnsafeMutablePointer<UInt8>) -> Int {
        let local = moment.seconds &+ (isInstant ? Int64(moment.offset) : 0)
        let day = local.floorDivided(by: 86400)
        var next = unsafe place + write(days: day, at: place)
        unsafe next[0] = UInt8(ascii: " ")
        unsafe next += 1
        unsafe next += write(nanoseconds: (local &- day &* 86400) * 1_000_000_000 + Int64(moment.nanoseconds), at: next)
        guard isInstant else { return unsafe next - place }
        guard moment.offset != 0 else {
            unsafe next[0] = UInt8(ascii: "Z")
            return unsafe next + 1 - place
        }
        let offset = Int(moment.offset.magnitude)
        unsafe next[0] = moment.offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")
        unsafe two(offset / 3600, at: next + 1)
        unsafe next[3] = UInt8(ascii: ":")
        unsafe two(offset / 60 % 60, at: next + 4)
        guard offset % 60 != 0 else { return unsafe next + 6 - place }
        // Local mean times of the nineteenth century.
        unsafe next[6] = UInt8(ascii: ":")
        unsafe two(offset % 60, at: next + 7)
        return unsafe next + 9 - place
    }

    /// Two digits of a number below 100.
    @unsafe @inline(__always)
    private static func two(_ value: Int, at place: UnsafeMutablePointer<UInt8>) {
        let tens = (value &* 103) &>> 10
        unsafe place[0] = UInt8(truncatingIfNeeded: tens) &+ 48
        unsafe place[1] = UInt8(truncatingIfNeeded: value &- tens &* 10) &+ 48
    }
}
