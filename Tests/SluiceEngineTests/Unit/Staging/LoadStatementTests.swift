import SluiceCore
import SluiceStores
import Testing

@testable import SluiceEngine

@Suite struct LoadStatementTests {
    private static let signed = ObjectAddress(address: "https://h/b/stage/a.csv", credential: "X-A=1&X-S=2")

    private func filled(
        _ text: String,
        _ address: ObjectAddress = signed,
        table: String = "\"Mart\".orders",
        name: String = "stage/a.csv"
    ) throws -> String {
        try LoadStatement(text).filled(address, table: table, name: name)
    }

    @Test(arguments: [
        (
            "COPY {table} FROM PROGRAM 'curl -sf \"{address}\" | gunzip' CSV",
            "COPY \"Mart\".orders FROM PROGRAM 'curl -sf \"https://h/b/stage/a.csv?X-A=1&X-S=2\" | gunzip' CSV"
        ),
        ("{bare-address} {credential} {bare-address}", "https://h/b/stage/a.csv X-A=1&X-S=2 https://h/b/stage/a.csv"),
        ("FILES = ('{name}')", "FILES = ('a.csv')"),
        ("{name}", "a.csv"),
        ("{{d '2026-01-01'}} {{{name}}} {{name}} {name}}}", "{d '2026-01-01'} {a.csv} {name} a.csv}"),
        ("{{{{ {name} }}}}", "{{ a.csv }}"),
        ("select 'ä\u{301}' {name}\r\n", "select 'ä\u{301}' a.csv\r\n"),
    ])
    func `placeholders are filled, and doubled braces are braces`(_ text: String, _ expected: String) throws {
        #expect(try filled(text) == expected)
    }

    @Test func `an address that needs no credential is put in alone`() throws {
        let path = ObjectAddress(address: "/mnt/R&D (1)/a.csv")
        #expect(try filled("LOAD DATA INFILE '{address}'", path) == "LOAD DATA INFILE '/mnt/R&D (1)/a.csv'")
        let error = #expect(throws: CopyError.self) { try filled("{bare-address}{credential}", path) }
        #expect(error?.kind == .usage && error?.what.contains("{credential}") == true)
    }

    @Test(arguments: [
        ("{addres} {name}", "{addres}"), ("{Address} {name}", "{Address}"), ("{} {name}", "{}"),
        ("{ name } {name}", "{ name }"), ("{d '2026-01-01'} {name}", "{d '2026-01-01'}"),
    ])
    func `an unknown placeholder is named beside those that there are`(_ text: String, _ named: String) {
        let error = #expect(throws: CopyError.self) { try LoadStatement(text) }
        #expect(error?.kind == .usage && error?.what.contains(named) == true)
        #expect(
            error?.advice?.contains("{address}, {bare-address}, {credential}, {name}, {table}") == true
        )
    }

    @Test(arguments: ["{name", "{name}}", "}{name}", "{name} {", "{name} {{{", "{{name}", "{name} }}}"])
    func `a brace without its other half is refused`(_ text: String) {
        let error = #expect(throws: CopyError.self) { try LoadStatement(text) }
        #expect(error?.kind == .usage && error?.what.contains("without its other half") == true)
    }

    @Test(arguments: ["", "COPY {table} FROM 'x'", "{credential}", "{{address}} {{name}}"])
    func `a statement that names no object is refused`(_ text: String) {
        let error = #expect(throws: CopyError.self) { try LoadStatement(text) }
        #expect(error?.kind == .usage && error?.advice?.contains("{address}, {bare-address}, {name}") == true)
    }

    @Test(arguments: ["'", "\\", "\"", "$(id)", "`id`", "\n", "\0", "\u{7F}", "'\u{301}"])
    func `nothing that ends a literal or a command is put in`(_ text: String) {
        for statement in ["'{address}'", "'{bare-address}'"] {
            let address = ObjectAddress(address: "/stage/a\(text).csv", credential: nil)
            let error = #expect(throws: CopyError.self) { try filled(statement, address) }
            #expect(error?.kind == .usage && error?.what.contains("/stage/a") == true)
        }
        #expect(throws: CopyError.self) { try filled("'{name}'", name: "dir/a\(text).csv") }
        // The folder is not put in.
        #expect(throws: Never.self) { try filled("'{name}'", name: "a\(text)/a.csv") }
        let secret = ObjectAddress(address: "https://h/a", credential: "sig=hush\(text)")
        for statement in ["'{address}'", "'{credential}{name}'"] {
            let error = #expect(throws: CopyError.self) { try filled(statement, secret) }
            #expect(error?.description.contains("hush") == false)
        }
    }

    @Test(arguments: [
        "copy {table} from program 'curl {address} | gunzip'",
        "COPY {table} FROM\n  PROGRAM'curl {address} | gunzip'",
        "COPY \"a\" FROM PROGRAM 'curl \"x\" {bare-address}?{credential}'",
    ])
    func `what would part a shell's command has to stand in double quotes`(_ text: String) throws {
        let error = #expect(throws: CopyError.self) { try filled(text) }
        #expect(error?.kind == .usage && error?.advice?.contains("in double quotes") == true)
        let quoted = text.replacing("{address}", with: "\"{address}\"").replacing(
            "{credential}",
            with: "\"{credential}\""
        )
        #expect(try filled(quoted).contains("&X-S=2\""))
    }

    @Test(arguments: ["a b", "a;id", "a|id", "a&id", "a>b", "a<b", "(id)", "*", "a?", "[a]"])
    func `an object's name never parts a shell's command`(_ name: String) throws {
        #expect(throws: CopyError.self) { try filled("copy t from program 'cat {name}'", name: name) }
        for text in [
            "copy t from program 'cat \"{name}\"'", "copy programs from '{name}'", "load '{name}' from programs",
        ] {
            #expect(try filled(text, name: name).contains(name))
        }
    }

    @Test func `a table's name may be quoted as SQL quotes names, and no literal ends in it`() throws {
        #expect(try filled("{table} {name}", table: "\"a $b\".`c`") == "\"a $b\".`c` a.csv")
        for table in ["it's", "a\\b", "a\nb"] {
            let error = #expect(throws: CopyError.self) { try filled("{table} {name}", table: table) }
            #expect(error?.kind == .usage && error?.what.contains("{table}") == true)
        }
    }

    @Test func `what is asked for is known`() throws {
        #expect(try LoadStatement("{table}{name}{name}{{address}}").placeholders == [.table, .name])
    }
}
