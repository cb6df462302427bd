"""TPC-H's lineitem out of PostgreSQL, as compressed text to HTTPS and as Parquet into files, and into it again."""

from contextlib import nullcontext

import harness.places as places
from harness import checks, database_clients as clients
from harness.databases import PostgreSQL
from harness.model import SLUICE, Case, Command, Contender, Target
from harness.servers import Local

_PSQL, _SLING, _LOOP = "psql \\copy | gzip -1 | curl", "sling", "bare cursor loop"
_ARROW, _CONNECTORX = "arrow-odbc + pyarrow", "connectorx + pyarrow"
_TWO, _ONE = "sluice, two partitions", "sluice, one partition"
_CSV = ["--table", "lineitem", "--format", "csv", "--csv-header", "--compress", "gzip:1"]
_PARQUET = ["--table", "lineitem", "--format", "parquet", "--compress", "zstd"]
# As sluice asks for: some 8 MB of the cells that are bound.
_ROWS = 10_000


def make_csv(data, program):
    """CSV, gzip level 1, to an HTTPS server that throws it away; sling writes a file in memory."""
    copy = program.extract
    return _case("table-csv", "out of PostgreSQL as CSV, gzip level 1, by HTTPS PUT", data, [
        Contender(SLUICE, lambda to: [[copy(to, "https", *_CSV)]]),
        Contender(_TWO, lambda to: [[copy(to, "https", *_CSV, "--partitions", "2")]]),
        Contender(_PSQL, lambda to: [[clients.psql_copy(to), clients.gzip(1), clients.curl_put(to, "x.csv.gz")]]),
        Contender(_SLING, lambda to: [[clients.sling(to, "x.csv.gz")]]),
    ], [
        Target("rows/s at least 5 × sling's", "wall", 1 / 5, [_SLING]),
        Target("rows/s at least 1.5 × psql's", "wall", 1 / 1.5, [_PSQL]),
        Target("two partitions: at least 5 × sling's", "wall", 1 / 5, [_SLING], subject=_TWO),
        Target("two partitions: at least 1.5 × psql's", "wall", 1 / 1.5, [_PSQL], subject=_TWO),
        Target("CPU below both", "cpu", 1.0, [_SLING, _PSQL]),
    ], checks.stored_rows)


def make_cursor(data, program):
    """One cursor that renders every cell here, against one that renders nothing."""
    copy = program.extract
    return _case("table-cursor", "out of PostgreSQL by one cursor, CSV, gzip level 1, by HTTPS PUT", data, [
        Contender(SLUICE, lambda to: [[copy(to, "https", *_CSV, "--no-pushdown", "--partitions", "1")]]),
        Contender(_LOOP, lambda to: [[clients.cursor_loop(to, _ROWS)]]),
    ], [Target("rows/s at least 0.9 of the bare loop's", "wall", 1 / 0.9, [_LOOP])])


def make_parquet(data, program):
    """Parquet with zstd into a file in memory."""
    copy = program.extract
    return _case("table-parquet", "out of PostgreSQL as Parquet, zstd, into files", data, [
        Contender(SLUICE, lambda to: [[copy(to, "file", *_PARQUET)]]),
        Contender(_TWO, lambda to: [[copy(to, "file", *_PARQUET, "--partitions", "2")]]),
        Contender(_ARROW, lambda to: [[clients.arrow_odbc(to, "x.parquet")]]),
        Contender(_CONNECTORX, lambda to: [[clients.connectorx(to, "x.parquet")]]),
    ], [
        Target("rows/s at least 2 × arrow-odbc's", "wall", 1 / 2, [_ARROW]),
        Target("rows/s at least connectorx's", "wall", 1.0, [_CONNECTORX]),
        Target("two partitions: at least 2 × arrow-odbc's", "wall", 1 / 2, [_ARROW], subject=_TWO),
        Target("two partitions: at least connectorx's", "wall", 1.0, [_CONNECTORX], subject=_TWO),
    ], checks.parquet_rows)


