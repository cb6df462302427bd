/// The JSON Schema (2020-12) of what documents may hold, made from the catalogue. What must fit between values, such as references,
/// it can't say.
package struct JobSchema: Sendable {
    private let catalogue: Catalogue

    package init(_ catalogue: Catalogue = .standard) { self.catalogue = catalogue }

    /// The schema, with a line end.
    package var text: String { root.indentedJSON }

    private var root: JSONNode {
        .object([
            ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            ("title", .string("Documents that sluice run takes")),
            (
                "anyOf",
                .list([
                    JobSchema.to("pipeline document"), JobSchema.to("bare activity"), JobSchema.to("dataset document"),
                    JobSchema.to("linked service document"),
                ])
            ), ("$defs", .object(definitions)),
        ])
    }

    private var definitions: [(String, JSONNode)] {
        let others = catalogue.shape("pipeline document").properties.filter {
            ["datasets", "linkedServices"].contains($0.name)
        }
        var made: [(String, JSONNode)] = [("expression", JobSchema.expression), ("reference", JobSchema.reference)]
        for shape in catalogue.shapes { made.append((JobSchema.name(shape.name), object(shape, type: nil))) }
        for family in catalogue.families { made += definitions(of: family, named: family.name, with: []) }
        made += definitions(of: catalogue.family("activity"), named: "bare activity", with: others)
        return made
    }

    private func definitions(of family: Family, named name: String, with others: [Property]) -> [(String, JSONNode)] {
        let variants = family.variants.compactMap { variant in variant.shape.map { (variant, $0) } }
        let references = variants.map { JobSchema.to("\(name) \($0.0.name)") }
        let whole: JSONNode = .object([("description", .string(family.meaning)), ("anyOf", .list(references))])
        return [(JobSchema.name(name), whole)]
            + variants.map { variant, shape in
                let full = Shape(shape.name, shape.meaning, shape.properties + others)
                return (JobSchema.name("\(name) \(variant.name)"), object(full, type: variant))
            }
    }

    private func object(_ shape: Shape, type: Family.Variant?) -> JSONNode {
        var properties: [(String, JSONNode)] = []
        if let type { properties.append(("type", JobSchema.words([type.name] + type.aliases))) }
        for property in shape.properties {
            for name in [property.name] + property.aliases { properties.append((name, value(property))) }
        }
        let required = (type == nil ? [] : ["type"]) + shape.properties.filter(\.isRequired).map(\.name)
        return .object([
            ("description", .string(shape.meaning)), ("type", .string("object")), ("properties", .object(properties)),
            ("required", .list(required.map { .string($0) })), ("additionalProperties", JSONNode(.boolean(false))),
        ])
    }

    private func value(_ property: Property) -> JSONNode {
        switch property.support {
        case .withoutEffect(let reason):
            return .object([("description", .string("\(property.meaning). It has no effect: \(reason)."))])
        case .refused(let reason):
            var empty: [JSONNode] = [JSONNode(.null), .string(""), .list([]), .object([])]
            if case .flag = property.kind { empty.append(JSONNode(.boolean(false))) }
            return .object([("description", .string("Not supported: \(reason).")), ("enum", .list(empty))])
        case .supported:
            var forms = [value(property.kind)]
            if !property.isConstant { forms.append(JobSchema.to("expression")) }
            // What is null counts as not there.
            if !property.isRequired { forms.append(.object([("type", .string("null"))])) }
            return .object([("description", .string(property.meaning)), ("anyOf", .list(forms))])
        }
    }

    private func value(_ kind: PropertyKind) -> JSONNode {
        switch kind {
        case .text: return .object([("type", .string("string"))])
        case .flag: return .object([("type", .string("boolean"))])
        case .integer(let range):
            let least = ("minimum", JSONNode(.number(String(range.lowerBound))))
            let most = range.upperBound == .max ? [] : [("maximum", JSONNode(.number(String(range.upperBound))))]
            return .object([("type", .string("integer")), least] + most)
        case .duration: return .object([("type", .string("string")), ("pattern", .string(JobSchema.durations))])
        case .moment: return .object([("type", .string("string")), ("pattern", .string(JobSchema.moments))])
        case .choice(let words): return JobSchema.words(words)
        case .object(let name), .variant(let name): return JobSchema.to(name)
        case .list(let kind):
            // Names and words in a list may be computed, too.
            let item: JSONNode
            switch kind {
            case .text, .anything: item = .object([("anyOf", .list([value(kind), JobSchema.to("expression")]))])
            default: item = value(kind)
            }
            return .object([("type", .string("array")), ("items", item)])
        case .map(let kind): return .object([("type", .string("object")), ("additionalProperties", value(kind))])
        case .reference: return JobSchema.to("reference")
        case .secret:
            return .object([("anyOf", .list([.object([("type", .string("string"))]), JobSchema.to("secret")]))])
        case .anything: return .object([])
        }
    }

    private static let durations = "^([0-9]{1,8}\\.)?[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\\.[0-9]{1,7})?$"
    private static let moments =
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$"

    /// Words whose case makes no difference; editors offer them as they are written here.
    private static func words(_ words: [String]) -> JSONNode {
        let patterns = words.map { word in
            word.map { letter in
                let (upper, lower) = (letter.uppercased(), letter.lowercased())
                return upper == lower ? String(letter) : "[\(upper)\(lower)]"
            }.joined()
        }
        let pattern = "^(" + patterns.joined(separator: "|") + ")$"
        return .object([
            (
                "anyOf",
                .list([
                    .object([("enum", .list(words.map { .string($0) }))]),
                    .object([("type", .string("string")), ("pattern", .string(pattern))]),
                ])
            )
        ])
    }

    private static let expression: JSONNode = .object([
        ("description", .string("A value that is computed: @f(x), or a text with @{f(x)} in it.")),
        (
            "anyOf",
            .list([
                .object([("type", .string("string")), ("pattern", .string("^@|@\\{"))]),
                .object([
                    ("type", .string("object")),
                    (
                        "properties",
                        .object([("value", .object([("type", .string("string"))])), ("type", words(["Expression"]))])
                    ), ("required", .list([.string("value"), .string("type")])),
                    ("additionalProperties", JSONNode(.boolean(false))),
                ]),
            ])
        ),
    ])

    private static let reference: JSONNode = .object([
        ("description", .string("The name of a dataset or a linked service.")),
        (
            "anyOf",
            .list([
                .object([("type", .string("string"))]),
                .object([
                    ("type", .string("object")),
                    (
                        "properties",
                        .object([
                            ("referenceName", .object([("type", .string("string"))])),
                            ("name", .object([("type", .string("string"))])),
                            ("type", words(ReferenceKind.allCases.map(\.rawValue))),
                            ("parameters", .object([("type", .string("object"))])),
                        ])
                    ),
                    ("anyOf", .list(["referenceName", "name"].map { .object([("required", .list([.string($0)]))]) })),
                    ("additionalProperties", JSONNode(.boolean(false))),
                ]),
            ])
        ),
    ])

    private static func to(_ name: String) -> JSONNode { .object([("$ref", .string("#/$defs/\(self.name(name))"))]) }

    private static func name(_ name: String) -> String { name.replacing(" ", with: "-") }
}

extension JSONNode {
    static func object(_ members: [(String, JSONNode)]) -> JSONNode {
        JSONNode(.object(members.map { JSONMember(name: $0, value: $1) }))
    }

    static func list(_ elements: [JSONNode]) -> JSONNode { JSONNode(.array(elements)) }

    static func string(_ text: String) -> JSONNode { JSONNode(.text(text)) }
}
