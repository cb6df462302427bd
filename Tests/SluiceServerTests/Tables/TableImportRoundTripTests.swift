import SluiceCore
import SluiceEngine
import SluiceODBC
import SluiceTestSupport
import Testing

/// What goes out of a database and comes back is the same, value by value, as the database's own client sees it.
@Suite(.serialized, .timeLimit(.minutes(30))) struct TableImportRoundTripTests {
    private let copy: TableImport

    init() throws { copy = try TableImport() }

    @Test("out to a file and back", arguments: DatabaseUnderTest.all, ["csv", "jsonl"])
    func file(_ database: DatabaseUnderTest, _ format: String) throws {
        try database.run(NastyTables.sql(of: database))
        try database.run(NastyTables.empty("nasty_back", database))
        let out = try copy.export(database, .table("nasty"), to: "nasty." + format)
        #expect(out.start == nil && out.errors == [], "\(out.errors)")
        let back = try copy.loadFile(copy.directory.path + "/nasty." + format, into: database, "nasty_back")
        #expect(back.start == nil && back.errors == [], "\(back)")
        let wanted = try database.run(NastyTables.rows(of: "nasty", database))
        #expect(try database.run(NastyTables.rows(of: "nasty_back", database)) == wanted)
    }

    // SQLite lets nobody write to a file that somebody reads.
    @Test(
        "from table to table, into one that is there and into one that is made",
        arguments: [DatabaseUnderTest.postgresql, .mariadb]
    )
    func table(_ database: DatabaseUnderTest) throws {
        try database.run(NastyTables.sql(of: database))
        try database.run(NastyTables.empty("nasty_back", database))
        for (name, isMade) in [("nasty_back", false), ("nasty_made", true)] {
            var specification = CopySpecification(source: try database.location(), sink: try database.location())
            specification.environment = try database.environment()
            specification.table.query = .table("nasty")
            specification.tableSink.table = name
            if isMade {
                specification.tableSink.createsTable = true
                // Types that a made table does not have: a string of bits is a truth to PostgreSQL's driver.
                let query =
                    database.kind == "postgresql" ? "id, b, i2, i8, n, n2, f4, f8, t, v, y, d, ti, tt, ts, tz, u" : "*"
                specification.table.query = .query("select \(query) from nasty")
            }
            let ending = copy.run(specification)
            #expect(ending.start == nil && ending.errors == [], "\(ending)")
            if !isMade {
                let wanted = try database.run(NastyTables.rows(of: "nasty", database))
                #expect(try database.run(NastyTables.rows(of: name, database)) == wanted)
            } else if database.kind == "postgresql" {
                let differing = try database.run(
                    """
                    select count(*) from (select id, b, i2, i8, n, n2, f4, f8, t, v, y, d, ti, tt::text, ts, tz, u from nasty
                    except select id, b, i2, i8, n, n2, f4, f8, t, v, y, d, ti, tt, ts, tz, u from nasty_made) as lost
                    """
                )
                #expect(differing == "0\n")
            } else {
                let columns =
                    "id, b, i1, i3, i8, u8, n, n2, f4, f8, hex(t), v, c, hex(y), hex(vb), hex(fb), d, ti, dt, ts, conv(hex(bi), 16, 10), b1 + 0, e, s, j, u"
                let wanted = try database.run("select \(columns) from nasty order by id")
                #expect(try database.run("select \(columns) from nasty_made order by id") == wanted)
            }
        }
    }
}
