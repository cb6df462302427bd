/// A text of a document, as far as it is computed.
package indirect enum Expression: Sendable, Hashable {
    /// A value that is there already.
    case literal(JSONNode.Content)
    /// `name(arguments)`.
    case call(String, [Expression], offset: Int)
    /// `.name`, or `['name']` in another form.
    case member(Expression, Expression, offset: Int)
    /// Parts that become one text, as `a@{b}c`.
    case template([Expression])

    /// Whether nothing is to be computed.
    package var isLiteral: Bool { if case .literal = self { true } else { false } }
}

/// Why an expression can't be read or computed.
package struct ExpressionError: Error, Sendable, Hashable {
    /// What is wrong.
    package let reason: String
    /// Where in the text, in Unicode scalars from 0 on.
    package let offset: Int

    init(_ reason: String, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

/// What of ADF's expression language is there.
enum ExpressionFunction: String, CaseIterable {
    case pipeline, dataset, linkedService, item, concat, formatDateTime, utcNow

    /// Case makes no difference in ADF.
    init?(named name: String) {
        guard let function = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else {
            return nil
        }
        self = function
    }

    /// How many arguments it takes.
    var arguments: ClosedRange<Int> {
        switch self {
        case .pipeline, .dataset, .linkedService, .item: 0...0
        case .concat: 1...Int.max
        case .formatDateTime: 1...2
        case .utcNow: 0...1
        }
    }

    /// Those of ADF's that need what is not known here.
    static func refusal(of name: String) -> String {
        let list = allCases.map { "\($0.rawValue)()" }.joined(separator: ", ")
        switch name.lowercased() {
        case "activity": return "activity() is not supported: what an activity put out can't be referred to"
        case "variables": return "variables() is not supported: there are no activities that set variables"
        case "trigger":
            return "trigger() is not supported: a run is started by the command line, so give a parameter instead"
        default: return "the function \(name.shown)() is not supported; there are \(list)"
        }
    }
}

/// What `pipeline()` knows beside parameters.
enum PipelineFact: String, CaseIterable {
    case runId = "RunId"
    case pipeline = "Pipeline"
    case triggerTime = "TriggerTime"

    init?(named name: String) {
        guard let fact = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else {
            return nil
        }
        self = fact
    }
}
