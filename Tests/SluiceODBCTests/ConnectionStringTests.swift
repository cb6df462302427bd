import SluiceCore
import Testing

@testable import SluiceODBC

@Suite struct ConnectionStringTests {
    @Test(
        "what was written is what the driver manager gets",
        arguments: [
            ("DSN=warehouse", "DSN=warehouse"),
            ("Driver={PostgreSQL Unicode};Server=db", "Driver={PostgreSQL Unicode};Server=db"),
            (" Driver = SQLite3 ; Database = /tmp/a b.db ;", "Driver=SQLite3;Database={/tmp/a b.db}"),
            ("A={x;y};B={}}};C=", "A={x;y};B={}}};C="),
        ]
    )
    func text(_ written: String, _ wanted: String) throws {
        #expect(try ConnectionString(parsing: written).text == wanted)
    }

    @Test("values are found whatever the case of their key", arguments: ["Uid", "UID", "uid"])
    func key(_ key: String) throws {
        let string = try ConnectionString(parsing: "Uid={a}}b};Uid=second")
        #expect(string[key] == "a}b")
    }

    @Test("any value comes back from its braces", arguments: ["", "a;b", "{", "}", "a}b{c}", "p w", "'\"=!", "ü"])
    func roundTrip(_ value: String) throws {
        var string = try ConnectionString(parsing: "DSN=x")
        string.add("Pwd", value)
        #expect(try ConnectionString(parsing: string.text)["pwd"] == value)
    }

    @Test("what is there already is left as it is")
    func add() throws {
        var string = try ConnectionString(parsing: "Password=secret;Fetch=5")
        string.add("Fetch", "10000")
        string.add("Pwd", "other", unless: ["Password"])
        #expect(string.text == "Password=secret;Fetch=5")
        #expect(string.description == "Password=…;Fetch=5")
    }

    @Test(
        "what is no list of pairs is refused",
        arguments: ["", ";", "warehouse", "Driver={x", "Driver={x}y;", "a=b;c"]
    )
    func malformed(_ text: String) {
        #expect { try ConnectionString(parsing: text) } throws: { ($0 as? ODBCError)?.kind == .usage }
    }
}
