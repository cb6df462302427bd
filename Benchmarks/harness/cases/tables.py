"""TPC-H's lineitem out of PostgreSQL: as compressed text to HTTPS, and as Parquet into files."""

from harness import checks, database_clients as clients
from harness.databases import PostgreSQL
from harness.model import SLUICE, Case, Contender, Target

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
        Contender(_PSQL, lambda to: [[clients.psql_copy(to), clients.gzip(1), clients.curl_put(to, "x.csv.gz")]]),
        Contender(_SLING, lambda to: [[clients.sling(to, "x.csv.gz")]]),
    ], [
        Target("rows/s at least 5 × sling's", "wall", 1 / 5, [_SLING]),
        Target("rows/s at least 1.5 × psql's", "wall", 1 / 1.5, [_PSQL]),
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
        Contender(_ARROW, lambda to: [[clients.arrow_odbc(to, "x.parquet")]]),
        Contender(_CONNECTORX, lambda to: [[clients.connectorx(to, "x.parquet")]]),
    ], [
        Target("rows/s at least 2 × arrow-odbc's", "wall", 1 / 2, [_ARROW]),
        Target("rows/s at least connectorx's", "wall", 1.0, [_CONNECTORX]),
    ], checks.parquet_rows)


def make_partitions(data, program):
    """Two partitions against one, where the work is the client's."""
    copy, options = program.extract, [*_CSV, "--no-pushdown"]
    return _case("table-partitions", "out of PostgreSQL as CSV, gzip level 1, by HTTPS PUT", data, [
        Contender(_TWO, lambda to: [[copy(to, "https", *options, "--partitions", "2")]]),
        Contender(_ONE, lambda to: [[copy(to, "https", *options, "--partitions", "1")]]),
    ], [Target("two partitions: rows/s at least 1.6 × one's", "wall", 1 / 1.6, [_ONE], subject=_TWO)])


def _case(name, title, data, contenders, targets, check=None):
    rows = data.lineitem()
    count = data.row_count(rows)
    return Case(
        name=name, title=f"{count} rows of lineitem {title}", amount=count, unit="rows", contenders=contenders,
        stage=PostgreSQL(rows), targets=targets, check=check and (lambda to: check(to, count)),
    )
