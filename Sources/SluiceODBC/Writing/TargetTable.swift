internal import SluiceCore
package import SluiceTables

/// A column of a table that is written to.
package struct TargetColumn: Sendable, Hashable {
    package let name: String
    package let type: ColumnType
    /// The database's name of the type, as it stands in a cast: without a length, which a cast would cut to.
    let castType: String
    /// The type of an array of its values.
    var arrayType = ""
    /// Characters that it holds at most; nil where there is no bound, or none that could be believed.
    var textLength: Int?
    /// Whether the database knows what it holds; else any value goes into any column.
    let isTyped: Bool

    /// What it is called in a sentence.
    var typeName: String {
        switch type {
        case .decimal(let precision?, let scale?): "\(castType)(\(precision),\(scale))"
        case .time(let digits), .timestamp(let digits), .instant(let digits): "\(castType)(\(digits))"
        default: castType
        }
    }
}

/// A table that is written to, as its database describes it.
package struct TargetTable: Sendable {
    /// As it was asked for.
    package let name: String
    /// As it stands behind INTO.
    let relation: String
    package let columns: [TargetColumn]

    /// Asks the database for its columns; blocks.
    /// - Throws: an `ODBCError`, of kind `.notFound` where there is no such table.
    package init(_ name: String, _ connection: Connection) throws {
        self.name = name
        relation = TableQuery.table(name).relation(connection.traits)
        let statement = try Statement(connection)
        try statement.execute("select * from \(relation) where 1 = 0")
        let found = try statement.columns()
        statement.close()
        let types = try TargetTable.types(relation, connection)
        let isTyped = !connection.profile.typesAreClaims
        columns = found.map { column in
            let names = types[column.name]
            var type = CellBinding.type(of: column)
            if case .decimal = type, names?.declared.contains("(") == false {
                type = .decimal(precision: nil, scale: nil)
            }
            return TargetColumn(
                name: column.name,
                type: type,
                castType: names?.cast ?? column.typeName,
                arrayType: names?.array ?? "",
                textLength: TargetTable.textLength(type, declared: names?.declared),
                isTyped: isTyped
            )
        }
    }

    /// The bound of a text, as the database has declared it where it can be asked: drivers make one up for texts that have
    /// none.
    static func textLength(_ type: ColumnType, declared: String?) -> Int? {
        guard case .text(let length) = type else { return nil }
        guard let declared else { return length }
        let digits = declared.drop { $0 != "(" }.dropFirst().prefix { $0.isNumber }
        return Int(digits)
    }

    /// Names that the database itself has for types, which drivers shorten.
    private static func types(_ relation: String, _ connection: Connection) throws
        -> [String: (cast: String, declared: String, array: String)]
    {
        guard let sql = connection.profile.writing.types else { return [:] }
        let literal = "'" + relation.replacing("'", with: "''") + "'"
        let rows = try connection.texts(of: sql.replacing("{table}", with: literal), columns: 4)
        // Of a domain the innermost comes last.
        return Dictionary(rows.map { ($0[0] ?? "", ($0[1] ?? "", $0[2] ?? "", $0[3] ?? "")) }) { _, last in last }
    }

    /// Makes a table for rows of `columns`; blocks.
    ///
    /// Texts and bytes get types without a bound: what drivers say of lengths is made up as often as not.
    package static func create(_ name: String, for columns: [Column], _ connection: Connection) throws {
        let relation = TableQuery.table(name).relation(connection.traits)
        let parts = try columns.map { column in
            guard let type = connection.profile.writing.sql(for: column.type) else {
                throw ODBCError(
                    .usage,
                    "no type is known for column \"\(column.name)\" through the driver \(connection.traits.driver)",
                    advice: "Make the table yourself, or give the profile of the driver its types"
                )
            }
            return connection.traits.quoted(column.name) + " " + type + (column.isNullable ? "" : " not null")
        }
        try Statement(connection).execute("create table \(relation) (\(parts.joined(separator: ", ")))")
    }
}
