"""Many small files to S3."""

from contextlib import nullcontext

import harness.places as places
from harness import checks
from harness.clients import rclone_s3_directory, s5cmd_directory
from harness.model import SLUICE, Case, Contender, Target
from harness.servers import S3

_S5CMD_WORKERS = (4, 8, 16, 32, 64)
_RCLONE_TRANSFERS = (4, 8, 16, 32)
_ALL = ["rclone, *", "s5cmd, *"]


def make(data, sluice):
    """Into rclone's own server, which of those at hand takes the least CPU for a small file."""
    source, count = data.small_files(), data.scale.small_files
    s5cmd = [
        Contender(f"s5cmd, {workers} workers", _s5cmd(source, workers), family="s5cmd") for workers in _S5CMD_WORKERS
    ]
    rclone = [
        Contender(f"rclone, {transfers} transfers", _rclone(source, transfers), family="rclone")
        for transfers in _RCLONE_TRANSFERS
    ]
    unseen = Contender("rclone, 16 transfers, no HEAD", _rclone(source, 16, "--s3-no-head"), family="rclone")
    return Case(
        name="small-s3",
        title=f"{count} files of 4 KiB to S3, rclone serve s3",
        amount=count,
        unit="files",
        contenders=[
            Contender(SLUICE, lambda to: [[sluice.copy(f"{source}/", to, "x/")]]), *s5cmd, *rclone, unseen,
        ],
        stage=nullcontext(S3(places.FIXTURES / "s3-rclone")),
        targets=[
            Target("CPU a file at most ¼ of the best of rclone and s5cmd", "cpu", 1 / 4, _ALL),
            Target("files per second above both (wall below theirs)", "wall", 1.0, _ALL),
        ],
        check=lambda to: checks.stored_directory(source, to, "x"),
    )


def _s5cmd(source, workers):
    return lambda to: [[s5cmd_directory(source, to, "x", workers)]]


def _rclone(source, transfers, *options):
    return lambda to: [[rclone_s3_directory(source, to, "x", transfers, *options)]]
