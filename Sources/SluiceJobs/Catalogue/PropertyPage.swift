/// The page of all properties, made from the catalogue, as Markdown.
package struct PropertyPage: Sendable {
    private let catalogue: Catalogue

    package init(_ catalogue: Catalogue = .standard) { self.catalogue = catalogue }

    package var text: String {
        var lines = [
            "# Properties of job documents", "",
            "What `sluice run` takes of Azure Data Factory's documents. This page is made from the code that checks them, and so is",
            "[job.schema.json](job.schema.json). What stands in neither is an error that names it; nothing is ignored in silence.",
            "",
            "**Required** properties are in bold. *Own* ones are Sluice's. A value may be an expression (`@pipeline().parameters.x`,",
            "`a@{item().b}c`) but where it says *constant*. The functions are \(functions).",
            "Words and the values of `type` are read without regard to case. A value that is null counts as not there.",
            "",
        ]
        for shape in catalogue.shapes.prefix(3) { lines += section(shape.name.capitalisedFirst, shape) }
        for family in catalogue.families { lines += section(family) }
        for shape in catalogue.shapes.dropFirst(3) { lines += section(shape.name.capitalisedFirst, shape) }
        return lines.dropLast().joined(separator: "\n") + "\n"
    }

    private var functions: String { ExpressionFunction.allCases.map { "`\($0.rawValue)()`" }.joined(separator: ", ") }

    private func section(_ family: Family) -> [String] {
        var lines = ["## \(family.name.capitalisedFirst)", "", family.meaning, ""]
        for variant in family.variants {
            guard let shape = variant.shape else { continue }
            let others =
                variant.aliases.isEmpty
                ? "" : " (also " + variant.aliases.map { "`\($0)`" }.joined(separator: ", ") + ")"
            lines += ["### `\(variant.name)`\(others)", "", shape.meaning, ""]
            lines += table(shape)
        }
        var reasons: [(reason: String, names: [String])] = []
        for variant in family.variants {
            guard let refusal = variant.refusal else { continue }
            if reasons.last?.reason == refusal {
                reasons[reasons.count - 1].names.append(variant.name)
            } else {
                reasons.append((refusal, [variant.name]))
            }
        }
        for (reason, names) in reasons {
            lines += ["Refused: " + names.map { "`\($0)`" }.joined(separator: ", ") + " (\(reason)).", ""]
        }
        return lines
    }

    private func section(_ name: String, _ shape: Shape) -> [String] {
        ["## \(name)", "", shape.meaning, ""] + table(shape)
    }

    private func table(_ shape: Shape) -> [String] {
        guard !shape.properties.isEmpty else { return ["No properties but `type`.", ""] }
        return ["| property | value | meaning |", "|---|---|---|"] + shape.properties.map(row) + [""]
    }

    private func row(_ property: Property) -> String {
        let name = property.isRequired ? "**`\(property.name)`**" : "`\(property.name)`"
        let aliases = property.aliases.map { ", `\($0)`" }.joined()
        var meaning = property.meaning
        switch property.support {
        case .supported: break
        case .withoutEffect(let reason): meaning += ". No effect: \(reason)"
        case .refused(let reason): meaning += ". **Refused**: \(reason)"
        }
        if property.isOwn { meaning += " (*own*)" }
        let constant = property.isConstant ? ", constant" : ""
        return
            "| \(name)\(aliases) | \(PropertyPage.words(property.kind))\(constant) | \(meaning.replacing("|", with: "\\|")) |"
    }

    private static func words(_ kind: PropertyKind) -> String {
        switch kind {
        case .text: "text"
        case .flag: "true or false"
        case .integer(let range):
            range.upperBound == .max
                ? "number from \(range.lowerBound) on" : "number, \(range.lowerBound) to \(range.upperBound)"
        case .duration: "`[d.]hh:mm:ss`"
        case .moment: "ISO 8601"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .object(let name), .variant(let name): "[\(name)](#\(name.replacing(" ", with: "-")))"
        case .list(let kind): "array of \(words(kind))"
        case .map(let kind): "object of \(words(kind))"
        case .reference(let kind): "reference to a \(kind.words)"
        case .secret: "text, or a [secret](#secret)"
        case .anything: "any"
        }
    }
}

extension String {
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
