/// A property that a document may have: what validation, the JSON Schema and the page of properties are made from.
package struct Property: Sendable {
    package enum Support: Sendable, Hashable {
        case supported
        /// It is taken and changes nothing, for a reason.
        case withoutEffect(String)
        /// It is an error, unless it is empty, for a reason.
        case refused(String)
    }

    package let name: String
    package let kind: PropertyKind
    package let meaning: String
    package private(set) var isRequired = false
    /// Whether it must not be computed: what names things is known before anything runs.
    package private(set) var isConstant = false
    /// Other names that documents have for it.
    package private(set) var aliases: [String] = []
    package private(set) var support = Support.supported
    /// Whether ADF has it not.
    package private(set) var isOwn = false

    init(_ name: String, _ kind: PropertyKind, _ meaning: String) {
        self.name = name
        self.kind = kind
        self.meaning = meaning
    }

    var required: Property { with { $0.isRequired = true } }
    var constant: Property { with { $0.isConstant = true } }
    var own: Property { with { $0.isOwn = true } }
    func also(_ names: String...) -> Property { with { $0.aliases = names } }
    func withoutEffect(_ reason: String) -> Property { with { $0.support = .withoutEffect(reason) } }
    func refused(_ reason: String) -> Property { with { $0.support = .refused(reason) } }

    private func with(_ change: (inout Property) -> Void) -> Property {
        var copy = self
        change(&copy)
        return copy
    }
}

/// What a property's value may be.
package indirect enum PropertyKind: Sendable {
    case text
    case flag
    case integer(ClosedRange<Int>)
    /// `[d.]hh:mm:ss`.
    case duration
    /// ISO 8601.
    case moment
    /// One of these words; case makes no difference.
    case choice([String])
    /// An object of the shape of this name.
    case object(String)
    /// An object whose `type` says which of the family of this name it is.
    case variant(String)
    case list(PropertyKind)
    /// An object whose names are free.
    case map(PropertyKind)
    case reference(ReferenceKind)
    /// A `SecureString` or another place of a secret, or a text.
    case secret
    case anything
}

/// What a reference leads to.
package enum ReferenceKind: String, Sendable, CaseIterable {
    case dataset = "DatasetReference"
    case linkedService = "LinkedServiceReference"

    var words: String { self == .dataset ? "dataset" : "linked service" }
}

extension Property {
    static func text(_ name: String, _ meaning: String) -> Property { Property(name, .text, meaning) }
    static func flag(_ name: String, _ meaning: String) -> Property { Property(name, .flag, meaning) }
    static func duration(_ name: String, _ meaning: String) -> Property { Property(name, .duration, meaning) }
    static func moment(_ name: String, _ meaning: String) -> Property { Property(name, .moment, meaning) }
    static func secret(_ name: String, _ meaning: String) -> Property { Property(name, .secret, meaning) }

    static func integer(_ name: String, _ range: ClosedRange<Int>, _ meaning: String) -> Property {
        Property(name, .integer(range), meaning)
    }

    static func choice(_ name: String, _ words: [String], _ meaning: String) -> Property {
        Property(name, .choice(words), meaning)
    }

    static func object(_ name: String, _ shape: String, _ meaning: String) -> Property {
        Property(name, .object(shape), meaning)
    }

    static func variant(_ name: String, _ family: String, _ meaning: String) -> Property {
        Property(name, .variant(family), meaning)
    }

    static func reference(_ name: String, _ kind: ReferenceKind, _ meaning: String) -> Property {
        Property(name, .reference(kind), meaning).constant
    }

    static func list(_ name: String, _ kind: PropertyKind, _ meaning: String) -> Property {
        Property(name, .list(kind), meaning)
    }

    /// What ADF's own tools put into every document.
    static let decoration = [
        Property("description", .text, "What it is for").withoutEffect("it is for people"),
        Property("annotations", .list(.anything), "Words to find it by").withoutEffect("they are for ADF's lists"),
        Property("folder", .anything, "Where ADF shows it").withoutEffect("it is for ADF's lists"),
    ]
}
