import SluiceCore
import Testing

@testable import SluiceODBC

@Suite struct DriverProfileTests {
    @Test(
        "drivers are known by their library and by their name",
        arguments: [
            ("psqlodbcw.so", "postgresql"), ("PostgreSQL ANSI", "postgresql"), ("libmaodbc.so", "mariadb"),
            ("MariaDB Unicode", "mariadb"), ("sqlite3odbc.so", "sqlite"), ("libtdsodbc.so", "generic"), ("", "generic"),
        ]
    )
    func known(_ driver: String, _ profile: String) throws {
        let profiles = try DriverProfiles()
        #expect(profiles.profile(forDriver: driver).name == profile)
    }

    @Test("a user's own profile comes before ours")
    func own() throws {
        let own = """
            ; mine
            [house]
            drivers = tds, psqlodbc
            option.ClientCharset = UTF-8
            on-connect = set a = 'b'
            read.Money = cast({column} as decimal(19, 4))
            """
        let profiles = try DriverProfiles(own: own)
        let found = profiles.profile(forDriver: "libtdsodbc.so")
        #expect(found.name == "house")
        #expect(found.options.map(\.key) == ["ClientCharset"])
        #expect(found.onConnect == ["set a = 'b'"])
        #expect(found.expressions == ["money": "cast({column} as decimal(19, 4))"])
        #expect(profiles.profile(forDriver: "psqlodbcw.so").name == "house")
        #expect(profiles.profile(forDriver: "libmaodbc.so").name == "mariadb")
    }

    @Test("a profile can be like one of ours, but for what it says itself")
    func like() throws {
        let own = "[mine]\ndrivers = psqlodbc\nlike = postgresql\noption.Fetch = 5\nread.date = {column}"
        let found = try DriverProfiles(own: own).profile(forDriver: "psqlodbcw.so")
        #expect(found.name == "mine" && found.drivers == ["psqlodbc"])
        #expect(found.options.filter { $0.key == "Fetch" }.map(\.value) == ["5"])
        #expect(found.options.contains { $0.key == "UseDeclareFetch" })
        #expect(found.expressions["date"] == "{column}" && found.expressions["time"] == "{column}::text")
    }

    @Test(
        "a file that can't be read names its line",
        arguments: [("drivers = x", "line 1"), ("[a]\nnothing", "line 2"), ("[a]\n\nwhat = 1", "line 3"), ("[a]\nlike = b", "line 2")]
    )
    func malformed(_ text: String, _ line: String) {
        #expect { try DriverProfiles(own: text) } throws: { error in
            (error as? ODBCError).map { $0.kind == .usage && $0.description.contains(line) } ?? false
        }
    }
}
