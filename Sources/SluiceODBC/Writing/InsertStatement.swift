internal import SluiceCore

/// The statement that puts rows into a table.
struct InsertStatement: Sendable, Hashable {
    let sql: String

    /// - Parameters:
    ///   - table: as it stands behind INTO.
    ///   - columns: that values come for, in their order.
    ///   - keys: columns by which rows replace those that are there; none to add rows only.
    /// - Throws: an `ODBCError` of kind `.usage` where the profile knows no way to replace rows.
    init(
        into table: String,
        _ columns: [TargetColumn],
        keys: [TargetColumn],
        _ profile: DriverProfile,
        _ traits: DriverTraits
    ) throws(ODBCError) {
        let writing = profile.writing
        let names = columns.map { traits.quoted($0.name) }
        let parameters = columns.map {
            writing.parameter.replacing("{type}", with: $0.castType).replacing("{array}", with: $0.arrayType)
        }
        let aliases = columns.indices.map { "v\($0)" }
        let sources = writing.way == .textArrays ? aliases : parameters
        let values = zip(sources, columns).map { source, column in
            writing.value.replacing("{value}", with: source).replacing("{type}", with: column.castType)
        }
        let rows = writing.rows
            .replacing("{values}", with: values.joined(separator: ", "))
            .replacing("{parameters}", with: parameters.joined(separator: ", "))
            .replacing("{aliases}", with: aliases.joined(separator: ", "))
        var sql = "insert into \(table) (\(names.joined(separator: ", "))) \(rows)"
        if !keys.isEmpty { sql += " " + (try InsertStatement.upsert(names, keys, profile, traits)) }
        self.sql = sql
    }

    private static func upsert(
        _ names: [String],
        _ keys: [TargetColumn],
        _ profile: DriverProfile,
        _ traits: DriverTraits
    ) throws(ODBCError) -> String {
        let keys = keys.map { traits.quoted($0.name) }
        let others = names.filter { !keys.contains($0) }
        guard let clause = others.isEmpty ? profile.writing.upsertKeysOnly : profile.writing.upsert else {
            throw ODBCError(
                .usage,
                "there is no way known to replace rows through the driver \(traits.driver)",
                advice: "Leave out --upsert, or give the profile of the driver a key write.upsert"
            )
        }
        let assignments = others.map { profile.writing.assignment.replacing("{column}", with: $0) }
        return clause.replacing("{keys}", with: keys.joined(separator: ", "))
            .replacing("{key}", with: keys[0])
            .replacing("{assignments}", with: assignments.joined(separator: ", "))
    }
}
