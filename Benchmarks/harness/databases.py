"""A database that is filled once with TPC-H's lineitem, and read by every run."""

import subprocess
import urllib.parse
from contextlib import ExitStack, contextmanager

import harness.places as places
from harness.clients import LOADED, SLING_LOADED
from harness.model import DatabaseDestination
from harness.servers import Https, Local, ServerFailed, launched

TABLE = "lineitem"
_COLUMNS = """
    l_orderkey bigint not null, l_partkey bigint not null, l_suppkey bigint not null, l_linenumber integer not null,
    l_quantity numeric(15,2) not null, l_extendedprice numeric(15,2) not null, l_discount numeric(15,2) not null,
    l_tax numeric(15,2) not null, l_returnflag varchar(1) not null, l_linestatus varchar(1) not null,
    l_shipdate date not null, l_commitdate date not null, l_receiptdate date not null,
    l_shipinstruct varchar(25) not null, l_shipmode varchar(10) not null, l_comment varchar(44) not null
"""
# The launcher's own password is one that not every contender can be given.
_USER, _PASSWORD = "reader", "reader"
_SHARED_MEMORY = "1GB"  # the table fits: no disk is in any figure


class PostgreSQL:
    """The server over TLS with a password, for as long as it is used as a context, beside an HTTPS server.

    Measured runs write to the HTTPS server's `location`, "null" or "shm"; checked ones always to "shm".
    """

    def __init__(self, rows, location="null"):
        """`rows` is a CSV file with a header."""
        self._rows = rows
        self._https = Https(location)
        self._opened = ExitStack()

    def __enter__(self):
        with ExitStack() as opened:
            launcher = [places.FIXTURES / "postgresql", "--buffers", _SHARED_MEMORY]
            self._process, self._ready = opened.enter_context(launched(*launcher))
            opened.enter_context(self._https)
            self._fill()
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *failure):
        return self._opened.__exit__(*failure)

    def _fill(self):
        print(f"filling {TABLE}", flush=True)
        commands = [
            f"create table {TABLE} ({_COLUMNS})",
            f"\\copy {TABLE} from '{self._rows}' with (format csv, header)",
            f"vacuum (freeze, analyze) {TABLE}",
            f"create role {_USER} login password '{_PASSWORD}'",
            f"grant select on {TABLE} to {_USER}",
            f"grant create on schema public to {_USER}",
        ]
        for table in (LOADED, SLING_LOADED):
            commands += [f"create table {table} (like {TABLE})", f"alter table {table} owner to {_USER}"]
        self._run(commands)

    def _run(self, commands):
        for command in commands:
            done = subprocess.run(["psql", "--quiet", "--no-psqlrc", self._ready["psql"], "--command", command],
                                  capture_output=True, text=True)
            if done.returncode or done.stderr:
                raise ServerFailed(done.stderr)

    @contextmanager
    def destination(self, checked):
        """One run's folders: of the HTTPS server and of this machine."""
        ready = self._ready
        self._run([f"truncate {LOADED}, {SLING_LOADED}"])
        with self._https.destination(checked) as https, Local().destination(checked) as local:
            yield DatabaseDestination(
                connection=ready["connection"].replace(f"Uid={ready['user']}", f"Uid={_USER}"),
                authority=ready["ca"], port=ready["port"], user=_USER, password=_PASSWORD, database="fixture",
                https=https, folder=local.folder,
                server=(self._process.pid, https.server),
            )


def url(database, scheme="postgresql", **options):
    """The database's address as a URL, with its password."""
    user, password = (urllib.parse.quote(text, safe="") for text in (database.user, database.password))
    query = urllib.parse.urlencode(options | {"sslrootcert": database.authority})
    return f"{scheme}://{user}:{password}@localhost:{database.port}/{database.database}?{query}"