def make_partitions(data, program):
    """Two partitions against one, where the work is the client's."""
    copy, options = program.extract, [*_CSV, "--no-pushdown"]
    return _case("table-partitions", "out of PostgreSQL as CSV, gzip level 1, by HTTPS PUT", data, [
        Contender(_TWO, lambda to: [[copy(to, "https", *options, "--partitions", "2")]]),
        Contender(_ONE, lambda to: [[copy(to, "https", *options, "--partitions", "1")]]),
    ], [Target("two partitions: rows/s at least 1.6 × one's", "wall", 1 / 1.6, [_ONE], subject=_TWO)])


def make_load(data, program):
    """A file of CSV into a table that is emptied first."""
    rows = data.lineitem()
    return _case("table-load", "from a CSV file into PostgreSQL", data, [
        Contender(SLUICE, lambda to: [[program.load(rows, to)]]),
        Contender("psql \\copy", lambda to: [[clients.psql_load(to, rows)]]),
        Contender(_SLING, lambda to: [[clients.sling_load(to, rows)]]),
    ], [Target("rows/s at least 2 × sling's", "wall", 1 / 2, [_SLING])], checks.loaded_rows)


# More rows than any memory here holds, from a query that the database computes on its way.
_MANY_ROWS = """select n as id, n % 1000 as part, (n % 100000) / 100.0 as price, date '2020-01-01' + (n % 2000)::int as day,
 'row ' || n || ' of many' as remark from (select generate_series(1, {count}::bigint) as n) s"""
_MEMORY, _MEMORY_LIMIT = "64MiB", (64 + 64) << 20


def make_memory(data, program):
    """Sixty million rows of a query as CSV and as Parquet, within a bound."""
    count = data.scale.query_rows
    query = ["--query", " ".join(_MANY_ROWS.format(count=count).split()), "--memory", _MEMORY]
    formats = {"sluice, CSV": ["--format", "csv"], "sluice, Parquet": ["--format", "parquet", "--compress", "zstd"]}
    return Case(
        name="table-memory", title=f"Peak memory with --memory {_MEMORY}: {count} rows of a query out of PostgreSQL by HTTPS PUT",
        amount=count, unit="rows", contenders=[
            Contender(name, lambda to, options=options: [[program.extract(to, "https", *query, *options)]])
            for name, options in formats.items()
        ],
        stage=PostgreSQL(data.lineitem()),
        targets=[Target(f"{name}: at most 64 MiB + 64 MiB", "peak", _MEMORY_LIMIT, subject=name) for name in formats],
        runs=1, warm_up=False,
    )


_PASSES = 8
_PROBED = 256 << 20


def make_text(data, _):
    """CSV in memory, by one thread: the reading of the file and, of the encoder, one parse count, too."""
    rows = data.lineitem()
    size = min(_PROBED, rows.stat().st_size)
    probe = places.REPOSITORY / ".build/release/SluiceTableProbe"
    parser, encoder = "sluice, parser", "sluice, encoder"
    return Case(
        name="table-text", title=f"CSV of lineitem in memory, {size >> 20} MiB {_PASSES} times over", amount=size * _PASSES,
        unit="bytes", contenders=[
            Contender(name, lambda _, what=what: [[Command([probe, rows, what, str(_PASSES)])]])
            for name, what in ((parser, "parse"), (encoder, "encode"))
        ],
        stage=nullcontext(Local()),
        targets=[
            Target("parser: at least 0.7 GB/s a core", "cpu", size * _PASSES / 0.7e9, subject=parser),
            Target("encoder: at least 1 GB/s a core", "cpu", size * _PASSES / 1e9, subject=encoder),
        ],
    )


def _case(name, title, data, contenders, targets, check=None):
    rows = data.lineitem()
    count = data.row_count(rows)
    return Case(
        name=name, title=f"{count} rows of lineitem {title}", amount=count, unit="rows", contenders=contenders,
        stage=PostgreSQL(rows), targets=targets, check=check and (lambda to: check(to, count)),
    )
