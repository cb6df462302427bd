internal import Glibc

/// A moment of the week on the machine's own clock, as people there read it.
package struct LocalTime: Sendable, Equatable {
    /// Seconds since the night before Monday.
    package let secondOfWeek: Int

    package static let secondsInWeek = 7 * 86400

    /// - Parameter weekday: 0 for Monday.
    package init(weekday: Int, hour: Int, minute: Int, second: Int = 0) {
        secondOfWeek = ((weekday * 24 + hour) * 60 + minute) * 60 + second
    }

    /// Now, in the time zone of the machine or of `TZ`.
    package static var now: LocalTime {
        var moment = time(nil)
        var fields = unsafe tm()
        guard unsafe localtime_r(&moment, &fields) != nil else { return LocalTime(weekday: 0, hour: 0, minute: 0) }
        // C's week starts with Sunday; a leap second is the last one again.
        return unsafe LocalTime(
            weekday: (Int(fields.tm_wday) + 6) % 7,
            hour: Int(fields.tm_hour),
            minute: Int(fields.tm_min),
            second: min(59, Int(fields.tm_sec))
        )
    }
}
