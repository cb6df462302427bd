import Glibc
import SluiceCore
import SluiceEngine
import SluiceTestSupport
import Testing

/// A real database, its driver, and a client that is not ours.
struct DatabaseUnderTest: Sendable, CustomTestStringConvertible {
    let kind: String
    /// Its server, where that is not the one that all tests share.
    var own: Launcher?
    var testDescription: String { kind }

    static let postgresql = DatabaseUnderTest(kind: "postgresql")
    static let mariadb = DatabaseUnderTest(kind: "mariadb")
    static let sqlite = DatabaseUnderTest(kind: "sqlite")
    static let all = [postgresql, mariadb, sqlite]

    func launcher() throws -> Launcher { try own ?? Launcher.shared(kind) }

    /// The location, and the environment that lets one in.
    func location() throws -> Location { try Location(parsing: "odbc:" + launcher()["connection"]) }

    func environment() throws -> [String: String] {
        kind == "sqlite" ? [:] : ["SLUICE_ODBC_PASSWORD": try launcher()["password"]]
    }

    /// A statement that gives the numbers from 1 on as `n`.
    func series(_ count: Int) -> String {
        switch kind {
        case "postgresql": "select n from generate_series(1, \(count)) as s(n)"
        case "mariadb": "select seq as n from seq_1_to_\(count)"
        default: "with recursive s(n) as (select 1 union all select n + 1 from s where n < \(count)) select n from s"
        }
    }

    /// Has statements run by the database's own client; what that prints.
    @discardableResult func run(_ sql: String) throws -> String {
        let launcher = try launcher()
        let directory = try TemporaryDirectory()
        let script = try directory.write("script.sql", Array(sql.utf8))
        let command =
            switch kind {
            case "postgresql": ["psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-qAt", launcher["psql"]]
            case "mariadb":
                [
                    "mariadb", "--no-defaults", "--default-character-set=utf8mb4", "--socket=" + launcher["socket"], "--user=root", "-NB",
                    launcher["database"],
                ]
            default: ["sqlite3", "-bail", "-cmd", ".timeout 30000", launcher["database"]]
            }
        let ended = try Command.run(command, input: script)
        try #require(ended.status == 0, "the client of \(kind) fails")
        return String(decoding: ended.output, as: UTF8.self)
    }
}
