package import SluiceCore

/// How many bytes a second may go, by the time of the week.
///
/// Written as one rate, `10M` or `10M/s`, or as a table of times from which rates hold: `08:00,512K 18:00,off` for every
/// day, `Mon-08:00,10M Fri-18:00,off` for days of the week. Where both name a moment, the day's own entry holds.
package struct BandwidthSchedule: Sendable, Equatable {
    /// A moment of the week from which a rate holds.
    private struct Entry: Sendable, Equatable {
        let second: Int
        /// Nil without a limit.
        let rate: ByteCount?
        let isDaily: Bool
    }

    /// What is wrong with a text, as a clause.
    package struct Malformed: Error, Equatable {
        package let what: String
    }

    /// In the order of the week; the last one holds until the first.
    private let entries: [Entry]

    /// A slower line gives each connection less than a server's patience.
    package static let least = ByteCount.kibibytes(1)

    /// The same rate at all times.
    package init(rate: ByteCount) { entries = [Entry(second: 0, rate: rate, isDaily: true)] }

    package init(parsing text: String) throws(Malformed) {
        let words = text.split(separator: " ").map(String.init)
        guard let first = words.first else { throw Malformed(what: "it is empty") }
        if words.count == 1, !first.contains(",") {
            entries = [Entry(second: 0, rate: try BandwidthSchedule.rate(first), isDaily: true)]
        } else {
            entries = try BandwidthSchedule.table(words)
        }
        guard entries.contains(where: { $0.rate != nil }) else { throw Malformed(what: "it sets no limit") }
    }

    /// The rate at a time; nil without a limit.
    package func rate(at time: LocalTime) -> ByteCount? {
        (entries.last { $0.second <= time.secondOfWeek } ?? entries.last)?.rate
    }

    /// Seconds until another entry holds; nil where there is just one.
    package func secondsToNextEntry(after time: LocalTime) -> Int? {
        guard entries.count > 1, let first = entries.first else { return nil }
        if let next = entries.first(where: { $0.second > time.secondOfWeek }) { return next.second - time.secondOfWeek }
        return first.second + LocalTime.secondsInWeek - time.secondOfWeek
    }

    // MARK: Reading

    private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    private static func table(_ words: [String]) throws(Malformed) -> [Entry] {
        var table: [Int: Entry] = [:]
        for word in words {
            for entry in try entries(word) {
                if let other = table[entry.second] {
                    guard other.isDaily != entry.isDaily else { throw Malformed(what: "two entries are for the time of \"\(word)\"") }
                    if entry.isDaily { continue }
                }
                table[entry.second] = entry
            }
        }
        return table.values.sorted { $0.second < $1.second }
    }

    /// The moments of one entry: `[DAY-]HH:MM,RATE`.
    private static func entries(_ word: String) throws(Malformed) -> [Entry] {
        let parts = word.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw Malformed(what: "\"\(word)\" is not a time and a rate with a comma between") }
        let rate = try rate(parts[1])
        let moment = parts[0].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard 1...2 ~= moment.count, let last = moment.last, let minute = minuteOfDay(last) else {
            throw Malformed(what: "\"\(parts[0])\" is not a time such as 08:00 or Mon-08:00")
        }
        guard moment.count == 2 else {
            return days.indices.map { Entry(second: ($0 * 1440 + minute) * 60, rate: rate, isDaily: true) }
        }
        guard let day = days.firstIndex(of: moment[0].lowercased()) else {
            throw Malformed(what: "\"\(moment[0])\" is not a day: Mon, Tue, Wed, Thu, Fri, Sat or Sun")
        }
        return [Entry(second: (day * 1440 + minute) * 60, rate: rate, isDaily: false)]
    }

    private static func minuteOfDay(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), 0..<24 ~= hour, 0..<60 ~= minute
        else { return nil }
        return hour * 60 + minute
    }

    /// `off`, or a size, with or without `/s`.
    private static func rate(_ text: String) throws(Malformed) -> ByteCount? {
        if text.lowercased() == "off" { return nil }
        let size = text.lowercased().hasSuffix("/s") ? String(text.dropLast(2)) : text
        guard let rate = ByteCount(parsing: size) else { throw Malformed(what: "\"\(text)\" is not a rate such as 10M, 500KB/s or off") }
        guard rate >= least else { throw Malformed(what: "\(text) is less than \(least) a second") }
        return rate
    }
}
