import GRDB
import Glibc
import SluiceCore
import SluiceLedger
import SluiceTestSupport
import Testing

/// Files as released versions have left them. What stands here is never changed: a new version gets a file of its own.
@Suite("Ledgers of earlier versions", .timeLimit(.minutes(30)))
struct MigrationTests {
    @Test("A ledger of version 1 is read, gone on with and written to")
    func version1() throws {
        let site = try LedgerSite()
        try make(MigrationTests.version1, site)
        let ledger = try site.open()
        let run = try #require(try ledger.run("0190"))
        #expect(run.record.source == "/in" && run.record.sink == "s3://b" && run.record.fingerprint == [0xAB, 0xCD])
        #expect(run.status == .partial && run.exitCode == 3 && run.attempts == 2)
        #expect(run.holder == RunHolder(process: 77, host: "node", since: Timestamp(nanoseconds: 3)))
        #expect(
            run.totals.done == 1 && run.totals.failed == 1
                && run.totals.bytes == RunBytes(read: 4, written: 5, resumed: 6)
        )
        #expect(try ledger.failures(of: run, limit: 9).map(\.outcome) == [.failed("no")])

        let resumed = try ledger.resume("0190")
        #expect(
            resumed.lookup("a")
                == .done(
                    EndedItem(
                        name: "a",
                        version: SourceVersion(size: 9, modified: Timestamp(nanoseconds: 8), entityTag: "t"),
                        sinkName: "a.gz",
                        outcome: .done,
                        bytesWritten: 7,
                        digest: Checksum(algorithm: .crc32c, bytes: [1, 2, 3, 4])
                    )
                )
        )
        guard case .begun(let item, let begun) = resumed.lookup("b") else {
            Issue.record("the begun item is not there")
            return
        }
        #expect(begun == BegunItem(name: "b", version: SourceVersion(), session: [5, 6], plan: "p"))
        let expected = BlockReceipt(
            ordinal: 2,
            length: 10,
            checksum: Checksum(algorithm: .crc64nvme, bytes: [1, 2, 3, 4, 5, 6, 7, 8]),
            tag: "\"0cc175b9c0f1b6a831c399e269772661\""
        )
        #expect(resumed.blocks(of: item) == [BlockRecord(receipt: expected, offset: 20, length: 11)])
        resumed.end(sampleEnded("c"))
        resumed.finish(.interrupted, exitCode: 130)
        #expect(resumed.problem == nil)
        #expect(try ledger.resume("0190").lookup("c") == .done(sampleEnded("c")))
    }

    private func make(_ sql: String, _ site: LedgerSite) throws {
        _ = mkdir(site.directory.path, 0o700)
        try DatabaseQueue(path: site.directory.ledger).write { try $0.execute(sql: sql) }
    }

    private static let version1 = """
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        INSERT INTO grdb_migrations VALUES ('1');
        CREATE TABLE runs (number INTEGER PRIMARY KEY AUTOINCREMENT, identifier TEXT NOT NULL UNIQUE,
            command TEXT NOT NULL, source TEXT NOT NULL, sink TEXT NOT NULL, specification TEXT NOT NULL,
            fingerprint BLOB NOT NULL, version TEXT NOT NULL, status TEXT NOT NULL, exit_code INTEGER,
            started INTEGER NOT NULL, ended INTEGER, process INTEGER NOT NULL, host TEXT NOT NULL,
            since INTEGER NOT NULL, attempts INTEGER NOT NULL, done INTEGER NOT NULL DEFAULT 0,
            failed INTEGER NOT NULL DEFAULT 0, skipped INTEGER NOT NULL DEFAULT 0,
            bytes_read INTEGER NOT NULL DEFAULT 0, bytes_written INTEGER NOT NULL DEFAULT 0,
            bytes_resumed INTEGER NOT NULL DEFAULT 0, indexed INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE INDEX runs_by_fingerprint ON runs (fingerprint);
        CREATE TABLE items (id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, state INTEGER NOT NULL, name BLOB NOT NULL,
            size INTEGER, modified INTEGER, tag ANY, sink_name BLOB, written INTEGER, digest BLOB, session BLOB,
            note TEXT) STRICT;
        CREATE TABLE blocks (item INTEGER NOT NULL, ordinal INTEGER NOT NULL, offset INTEGER NOT NULL,
            length INTEGER NOT NULL, stored INTEGER, checksum BLOB, tag ANY,
            PRIMARY KEY (item, ordinal)) STRICT, WITHOUT ROWID;
        CREATE TABLE names (run INTEGER NOT NULL, hash INTEGER NOT NULL, item INTEGER NOT NULL,
            PRIMARY KEY (run, hash, item)) STRICT, WITHOUT ROWID;
        INSERT INTO runs VALUES (5, '0190', 'copy', '/in', 's3://b', '{}', x'ABCD', '1.0', 'partial', 3, 1, 2, 77, 'node',
            3, 2, 1, 1, 0, 4, 5, 6, 0);
        INSERT INTO items VALUES
            (21474836481, -5808556873153909620, 1, x'61', 9, 8, 't', x'612E677A', 7, x'01020304', NULL, NULL),
            (21474836482, -5808553574619024987, 0, x'62', NULL, NULL, NULL, NULL, NULL, NULL, x'0506', 'p'),
            (21474836483, 0, 2, x'7A', NULL, NULL, NULL, NULL, 0, NULL, NULL, 'no');
        INSERT INTO blocks VALUES
            (21474836482, 2, 20, 11, 10, x'0102030405060708', x'220CC175B9C0F1B6A831C399E269772661');
        """
}
