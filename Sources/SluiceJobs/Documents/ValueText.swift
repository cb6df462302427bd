/// Values that documents write as text.
package enum ValueText {
    /// `[d.]hh:mm:ss[.fffffff]`; nil for anything else, and for hours above 23 and minutes and seconds above 59.
    package static func duration(_ text: String) -> Duration? {
        let fields = text.split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count == 3 else { return nil }
        let days = fields[0].split(separator: ".", omittingEmptySubsequences: false)
        let seconds = fields[2].split(separator: ".", omittingEmptySubsequences: false)
        guard days.count <= 2, seconds.count <= 2, let day = days.count == 2 ? number(days[0], 8) : 0,
            let hour = number(days[days.count - 1], 2),
            let minute = number(fields[1], 2), let second = number(seconds[0], 2), hour < 24, minute < 60, second < 60,
            let fraction = seconds.count == 2 ? number(seconds[1], 7) : 0
        else { return nil }
        let places = seconds.count == 2 ? seconds[1].utf8.count : 0
        let ticks = fraction * power(7 - places)
        return .seconds(((day * 24 + hour) * 60 + minute) * 60 + second) + .nanoseconds(ticks * 100)
    }

    private static func number(_ digits: Substring, _ most: Int) -> Int? {
        guard 1...most ~= digits.utf8.count, digits.utf8.allSatisfy({ 48...57 ~= $0 }) else { return nil }
        return Int(digits)
    }

    private static func power(_ exponent: Int) -> Int { (0..<exponent).reduce(1) { product, _ in product * 10 } }

    /// Whether a text that may be an address or a connection string holds what must not be read.
    static func holdsSecret(_ text: String) -> Bool {
        let text = text.lowercased().filter { $0 != " " }
        return ["accountkey=", "sharedaccesssignature=", "sig=", "pwd=", "password="].contains { text.contains($0) }
    }
}
