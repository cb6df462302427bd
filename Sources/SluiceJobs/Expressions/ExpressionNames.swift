/// What expressions may refer to in one place of a document.
package struct ExpressionNames: Sendable {
    /// Whose parameters they are.
    package enum Owner: String, Sendable, CaseIterable {
        case pipeline, dataset, linkedService
    }

    package var owner: Owner
    /// The parameters that are declared.
    package var parameters: Set<String>
    /// Whether `item()` is there: within a ForEach.
    package var hasItem = false

    package init(_ owner: Owner, parameters: Set<String> = [], hasItem: Bool = false) {
        self.owner = owner
        self.parameters = parameters
        self.hasItem = hasItem
    }

    /// Everything in `expression` that can't be computed here, whatever the values are.
    package func problems(_ expression: Expression) -> [ExpressionError] {
        switch expression {
        case .literal: []
        case .template(let parts): parts.flatMap(problems)
        case .call(let name, let arguments, let offset): problems(name, arguments, offset)
        case .member(.call(let name, [], _), let key, let offset)
        where owner(named: name) == .pipeline && owner == .pipeline:
            pipelineProblems(key, offset)
        case .member(.member(.call(let name, [], _), .literal(.text("parameters")), _), let key, let offset)
        where owner(named: name) == .pipeline && owner == .pipeline:
            parameterProblems(key, offset)
        case .member(.call(let name, [], _), let key, let offset) where owner(named: name) == owner:
            parameterProblems(key, offset)
        case .member(let value, let key, _): problems(value) + problems(key)
        }
    }

    private func owner(named name: String) -> Owner? {
        Owner.allCases.first { $0.rawValue.lowercased() == name.lowercased() }
    }

    private func problems(_ name: String, _ arguments: [Expression], _ offset: Int) -> [ExpressionError] {
        guard let function = ExpressionFunction(named: name) else {
            return [ExpressionError(ExpressionFunction.refusal(of: name), at: offset)]
        }
        var found = arguments.flatMap(problems)
        if !function.arguments.contains(arguments.count) {
            let bounds = function.arguments
            let wanted =
                bounds.upperBound == 0
                ? "none"
                : bounds.upperBound == .max
                    ? "\(bounds.lowerBound) or more" : "\(bounds.lowerBound) to \(bounds.upperBound)"
            found.append(
                ExpressionError("\(name.shown)() has \(arguments.count) arguments, and takes \(wanted)", at: offset)
            )
        }
        if let asked = owner(named: name), asked != owner {
            found.append(ExpressionError("\(name)() is not known in a \(owner.words)", at: offset))
        }
        if function == .item, !hasItem {
            found.append(ExpressionError("item() is known only in the activities of a ForEach", at: offset))
        }
        return found
    }

    private func pipelineProblems(_ key: Expression, _ offset: Int) -> [ExpressionError] {
        guard case .literal(.text(let name)) = key else { return problems(key) }
        if name == "parameters" || PipelineFact(named: name) != nil { return [] }
        let known = PipelineFact.allCases.map(\.rawValue).joined(separator: ", ")
        return [
            ExpressionError("pipeline().\(name.shown) is not supported; there are parameters, \(known)", at: offset)
        ]
    }

    private func parameterProblems(_ key: Expression, _ offset: Int) -> [ExpressionError] {
        guard case .literal(.text(let name)) = key else { return problems(key) }
        if parameters.contains(name) { return [] }
        return [ExpressionError("the \(owner.words) has no parameter \"\(name.shown)\"", at: offset)]
    }
}

extension ExpressionNames.Owner {
    var words: String { self == .linkedService ? "linked service" : rawValue }
}
