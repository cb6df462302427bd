package import SluiceCore

/// A format of times as .NET has them, in its invariant culture: `yyyy-MM-dd'T'HH:mm:ss.fff`.
package struct TimeFormat: Sendable, Hashable {
    private enum Piece: Sendable, Hashable {
        case literal(String)
        /// A letter that comes so often.
        case field(Character, Int)
    }

    private let pieces: [Piece]

    /// `o`: what `utcNow()` gives where no format is named.
    package static let standard = TimeFormat(pattern: "yyyy-MM-ddTHH:mm:ss.fffffffZ")!

    /// Formats that are one letter.
    private static let named: [String: String] = [
        "o": "yyyy-MM-ddTHH:mm:ss.fffffffZ", "O": "yyyy-MM-ddTHH:mm:ss.fffffffZ", "s": "yyyy-MM-ddTHH:mm:ss",
        "u": "yyyy-MM-dd HH:mm:ssZ", "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'", "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
        "d": "MM/dd/yyyy", "D": "dddd, dd MMMM yyyy", "t": "HH:mm", "T": "HH:mm:ss", "g": "MM/dd/yyyy HH:mm",
        "G": "MM/dd/yyyy HH:mm:ss",
    ]

    /// Nil for a format that there is not.
    package init?(_ text: String) {
        guard let pattern = text.unicodeScalars.count > 1 ? text : TimeFormat.named[text.isEmpty ? "G" : text] else {
            return nil
        }
        self.init(pattern: pattern)
    }

    private init?(pattern: String) {
        var pieces: [Piece] = []
        var rest = Substring(pattern)
        while let letter = rest.first {
            switch letter {
            case "'", "\"":
                let quoted = rest.dropFirst().prefix { $0 != letter }
                guard quoted.count + 2 <= rest.count else { return nil }
                pieces.append(.literal(String(quoted)))
                rest = rest.dropFirst(quoted.count + 2)
            case "\\":
                guard let next = rest.dropFirst().first else { return nil }
                pieces.append(.literal(String(next)))
                rest = rest.dropFirst(2)
            case "%": rest = rest.dropFirst()
            default:
                let count = rest.prefix { $0 == letter }.count
                if let most = TimeFormat.letters[letter] {
                    guard count <= most else { return nil }
                    pieces.append(.field(letter, count))
                } else {
                    pieces.append(.literal(String(rest.prefix(count))))
                }
                rest = rest.dropFirst(count)
            }
        }
        self.pieces = pieces
    }

    /// Letters with a meaning, and how often they may come; `g`, the era, is none of them.
    private static let letters: [Character: Int] = [
        "y": 5, "M": 4, "d": 4, "H": 2, "h": 2, "m": 2, "s": 2, "f": 7, "F": 7, "t": 2, "z": 3, "K": 1,
    ]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let days = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"]

    /// `moment` in UTC.
    package func text(_ moment: Timestamp) -> String {
        let civil = CivilTime(moment)
        let fraction = Int(moment.nanoseconds - Timestamp(seconds: moment.seconds).nanoseconds)
        var text = ""
        for piece in pieces {
            switch piece {
            case .literal(let plain): text += plain
            case .field("F", let count):
                var digits = Substring(padded(fraction, 9).prefix(count))
                while digits.last == "0" { digits = digits.dropLast() }
                // The point in front goes, too, where nothing follows it.
                if digits.isEmpty, text.last == "." { text.removeLast() }
                text += digits
            case .field(let letter, let count): text += TimeFormat.field(letter, count, civil, fraction)
            }
        }
        return text
    }

    private static func field(_ letter: Character, _ count: Int, _ civil: CivilTime, _ fraction: Int) -> String {
        let noon = civil.hour % 12 == 0 ? 12 : civil.hour % 12
        switch letter {
        case "y": return count > 2 ? padded(civil.year, count) : padded(civil.year % 100, count)
        case "M": return count > 2 ? name(months[civil.month - 1], count) : padded(civil.month, count)
        case "d" where count > 2: return name(days[(civil.dayNumber % 7 + 7) % 7], count)
        case "d": return padded(civil.day, count)
        case "H": return padded(civil.hour, count)
        case "h": return padded(noon, count)
        case "m": return padded(civil.minute, count)
        case "s": return padded(civil.second, count)
        case "f": return String(padded(fraction, 9).prefix(count))
        case "t": return String((civil.hour < 12 ? "AM" : "PM").prefix(count))
        case "z": return count == 1 ? "+0" : count == 2 ? "+00" : "+00:00"
        default: return "Z"
        }
    }

    private static func name(_ name: String, _ count: Int) -> String { count == 3 ? String(name.prefix(3)) : name }
}

extension Timestamp {
    /// A time as documents have it: RFC 3339, and the same without a zone, which is UTC.
    package init?(document text: String) {
        guard let time = Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "Z") else { return nil }
        self = time
    }
}
