package import SluiceCore

/// The values that expressions are computed from.
package struct ExpressionScope: Sendable {
    package var owner: ExpressionNames.Owner
    package var parameters: [String: JSONNode.Content]
    /// What a ForEach is at.
    package var item: JSONNode.Content?
    package var run: JobRun

    package init(
        _ owner: ExpressionNames.Owner,
        parameters: [String: JSONNode.Content] = [:],
        item: JSONNode.Content? = nil,
        run: JobRun
    ) {
        self.owner = owner
        self.parameters = parameters
        self.item = item
        self.run = run
    }

    /// Computes a value.
    package func value(of expression: Expression) throws(ExpressionError) -> JSONNode.Content {
        switch expression {
        case .literal(let value): return value
        case .template(let parts):
            var text = ""
            for part in parts { text += ExpressionScope.text(try value(of: part)) }
            return .text(text)
        case .call(let name, let arguments, let offset): return try call(name, arguments, offset)
        case .member(let whole, let key, let offset): return try member(whole, key, offset)
        }
    }

    /// A value as a part of a text, as ADF writes it.
    static func text(_ value: JSONNode.Content) -> String {
        switch value {
        case .null: ""
        case .boolean(let flag): flag ? "True" : "False"
        case .number(let digits): digits
        case .text(let text): text
        case .array, .object: JSONNode(value).json
        }
    }

    private func call(_ name: String, _ arguments: [Expression], _ offset: Int) throws(ExpressionError)
        -> JSONNode.Content
    {
        guard let function = ExpressionFunction(named: name) else {
            throw ExpressionError(ExpressionFunction.refusal(of: name), at: offset)
        }
        guard function.arguments.contains(arguments.count) else {
            throw ExpressionError("\(name.shown)() has \(arguments.count) arguments", at: offset)
        }
        switch function {
        case .concat:
            var text = ""
            for argument in arguments { text += ExpressionScope.text(try value(of: argument)) }
            return .text(text)
        case .utcNow: return .text(try formatted(run.now(), arguments.first, offset))
        case .formatDateTime: return try formatDateTime(arguments, offset)
        case .item:
            guard let item else {
                throw ExpressionError("item() is known only in the activities of a ForEach", at: offset)
            }
            return item
        case .pipeline, .dataset, .linkedService:
            throw ExpressionError("\(name)() is no value; name what of it is meant", at: offset)
        }
    }

    private func formatDateTime(_ arguments: [Expression], _ offset: Int) throws(ExpressionError) -> JSONNode.Content {
        guard case .text(let text) = try value(of: arguments[0]) else {
            throw ExpressionError("formatDateTime() wants a time as a text, such as '2026-11-21T05:19:51Z'", at: offset)
        }
        guard let moment = Timestamp(document: text) else {
            throw ExpressionError("\"\(text.shown)\" is no time such as 2026-11-21T05:19:51Z", at: offset)
        }
        return .text(try formatted(moment, arguments.dropFirst().first, offset))
    }

    private func formatted(_ moment: Timestamp, _ format: Expression?, _ offset: Int) throws(ExpressionError) -> String
    {
        guard let format else { return TimeFormat.standard.text(moment) }
        guard case .text(let pattern) = try value(of: format) else {
            throw ExpressionError("the format of a time is no text", at: offset)
        }
        guard let format = TimeFormat(pattern) else {
            throw ExpressionError(
                "the format \"\(pattern.shown)\" is not supported; write one such as 'yyyy-MM-dd HH:mm:ss'",
                at: offset
            )
        }
        return format.text(moment)
    }

    // MARK: What belongs to something

    private func member(_ whole: Expression, _ key: Expression, _ offset: Int) throws(ExpressionError)
        -> JSONNode.Content
    {
        let name = try value(of: key)
        if case .call(let function, [], _) = whole, function.lowercased() == owner.rawValue.lowercased() {
            guard case .text(let name) = name else { throw ExpressionError("a name is no text", at: offset) }
            return owner == .pipeline ? try fact(name, offset) : try parameter(name, offset)
        }
        if owner == .pipeline, case .member(.call(let function, [], _), .literal(.text("parameters")), _) = whole,
            function.lowercased() == "pipeline"
        {
            guard case .text(let name) = name else {
                throw ExpressionError("a parameter's name is no text", at: offset)
            }
            return try parameter(name, offset)
        }
        switch (try value(of: whole), name) {
        case (.object(let members), .text(let name)):
            guard let member = members.first(where: { $0.name == name }) else {
                throw ExpressionError("there is no \"\(name.shown)\" in it", at: offset)
            }
            return member.value.content
        case (.array(let elements), .number(let digits)):
            guard let index = Int(digits), elements.indices.contains(index) else {
                throw ExpressionError("there is no element \(digits.shown) of \(elements.count)", at: offset)
            }
            return elements[index].content
        case (let value, _):
            throw ExpressionError("\(JSONNode(value).kindName) has no such part", at: offset)
        }
    }

    private func parameter(_ name: String, _ offset: Int) throws(ExpressionError) -> JSONNode.Content {
        if let value = parameters[name] { return value }
        throw ExpressionError("the \(owner.words) has no value for the parameter \"\(name.shown)\"", at: offset)
    }

    private func fact(_ name: String, _ offset: Int) throws(ExpressionError) -> JSONNode.Content {
        switch PipelineFact(named: name) {
        case .runId: .text(run.identifier)
        case .pipeline: .text(run.pipeline)
        case .triggerTime: .text(TimeFormat.standard.text(run.start))
        case nil: throw ExpressionError("pipeline().\(name.shown) is not supported", at: offset)
        }
    }
}

/// What is true of one run of a job.
package struct JobRun: Sendable {
    package var identifier: String
    package var pipeline: String
    package var start: Timestamp
    /// The clock.
    package var now: @Sendable () -> Timestamp

    package init(identifier: String, pipeline: String, start: Timestamp, now: @escaping @Sendable () -> Timestamp) {
        self.identifier = identifier
        self.pipeline = pipeline
        self.start = start
        self.now = now
    }
}
