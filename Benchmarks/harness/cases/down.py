"""One large object from S3 or HTTPS into a file."""

import shutil

import harness.places as places
from harness import checks
from harness.clients import curl_get, rclone_https_fetch, rclone_s3_fetch, s5cmd_fetch
from harness.measure import run
from harness.model import SLUICE, Case, Contender, Target
from harness.servers import S3, Filled, Https, ServerFailed

_NAME = "big.csv"
_STREAMS = (2, 4, 8)
_LIMIT_SECONDS = 600.0


def make_s3(data, sluice):
    """From the JuiceFS gateway."""
    source = data.big()

    def fill(store):
        done = run([[sluice.copy(source, store, _NAME, "--block-size", "16MiB")]], None, _LIMIT_SECONDS)
        if done.error:
            raise ServerFailed(done.error)

    contenders = [
        Contender(SLUICE, lambda store: [[sluice.fetch(store)]]),
        *_family("s5cmd", s5cmd_fetch),
        *_family("rclone", rclone_s3_fetch),
    ]
    return _case("down-s3", "One object from S3 into a file, JuiceFS gateway", source, contenders,
                 Filled(S3(places.FIXTURES / "s3-juicefs"), _NAME, fill), ["s5cmd, *", "rclone, *"])


def make_https(data, sluice):
    """From nginx, which keeps it in memory."""
    source = data.big()
    contenders = [
        Contender(SLUICE, lambda store: [[sluice.fetch(store)]]),
        Contender("curl", lambda store: [[curl_get(store)]]),
        *_family("rclone", rclone_https_fetch),
    ]
    stage = Filled(Https("shm"), _NAME, lambda store: shutil.copyfile(source, store.folder / _NAME))
    return _case("down-https", "One object by HTTPS GET into a file", source, contenders, stage, ["curl", "rclone, *"])


def _family(tool, fetch):
    return [
        Contender(f"{tool}, {streams} streams", lambda store, streams=streams: [[fetch(store, streams)]], family=tool)
        for streams in _STREAMS
    ]


def _case(name, title, source, contenders, stage, peers):
    return Case(
        name=name,
        title=title,
        amount=source.stat().st_size,
        unit="bytes",
        contenders=contenders,
        stage=stage,
        targets=[
            *(Target(f"CPU at most \u2153 of {peer.removesuffix(', *')}'s", "cpu", 1 / 3, [peer])
              for peer in peers if peer != "curl"),
            *(Target("CPU at most curl's", "cpu", 1.0, [peer]) for peer in peers if peer == "curl"),
            Target("wall not above the best", "wall", 1.0, peers),
        ],
        check=lambda store: checks.fetched_file(source, store),
    )
