import Testing

/// A parser under attack, and what must hold of whatever it makes of any bytes.
struct FuzzTarget: Sendable, CustomTestStringConvertible {
    let name: String
    /// Inputs that mean something.
    let samples: [[UInt8]]
    /// What the parser gives a meaning to.
    let words: [String]
    /// Parses; throws a `Violation` when the result breaks a rule. A trap, and what never ends, is found as well.
    let check: @Sendable ([UInt8]) throws -> Void

    init(_ name: String, samples: [String], words: [String] = [], check: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.samples = samples.map { Array($0.utf8) }
        self.words = words
        self.check = check
    }

    /// The same for a parser of text: bytes that are no UTF-8 become U+FFFD, as everywhere that text comes in.
    init(text name: String, samples: [String], words: [String] = [], check: @escaping @Sendable (String) throws -> Void)
    {
        self.init(name, samples: samples, words: words) { try check(String(decoding: $0, as: UTF8.self)) }
    }

    var testDescription: String { name }

    static let all: [FuzzTarget] = documents + headers + values + names + kept + tables + jobs
}

/// A rule that a parser's result breaks.
struct Violation: Error, CustomStringConvertible {
    let description: String
}

/// Throws unless `condition` holds.
func require(_ condition: Bool, _ rule: @autoclosure () -> String) throws(Violation) {
    if !condition { throw Violation(description: rule()) }
}
