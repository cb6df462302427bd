import Glibc
import SluiceCore
import SluiceEngine
import SluiceTestSupport
import Testing

/// A real database, its driver, and a client that is not ours.
struct DatabaseUnderTest: Sendable, CustomTestStringConvertible {
    let kind: String
    var testDescription: String { kind }

    static let postgresql = DatabaseUnderTest(kind: "postgresql")
    static let mariadb = DatabaseUnderTest(kind: "mariadb")
    static let sqlite = DatabaseUnderTest(kind: "sqlite")
    static let all = [postgresql, mariadb, sqlite]

    func launcher() throws -> Launcher { try Launcher.shared(kind) }

    /// The location, and the environment that lets one in.
    func location() throws -> Location { try Location(parsing: "odbc:" + launcher()["connection"]) }

    func environment() throws -> [String: String] {
        kind == "sqlite" ? [:] : ["SLUICE_ODBC_PASSWORD": try launcher()["password"]]
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
                    "mariadb", "--no-defaults", "--socket=" + launcher["socket"], "--user=root", "-NB",
                    launcher["database"],
                ]
            default: ["sqlite3", "-bail", "-cmd", ".timeout 30000", launcher["database"]]
            }
        let ended = try Command.run(command, input: script)
        try #require(ended.status == 0, "the client of \(kind) fails")
        return String(decoding: ended.output, as: UTF8.self)
    }
}
