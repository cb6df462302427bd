internal import GRDB

/// The tables, and how those of earlier versions become them.
///
/// A migration is never changed once it has been released: a new one is added behind it.
enum LedgerSchema {
    static var migrator: DatabaseMigrator {
        // There are no foreign keys: a check of them would read whole ledgers.
        var migrator = DatabaseMigrator().disablingDeferredForeignKeyChecks()
        migrator.registerMigration("1") { try $0.execute(sql: version1) }
        // What a run's source has decided, and later attempts must decide the same: how a table is divided.
        migrator.registerMigration("2") { try $0.execute(sql: "ALTER TABLE runs ADD COLUMN plan BLOB") }
        // How far sources of incremental copies have been copied, which outlives the runs that did it.
        migrator.registerMigration("3") { database in
            try database.execute(
                sql: """
                    CREATE TABLE watermarks (
                        key BLOB PRIMARY KEY,
                        words TEXT NOT NULL,
                        value TEXT,
                        run TEXT NOT NULL,
                        moved INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID
                    """
            )
        }
        return migrator
    }

    /// `items` is only ever appended to while a run goes on, which costs a quarter of keeping it in the order of the
    /// names. `names` is that order, made for the items of earlier attempts when a run is gone on with; `runs.indexed`
    /// is the ordinal up to which it is made.
    ///
    /// A column is null where it would repeat another: `items.sink_name` that of the source, `items.written` the size,
    /// `blocks.stored` the length. Tags are TEXT, or a BLOB where they are an MD5 in hexadecimal digits: `StoredTag`.
    private static let version1 = """
        CREATE TABLE runs (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            identifier TEXT NOT NULL UNIQUE,
            command TEXT NOT NULL,
            source TEXT NOT NULL,
            sink TEXT NOT NULL,
            specification TEXT NOT NULL,
            fingerprint BLOB NOT NULL,
            version TEXT NOT NULL,
            status TEXT NOT NULL,
            exit_code INTEGER,
            started INTEGER NOT NULL,
            ended INTEGER,
            process INTEGER NOT NULL,
            host TEXT NOT NULL,
            since INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            done INTEGER NOT NULL DEFAULT 0,
            failed INTEGER NOT NULL DEFAULT 0,
            skipped INTEGER NOT NULL DEFAULT 0,
            bytes_read INTEGER NOT NULL DEFAULT 0,
            bytes_written INTEGER NOT NULL DEFAULT 0,
            bytes_resumed INTEGER NOT NULL DEFAULT 0,
            indexed INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX runs_by_fingerprint ON runs (fingerprint);
        CREATE TABLE items (
            id INTEGER PRIMARY KEY,
            hash INTEGER NOT NULL,
            state INTEGER NOT NULL,
            name BLOB NOT NULL,
            size INTEGER,
            modified INTEGER,
            tag ANY,
            sink_name BLOB,
            written INTEGER,
            digest BLOB,
            session BLOB,
            note TEXT
        ) STRICT;
        CREATE TABLE blocks (
            item INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            length INTEGER NOT NULL,
            stored INTEGER,
            checksum BLOB,
            tag ANY,
            PRIMARY KEY (item, ordinal)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE names (
            run INTEGER NOT NULL,
            hash INTEGER NOT NULL,
            item INTEGER NOT NULL,
            PRIMARY KEY (run, hash, item)
        ) STRICT, WITHOUT ROWID;
        """
}

/// `items.state`. What `items.note` says depends on it: the plan of a begun item, why an item failed or was skipped.
enum StoredState: Int {
    case begun = 0
    case done = 1
    case failed = 2
    case skipped = 3
}
