/// An object of a document with the properties that it may have.
package struct Shape: Sendable {
    /// Unique in the catalogue; where it is one of a family, the value of its `type`.
    package let name: String
    package let meaning: String
    package let properties: [Property]

    init(_ name: String, _ meaning: String, _ properties: [Property]) {
        self.name = name
        self.meaning = meaning
        self.properties = properties
    }

    /// The property of this name or alias.
    func property(named name: String) -> Property? {
        properties.first { $0.name == name || $0.aliases.contains(name) }
    }
}

/// Objects of which one stands in a place, and `type` says which.
package struct Family: Sendable {
    package struct Variant: Sendable {
        package let name: String
        /// Other values of `type` that mean the same.
        package let aliases: [String]
        /// Nil for what is known and not supported.
        package let shape: Shape?
        /// Why it is not supported.
        package let refusal: String?

        func isNamed(_ name: String) -> Bool {
            let name = name.lowercased()
            return self.name.lowercased() == name || aliases.contains { $0.lowercased() == name }
        }
    }

    package let name: String
    package let meaning: String
    package private(set) var variants: [Variant] = []

    init(_ name: String, _ meaning: String) {
        self.name = name
        self.meaning = meaning
    }

    func with(_ name: String, also aliases: [String] = [], _ meaning: String, _ properties: [Property]) -> Family {
        var family = self
        let shape = Shape(name, meaning, properties)
        family.variants.append(Variant(name: name, aliases: aliases, shape: shape, refusal: nil))
        return family
    }

    func without(_ names: [String], _ reason: String) -> Family {
        var family = self
        family.variants += names.map { Variant(name: $0, aliases: [], shape: nil, refusal: reason) }
        return family
    }

    func variant(named name: String) -> Variant? { variants.first { $0.isNamed(name) } }
}

/// All that documents may hold.
package struct Catalogue: Sendable {
    package let families: [Family]
    package let shapes: [Shape]

    package static let standard = Catalogue(
        families: [
            activities, copySources, copySinks, translators, readSettings, writeSettings, readFormats, writeFormats,
            datasets, locations,
            legacyFormats, linkedServices, secrets,
        ],
        shapes: documents + pipelines + copies + scripts + tables + pairs + datasetParts + linkedServiceParts
    )

    /// - Precondition: there is one, which a test shows of every name in the catalogue.
    func family(_ name: String) -> Family { families.first { $0.name == name }! }

    /// - Precondition: there is one.
    func shape(_ name: String) -> Shape { shapes.first { $0.name == name }! }
}
