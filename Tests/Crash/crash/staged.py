"""Staged copies of a table that are killed again and again: each row is at the sink once, and nothing is left in between."""

import subprocess
from dataclasses import dataclass

from crash.ledger import Ledger
from crash.program import Instant, Program
from crash.story import Found

#: Kills of one copy, at most.
_MOST_KILLS = 3
_ROWS = 120_000
_PARTS = 10
_TABLE = "crash_source"


class Database:
    """A server, and its own client."""

    def __init__(self, kind, ready):
        self.kind, self._ready = kind, ready
        self.location = "odbc:" + ready["connection"]
        self.password = ready["password"]

    def run(self, sql):
        """What the database's own client prints."""
        if self.kind == "PostgreSQL":
            command = ["psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-qAt", self._ready["psql"]]
        else:
            command = ["mariadb", "--no-defaults", "--socket=" + self._ready["socket"], "--user=root", "-NB", self._ready["database"]]
        ended = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)
        if ended.returncode:
            raise RuntimeError(f"{self.kind}: {ended.stderr}")
        return ended.stdout.replace("\t", "|").strip()

    def fill(self):
        """The table that is copied."""
        self.run(
            f"drop table if exists {_TABLE}; create table {_TABLE} as select n::int as n, repeat(md5(n::text), 3) as word,"
            f" case when n % 5 = 0 then null else n * 1.25 end as amount from generate_series(1, {_ROWS}) as s(n);"
            f" analyze {_TABLE};"
        )

    def empty(self, name):
        """A table without rows."""
        self.run(f"drop table if exists {name}; create table {name} (n integer not null, word varchar(120), amount decimal(20,4));")

    @property
    def marks(self):
        """Tables that say what of a run is in."""
        found = self.run("select table_name from information_schema.tables where table_name like 'sluice%';")
        return found.split()


@dataclass
class StagedRoute:
    """From a database to another, by way of a store."""

    name: str
    source: Database
    sink: Database
    store: object
    option: str


class StagedStory:
    """One copy."""

    def __init__(self, route, number, binary, folder, generator):
        self._route, self._generator = route, generator
        self._sink_table = f"crash_{number}"
        self._prefix = f"staging-{number}/"
        folder.mkdir(parents=True)
        store = route.store
        words = [
            route.source.location, route.sink.location, "--table", _TABLE, "--sink-table", self._sink_table,
            "--staging", store.location(self._prefix), "--staging-compress", route.option, "--partitions", _PARTS,
            "--staging-limit", "4MiB", "--connections", 2, *_of_staging(store.options),
        ]
        environment = {
            **store.environment, "SLUICE_ODBC_PASSWORD_SOURCE": route.source.password,
            "SLUICE_ODBC_PASSWORD_SINK": route.sink.password,
        }
        self._program = Program(binary, words, environment, folder, False)
        self.found = Found()

    def measure(self):
        """Bytes that the copy moves when nobody disturbs it."""
        self._route.sink.empty(self._sink_table)
        ending = self._program.copy()
        if ending.code:
            self._violate(f"it failed undisturbed: {ending.message[-500:]}")
        self._check()
        return ending.moved

    def tell(self, moved):
        """Kill it and have it go on until it has ended."""
        self._route.sink.empty(self._sink_table)
        ending = self._program.copy(Instant.of(self._generator, moved))
        while ending.was_killed:
            self.found.kills += 1
            there = int(self._route.sink.run(f"select count(*) from {self._sink_table};"))
            if 0 < there < _ROWS:
                self.found.midway += 1
            ledger = Ledger(self._program.state)
            if ledger.has_succeeded or not ledger.has_run:
                break
            may_kill = self.found.kills < _MOST_KILLS and self._generator.random() < 0.5
            self.found.resumes += 1
            ending = self._program.resume(Instant.of(self._generator, moved * (1 - there / _ROWS)) if may_kill else None)
        if ending.was_killed and not Ledger(self._program.state).has_run:
            return
        if ending.code and not ending.was_killed:
            self._violate(f"exit code {ending.code}: {ending.message[-500:]}")
            return
        self._check()

    def clear(self):
        """Remove what it has made."""
        self._route.sink.run(f"drop table if exists {self._sink_table};")
        self._route.store.clear(self._prefix)

    def _violate(self, what):
        self.found.violations.append(f"{self._route.name}, {self._route.option}: {what}")

    def _check(self):
        sums = "count(*), count(distinct n), sum(n), count(amount), sum(amount), sum(length(word))"
        here = self._route.sink.run(f"select {sums} from {self._sink_table};")
        there = self._route.source.run(f"select {sums} from {_TABLE};")
        if [float(value) for value in here.split("|")] != [float(value) for value in there.split("|")]:
            self._violate(f"the sink has {here}, and the source {there}")
        if left := self._route.store.names(self._prefix):
            self._violate(f"{len(left)} objects are left in the staging store: {sorted(left)[:3]}")
        for name, blocks in self._route.store.unfinished(self._prefix).items():
            if blocks:
                self._violate(f"{name} is left unfinished in the staging store")
            else:
                self.found.empty += 1
        if marks := self._route.sink.marks:
            self._violate(f"the tables {marks} are left at the sink")


def _of_staging(options):
    """The options that reach a store, when it stages."""
    return [word.replace("--sink-", "--staging-") if isinstance(word, str) else word for word in options]
