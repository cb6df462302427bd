internal import SluiceTables

/// The key by which a table is read piece by piece, a statement each, where the driver holds all that a statement gives.
struct KeySlices: Sendable, Hashable {
    /// The key's quoted name; its values are all there, and their order is that of `<`.
    let column: String
    private let relation: String
    private let literal: String
    private let bound: String

    /// Asks for the first column of a table's primary key; blocks. Nil where there is no need of slices, or no such key.
    init?(_ query: TableQuery, _ relation: String, _ columns: [Column], _ connection: Connection) throws {
        let profile = connection.profile.division
        guard case .table = query, let question = profile.sliceKey, let bound = profile.sliceBound else { return nil }
        let found = try connection.text(question.filled(["relation": relation]), column: "column_name")
        guard let column = columns.first(where: { $0.name == found }) else { return nil }
        let kind = TableDivider.kind(column.type)
        // Texts may be equal in one comparison and not in another.
        guard kind != "text" else { return nil }
        self.column = connection.traits.quoted(column.name)
        self.relation = relation
        self.bound = bound.text
        literal = (profile.literals[kind] ?? profile.literals["*"])?.filled(["column": self.column]) ?? self.column
    }

    /// What is true of rows behind `low`.
    private func condition(_ base: String?, behind low: String?) -> String? {
        let parts = [base.map { "(\($0))" }, low.map { "\(column) > \($0)" }].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: " and ")
    }

    /// Asks for the key of the row that has `rows` others between `low` and itself, where that is in the partition.
    func boundStatement(_ base: String?, behind low: String?, rows: Int) -> String {
        Template(text: bound).filled([
            "literal": literal, "relation": relation, "column": column, "rows": String(rows),
            "condition": condition(base, behind: low) ?? "1 = 1",
        ])
    }

    /// What is true of the rows behind `low`, up to `high` with it.
    func condition(_ base: String?, behind low: String?, upTo high: String?) -> String? {
        let parts = [condition(base, behind: low), high.map { "\(column) <= \($0)" }].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: " and ")
    }
}
