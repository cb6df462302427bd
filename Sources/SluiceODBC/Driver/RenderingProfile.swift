/// How a database makes one text of a row, with names in braces for what it is made of.
struct RenderingProfile: Sendable {
    /// Expressions by the database's name of a type that give the canonical text of `{column}` or NULL: of digits, letters,
    /// spaces and `+-.:` alone, and never an empty one.
    var plain: [String: Template] = [:]
    /// The same of any characters.
    var texts: [String: Template] = [:]
    /// What is true of values of a type that do not stand as they should where `{column}` itself is one of `row`'s cells, or
    /// that are empty. Where it is known, most rows are made without a look at each value.
    var unusual: [String: Template] = [:]
    /// One text of `{cells}`, which have commas between them; NULL counts as empty.
    var row: Template?
    /// The character of the Unicode number `{code}`.
    var character: Template?
    /// Whether `{text}` holds `{what}`, byte for byte.
    var contains: Template?
    /// Whether `{text}` is `{other}`, byte for byte.
    var equals: Template?
    /// `{text}` with `{by}` in place of each `{what}`.
    var replacing: Template?
    /// `{value}` as a text, and one text behind the other.
    var text: Template?
    var join: String?
    /// Expressions that `row` takes.
    var mostCells = 90

    var isKnown: Bool {
        row != nil && character != nil && contains != nil && equals != nil && replacing != nil && text != nil
            && join != nil
    }
}
