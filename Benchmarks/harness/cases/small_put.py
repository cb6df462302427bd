"""Many small files to HTTPS PUT."""

import harness.places as places
from harness import checks
from harness.clients import curl_put_many, rclone_webdav_directory, write_curl_configuration
from harness.model import SLUICE, Case, Contender, Target
from harness.servers import Https

_CURL_TRANSFERS = (4, 16)
_RCLONE_TRANSFERS = (4, 8, 16, 32)


def make(data, sluice):
    """Into a WebDAV server that keeps them in memory, so that rclone can take part."""
    source, count = data.small_files(), data.scale.small_files
    rclone = [
        Contender(f"rclone, {transfers} transfers", _rclone(source, transfers), family="rclone")
        for transfers in _RCLONE_TRANSFERS
    ]
    return Case(
        name="small-put",
        title=f"{count} files of 4 KiB by HTTPS PUT, kept in memory by the server",
        amount=count,
        unit="files",
        contenders=[_sluice(sluice, source), *rclone, *_curls(data, source)],
        stage=Https("shm", places.BENCHMARKS / "servers" / "nginx-webdav"),
        targets=[
            Target("CPU a file at most ¼ of the best of rclone", "cpu", 1 / 4, ["rclone, *"]),
            Target("files per second above rclone's (wall below its)", "wall", 1.0, ["rclone, *"]),
        ],
        check=lambda to: checks.stored_directory(source, to, "x"),
    )


def make_null(data, sluice):
    """Into a server that throws them away; rclone asks it for the files' properties in vain."""
    source, count = data.small_files(), data.scale.small_files
    return Case(
        name="small-put-null",
        title=f"{count} files of 4 KiB by HTTPS PUT, thrown away by the server",
        amount=count,
        unit="files",
        contenders=[_sluice(sluice, source), *_curls(data, source)],
        stage=Https("null"),
        check=lambda to: checks.stored_directory(source, to, "x"),
    )


def _sluice(sluice, source):
    return Contender(SLUICE, lambda to: [[sluice.copy(f"{source}/", to, "x/")]])


def _rclone(source, transfers):
    return lambda to: [[rclone_webdav_directory(source, to, "x", transfers)]]


def _curls(data, source):
    """curl takes a list of files and URLs, which is written before the clock starts."""
    files = sorted(path for path in source.rglob("*") if path.is_file())

    def steps(to, transfers):
        configuration = data.scratch("curl.conf")
        write_curl_configuration(configuration, files, source, to, "x")
        return [[curl_put_many(configuration, to, transfers)]]

    return [
        Contender(f"curl, {transfers} transfers", lambda to, transfers=transfers: steps(to, transfers), family="curl")
        for transfers in _CURL_TRANSFERS
    ]
