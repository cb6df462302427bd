"""Command lines of those who read a table out of a database, each as its own documentation would have it."""

import harness.places as places
from harness import clients
from harness.databases import TABLE, url
from harness.model import Command

QUERY = f"select * from {TABLE}"
_FETCH = 20_000  # rows that psqlODBC asks the server for at a time


def psql_copy(database):
    """PostgreSQL's own way out, as CSV to standard output."""
    return _psql(database, f"\\copy {TABLE} to stdout with (format csv, header)")


def psql_load(database, file):
    """And its own way in."""
    return _psql(database, f"truncate {clients.LOADED}", f"\\copy {clients.LOADED} from '{file}' with (format csv, header)")


def psql_count(database):
    """The number of rows that were loaded."""
    return _psql(database, f"select (select count(*) from {clients.LOADED}) + (select count(*) from {clients.SLING_LOADED})")


def _psql(database, *commands):
    parts = {
        "host": "localhost", "port": database.port, "user": database.user, "dbname": database.database,
        "sslmode": "verify-full", "sslrootcert": database.authority,
    }
    address = " ".join(f"{name}={value}" for name, value in parts.items())
    words = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", address]
    for command in commands:
        words += ["--command", command]
    return Command(words, {"PGPASSWORD": database.password})


def gzip(level):
    """Standard input to standard output."""
    return Command(["gzip", f"-{level}", "--stdout"])


def curl_put(database, name):
    """Standard input to the HTTPS server."""
    return clients.curl_put("-", database.https, name)


def sling(database, name):
    """A table into a compressed CSV file; it knows no HTTPS PUT."""
    words = [places.peer_packages() / "sling_linux_amd64/bin/sling-linux-amd64", "run", "--src-conn", "BENCH_DATABASE"]
    words += ["--src-stream", f"public.{TABLE}", "--tgt-object", f"file://{database.folder}/{name}"]
    return Command(words, {"BENCH_DATABASE": url(database, "postgres", sslmode="verify-full")})


def sling_load(database, file):
    """A CSV file into a table, to which it adds a column."""
    words = [places.peer_packages() / "sling_linux_amd64/bin/sling-linux-amd64", "run", "--src-stream", f"file://{file}"]
    words += ["--tgt-conn", "BENCH_DATABASE", "--tgt-object", f"public.{clients.SLING_LOADED}", "--mode", "truncate"]
    return Command(words, {"BENCH_DATABASE": url(database, "postgres", sslmode="verify-full")})


def cursor_loop(database, rows):
    """The floor: a block cursor of so many rows, bound as text, that formats nothing."""
    words = [places.own("cursor-loop"), _streaming(database), QUERY, str(rows)]
    return Command(words, {"SLUICE_ODBC_PASSWORD": database.password})


def arrow_odbc(database, name):
    """arrow-odbc and pyarrow, batch by batch."""
    words = [_python(), places.BENCHMARKS / "peers/arrow_odbc_parquet.py", _streaming(database), QUERY]
    return Command([*words, database.folder / name], {"SLUICE_ODBC_PASSWORD": database.password})


def connectorx(database, name):
    """connectorx and pyarrow, the whole table at once."""
    words = [_python(), places.BENCHMARKS / "peers/connectorx_parquet.py", QUERY, database.folder / name]
    return Command(words, {"DATABASE_URL": url(database, sslmode="require")})


def _python():
    return places.TOOLS / "bench-venv/bin/python3"


def _streaming(database):
    return f"{database.connection};UseDeclareFetch=1;Fetch={_FETCH}"
