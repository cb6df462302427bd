internal import CODBC
internal import SluiceTables

/// A column of a result, as the driver describes it.
struct ResultColumn: Sendable, Hashable {
    let name: String
    /// SQL_VARCHAR and its like.
    let type: Int32
    /// What the database calls it, in lower case; empty where the driver doesn't say.
    let typeName: String
    /// Characters, bytes or digits; 0 where the driver doesn't know.
    let size: Int
    /// Digits behind the point.
    let digits: Int
    let isNullable: Bool
    let isUnsigned: Bool

    init(name: String, type: Int32, typeName: String, size: Int, digits: Int) {
        self.name = name
        self.type = type
        self.typeName = typeName
        self.size = size
        self.digits = digits
        isNullable = true
        isUnsigned = false
    }

    init(_ statement: Statement, number: Int) throws {
        var name = [SQLCHAR](repeating: 0, count: 1024)
        var length: SQLSMALLINT = 0
        var type: SQLSMALLINT = 0
        var size: SQLULEN = 0
        var digits: SQLSMALLINT = 0
        var nullable: SQLSMALLINT = 0
        try statement.check(
            unsafe SQLDescribeCol(
                statement.handle,
                SQLUSMALLINT(number),
                &name,
                SQLSMALLINT(name.count),
                &length,
                &type,
                &size,
                &digits,
                &nullable
            ),
            "describes the result of"
        )
        self.name = String(decoding: name.prefix(Int(length)), as: UTF8.self)
        self.type = Int32(type)
        self.size = Int(clamping: size)
        self.digits = Int(digits)
        isNullable = nullable != SQL_NO_NULLS
        isUnsigned = ResultColumn.number(statement, number, SQL_DESC_UNSIGNED) == SQL_TRUE
        typeName = ResultColumn.text(statement, number, SQL_DESC_TYPE_NAME).lowercased()
    }

    private static func number(_ statement: Statement, _ number: Int, _ field: Int32) -> Int {
        var answer: SQLLEN = 0
        let result = unsafe SQLColAttribute(
            statement.handle,
            SQLUSMALLINT(number),
            SQLUSMALLINT(field),
            nil,
            0,
            nil,
            &answer
        )
        return result == SQL_SUCCESS ? Int(answer) : 0
    }

    private static func text(_ statement: Statement, _ number: Int, _ field: Int32) -> String {
        var answer = [UInt8](repeating: 0, count: 256)
        var length: SQLSMALLINT = 0
        let result = unsafe SQLColAttribute(
            statement.handle,
            SQLUSMALLINT(number),
            SQLUSMALLINT(field),
            &answer,
            SQLSMALLINT(answer.count),
            &length,
            nil
        )
        guard result == SQL_SUCCESS else { return "" }
        return String(decoding: answer.prefix(min(255, max(0, Int(length)))), as: UTF8.self)
    }
}
