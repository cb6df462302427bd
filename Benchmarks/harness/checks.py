"""Whether what arrived is what was sent, read by others than the contender where the server allows it."""

import hashlib
import subprocess

from harness import clients
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
