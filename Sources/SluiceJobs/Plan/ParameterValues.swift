/// Values of a job's parameters.
enum ParameterValues {
    /// Those that are given, as far as they are of the types that are declared, and the defaults of the others.
    static func make(_ job: Job, _ given: [String: String]) throws(JobError) -> [String: JSONNode.Content] {
        var values: [String: JSONNode.Content] = [:]
        var findings: [Finding] = []
        for name in given.keys.sorted() where !job.parameters.contains(where: { $0.name == name }) {
            let known = job.parameters.map(\.name).joined(separator: ", ")
            let sentence =
                "there is no parameter \"\(name.shown)\"; " + (known.isEmpty ? "there are none" : "there are \(known)")
            findings.append(Finding(sentence, job.file, .root, JSONPlace()))
        }
        for parameter in job.parameters {
            let place = parameter.declaration
            if let text = given[parameter.name] {
                if let value = value(text, parameter.type) {
                    values[parameter.name] = value
                } else {
                    // It may be a secret.
                    let sentence = "what is given for the parameter \"\(parameter.name.shown)\" is no \(parameter.type)"
                    findings.append(Finding(sentence, job.file, place.path, place.place))
                }
            } else if let standard = parameter.standard {
                values[parameter.name] = standard.content
            } else {
                let sentence =
                    "the parameter \"\(parameter.name.shown)\" has no value; give --parameter \(parameter.name.shown)=…"
                findings.append(Finding(sentence, job.file, place.path, place.place))
            }
        }
        guard findings.isEmpty else { throw JobError(findings) }
        return values
    }

    /// A text as a value of this type; nil for what is none.
    static func value(_ text: String, _ type: String) -> JSONNode.Content? {
        switch type {
        case "Bool": return Bool(text.lowercased()).map { .boolean($0) }
        case "Int", "Float", "Array", "Object":
            guard let node = try? JSONParser.document(Array(text.utf8)) else { return nil }
            switch (type, node.content) {
            case ("Int", .number(let digits)): return Int(digits) == nil ? nil : node.content
            case ("Float", .number), ("Array", .array), ("Object", .object): return node.content
            default: return nil
            }
        default: return .text(text)
        }
    }
}
