internal import SluiceTables

/// How rows go into a driver's database, exactly and fast: data, not code. A part of `DriverProfile`.
struct WritingProfile: Sendable {
    /// How many rows go with one call of the driver.
    enum Way: String, Sendable {
        /// A statement for one row, and an array for each of its parameters (`SQL_ATTR_PARAMSET_SIZE`).
        case parameterArrays = "parameter-arrays"
        /// A statement for many rows, each of whose parameters is the text of an array of all values of a column.
        case textArrays = "text-arrays"
    }

    var way = Way.parameterArrays
    /// Whether columns of bytes may go in arrays of parameters.
    var hasArraysOfBytes = true
    /// Behind `insert into TABLE (COLUMNS)`: `{values}` and `{parameters}`; for arrays of text also `{aliases}`.
    var rows = "values ({values})"
    /// A parameter: `{type}` is the column's, `{array}` that of many of its values.
    var parameter = "?"
    /// What is inserted for a column: `{value}` is the parameter, or for arrays of text the alias; `{type}` the column's type.
    var value = "{value}"
    /// A statement that gives of the columns of `{table}`, which stands in quotes, names, types without a length, types
    /// as they were declared, and types of arrays.
    var types: String?
    /// Precision and scale that the driver has for decimals that have none.
    var madeUpDecimal: [Int] = []
    /// Statements at the beginning of a session that writes.
    var onConnect: [String] = []
    /// Limits what a statement may take to `{milliseconds}`, or `{seconds}` with fractions.
    var timeout: String?
    /// Connections that may write to one table at a time.
    var mostConnections: Int?
    /// SQLSTATEs, or the classes that they begin with, that say that a row is at fault; `HY000/19` names the database's own code.
    var rowFaults = ["22", "23", "44", "45"]
    /// The same for what passes: another session was in the way.
    var passing = ["40"]
    /// The same for a session that is no more.
    var lost = ["08", "57P"]
    /// Behind the rows where they replace those of the same `{keys}`: `{assignments}` of the other columns.
    var upsert: String?
    /// The same where there are no other columns.
    var upsertKeysOnly: String?
    /// One of the `{assignments}`, of `{column}`.
    var assignment = ""
    /// Whether text may hold the character 0.
    var takesZero = true
    /// Whether truth is a number, 0 or 1.
    var hasBooleanDigits = false
    /// Whether years before 1 are written with BC behind them, and those after 9999 without a sign.
    var writesBC = false
    /// Whether moments are written in UTC, without a zone.
    var writesUTC = false
    /// Makes a point within a transaction, goes back to it, and forgets it; nil where a transaction is all or nothing.
    var savepoint: String? = "savepoint sluice_rows"
    var rollbackToSavepoint = "rollback to savepoint sluice_rows"
    var releaseSavepoint: String? = "release savepoint sluice_rows"
    /// The type of a key of 64 characters.
    var markType = "varchar(64)"
    /// Gives what a transaction can be asked for by `transactionState` when its end is unknown.
    var transaction: String?
    /// Says `committed` or `aborted` of `{transaction}`.
    var transactionState: String?
    /// Types of columns by what they hold: `integer32`, `decimal` with `{precision}` and `{scale}`, …
    var columnTypes: [String: String] = [:]
    /// Digits of a decimal at most.
    var mostDigits: Int?

    /// Takes a key of the file of profiles; false for one that there isn't.
    mutating func set(_ key: String, _ value: String) -> Bool {
        switch key {
        case "write.way":
            guard let known = Way(rawValue: value) else { return false }
            way = known
        case "write.rows": rows = value
        case "write.parameter": parameter = value
        case "write.value": self.value = value
        case "write.types": types = value
        case "write.made-up-decimal": madeUpDecimal = WritingProfile.list(value).compactMap { Int($0) }
        case "write.on-connect": onConnect.append(value)
        case "write.timeout": timeout = value
        case "write.connections": mostConnections = Int(value)
        case "write.row-faults": rowFaults = WritingProfile.list(value)
        case "write.lost": lost = WritingProfile.list(value)
        case "write.passing": passing = WritingProfile.list(value)
        case "write.arrays-of-bytes": hasArraysOfBytes = value == "yes"
        case "write.zero": takesZero = value == "yes"
        case "write.booleans": hasBooleanDigits = value == "digits"
        case "write.dates": writesBC = value == "bc"
        case "write.instants": writesUTC = value == "utc"
        case "write.transaction": transaction = value
        case "write.transaction-state": transactionState = value
        case "write.savepoint": savepoint = value.isEmpty ? nil : value
        case "write.rollback-to-savepoint": rollbackToSavepoint = value
        case "write.release-savepoint": releaseSavepoint = value.isEmpty ? nil : value
        case "write.mark-type": markType = value
        case "write.upsert": upsert = value
        case "write.upsert-keys-only": upsertKeysOnly = value
        case "write.upsert-column": assignment = value
        case "write.most-digits": mostDigits = Int(value)
        case _ where key.hasPrefix("type."): columnTypes[String(key.dropFirst(5))] = value
        default: return false
        }
        return true
    }

    private static func list(_ text: String) -> [String] { text.split(separator: ",").map(\.trimmed) }

    /// Whether a list of SQLSTATEs has this one.
    static func matches(_ list: [String], state: String, native: Int) -> Bool {
        list.contains { entry in
            guard let slash = entry.firstIndex(of: "/") else { return state.hasPrefix(entry) }
            return state == entry[..<slash] && Int(entry[slash...].dropFirst()) == native
        }
    }
}

extension WritingProfile {
    /// The type of a column that was read, without a bound that the driver has made up.
    func declared(_ type: ColumnType) -> ColumnType {
        guard case .decimal(let precision?, let scale?) = type, [precision, scale] == madeUpDecimal else { return type }
        return .decimal(precision: nil, scale: nil)
    }

    /// The type of a column in a statement that makes a table; nil where the profile has none.
    func sql(for type: ColumnType) -> String? {
        let (key, values) = kind(of: type)
        return columnTypes[key].map { values.reduce($0) { $0.replacing("{\($1.key)}", with: String($1.value)) } }
    }

    /// Lengths of text and bytes are no part of it: drivers make them up where the database sets none.
    private func kind(of type: ColumnType) -> (String, [String: Int]) {
        switch type {
        case .boolean: ("boolean", [:])
        case .integer(let bits, let isSigned): ((isSigned ? "integer" : "unsigned") + String(bits), [:])
        case .decimal(let precision?, let scale?)
        where precision <= mostDigits ?? .max && (0...precision).contains(scale):
            ("decimal", ["precision": precision, "scale": scale])
        case .decimal: ("number", [:])
        case .real(let bits): ("real\(bits)", [:])
        case .text: ("text", [:])
        case .binary: ("binary", [:])
        case .date: ("date", [:])
        case .time: ("time", [:])
        case .timestamp: ("timestamp", [:])
        case .instant: ("instant", [:])
        case .uuid: ("uuid", [:])
        }
    }
}
