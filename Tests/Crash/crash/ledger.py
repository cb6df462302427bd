"""What a killed program has written into its ledger, read with Python's SQLite from a copy."""

import shutil
import sqlite3
import tempfile
from pathlib import Path


class Ledger:
    """Objects whose uploads were under way: {object: {block's ordinal: (its bytes in the source, in the sink)}}."""

    def __init__(self, directory):
        self.blocks = {}
        #: Whether there is anything to go on with.
        self.has_run = False
        #: Whether a run has ended well.
        self.has_succeeded = False
        #: The temporary files of a sink of files: {object: path}.
        self.files = {}
        if not (directory / "ledger.sqlite").exists():
            return
        # Not the ledger itself: whoever opens that changes its WAL.
        with tempfile.TemporaryDirectory() as folder:
            for path in directory.glob("ledger.sqlite*"):
                shutil.copy(path, folder)
            database = sqlite3.connect(Path(folder, "ledger.sqlite"))
            self._read(database)
            database.close()

    def _read(self, database):
        tables = {name for name, in database.execute("SELECT name FROM sqlite_master")}
        if "blocks" not in tables:
            return
        states = [status for status, in database.execute("SELECT status FROM runs WHERE command <> 'unload'")]
        self.has_succeeded = "succeeded" in states
        self.has_run = any(status != "succeeded" for status in states)
        begun = "SELECT id, coalesce(sink_name, name), session FROM items WHERE state = 0"
        for item, name, session in database.execute(begun):
            name = bytes(name).decode()
            rows = database.execute("SELECT ordinal, length, coalesce(stored, length) FROM blocks WHERE item = ?", (item,))
            self.blocks[name] = {ordinal: (length, stored) for ordinal, length, stored in rows}
            fields = bytes(session or b"").split(b"\n", 2)
            if len(fields) == 3 and fields[2].endswith(b".tmp"):
                self.files[name] = Path(fields[2].decode())
