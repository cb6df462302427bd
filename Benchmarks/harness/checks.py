"""Whether what arrived is what was sent, read by others than the contender where the server allows it."""

import hashlib
import subprocess

import harness.places as places
from harness import clients, database_clients
from harness.measure import common_environment
from harness.model import WrongContent

_READ_SIZE = 1 << 20


def stored_file(source, destination):
    """The files that a server has stored, joined in their names' order, are `source`."""
    return _same(source, ["cat", *_files(destination.folder)])


def stored_gzip(source, destination):
    """The same, unpacked by gzip, which also checks each member's CRC."""
    return _same(source, ["sh", "-c", 'cat "$@" | gzip --decompress --stdout', "sh", *_files(destination.folder)])


def stored_directory(source, destination, name):
    """The folder `name` of the destination is `source`, file by file."""
    done = subprocess.run(["diff", "--recursive", "--brief", source, destination.folder / name], capture_output=True)
    if done.returncode:
        raise WrongContent(done.stdout.decode(errors="replace")[:300] or done.stderr.decode(errors="replace")[:300])
    return "every file compared"


def s3_object(source, destination, name):
    """The object reads back as `source`."""
    command = clients.rclone_s3_read(destination, "cat", f"bench:{destination.bucket}/{name}")
    return _same(source, command.words, common_environment() | command.environment)


def fetched_file(source, destination):
    """The one file in the run's folder is `source`."""
    return _same(source, ["cat", *_files(destination.folder)])


def _files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _same(source, reader, environment=None):
    """The reader's standard output has the file's SHA-256."""
    with subprocess.Popen(reader, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=environment) as process:
        arrived, size = _sha256(process.stdout)
    with open(source, "rb") as file:
        sent, expected_size = _sha256(file)
    if process.returncode or arrived != sent:
        raise WrongContent(f"{size} bytes arrived, not the {expected_size} that were sent (or not the same ones)")
    return "SHA-256 compared"


def _sha256(stream):
    digest, size = hashlib.sha256(), 0
    while block := stream.read(_READ_SIZE):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def stored_rows(destination, expected):
    """The compressed CSV objects, one after another in any order, are the rows that the database's own client writes.

    Those who write in another dialect, into the run's folder, are held against their number alone.
    """
    unpack = ["sh", "-c", 'for file; do gzip --decompress --stdout "$file" | tail -n +2; done', "sh"]
    if local := _files(destination.folder):
        count, _ = _rows([*unpack, *local])
        if count != expected:
            raise WrongContent(f"{count} rows instead of {expected}")
        return f"{count} rows counted"
    psql = database_clients.psql_copy(destination)
    ours = _rows([*unpack, *_files(destination.https.folder)])
    theirs = _rows(psql.words, common_environment() | psql.environment, skipping=1)
    if ours != theirs:
        raise WrongContent(f"{ours[0]} rows arrived, not the {theirs[0]} of the table (or not the same ones)")
    return f"all {theirs[0]} rows compared with psql's"


def parquet_rows(destination, expected):
    """The Parquet files have so many rows."""
    paths = _files(destination.folder)
    program = "import sys, pyarrow.parquet as p; print(sum(p.read_table(path).num_rows for path in sys.argv[1:]))"
    done = subprocess.run([places.TOOLS / "bench-venv/bin/python3", "-c", program, *paths], capture_output=True, text=True)
    if done.returncode:
        raise WrongContent(done.stderr[-300:])
    if int(done.stdout) != expected:
        raise WrongContent(f"{done.stdout.strip()} rows instead of {expected}")
    return f"{expected} rows read by pyarrow, {sum(path.stat().st_size for path in paths) / 1e6:.1f} MB"


def _rows(reader, environment=None, skipping=0):
    """How many lines a reader writes, and a digest of them that doesn't depend on their order."""
    count, digest = -skipping, 0
    with subprocess.Popen(reader, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=environment) as process:
        for line in process.stdout:
            count += 1
            if count > 0:
                digest ^= hash(line.rstrip(b"\r\n"))
    return count, digest


def loaded_rows(destination, expected):
    """As many rows as were to be loaded are in the table."""
    count = database_clients.psql_count(destination)
    done = subprocess.run(count.words, env=common_environment() | count.environment, capture_output=True, text=True)
    if done.stdout.strip() != str(expected):
        raise WrongContent(f"{done.stdout.strip() or done.stderr} rows instead of {expected}")
    return f"{expected} rows counted"
