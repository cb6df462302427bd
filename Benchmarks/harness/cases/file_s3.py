"""One large file to S3 in parts of 16 MiB."""

from contextlib import nullcontext

import harness.places as places
from harness import checks
from harness.clients import aws, rclone_s3_file, s5cmd_file
from harness.model import SLUICE, Case, Contender, Target
from harness.servers import S3

_PEERS = ["s5cmd", "rclone", "rclone, no checksum", "aws cli, CRT", "aws cli, classic"]


def make(data, sluice):
    """Into the JuiceFS gateway, which of those at hand takes the least CPU for a large file."""
    source = data.big()
    return Case(
        name="s3",
        title="One file by S3 multipart upload, JuiceFS gateway",
        amount=source.stat().st_size,
        unit="bytes",
        contenders=[
            Contender(SLUICE, lambda to: [[sluice.copy(source, to, "x", "--block-size", "16MiB")]]),
            Contender("s5cmd", lambda to: [[s5cmd_file(source, to, "x")]]),
            Contender("rclone", lambda to: [[rclone_s3_file(source, to, "x")]]),
            Contender("rclone, no checksum", lambda to: [[rclone_s3_file(source, to, "x", "--s3-disable-checksum")]]),
            Contender("aws cli, CRT", lambda to: [[aws(source, to, "x", "crt")]]),
            Contender("aws cli, classic", lambda to: [[aws(source, to, "x", "default")]]),
        ],
        stage=nullcontext(S3(places.FIXTURES / "s3-juicefs")),
        targets=[
            Target("CPU at most ¼ of s5cmd's", "cpu", 1 / 4, ["s5cmd"]),
            Target("CPU at most ⅓ of rclone's default", "cpu", 1 / 3, ["rclone"]),
            Target("CPU at most ½ of the best of rclone without checksums and the AWS CLI with CRT",
                   "cpu", 1 / 2, ["rclone, no checksum", "aws cli, CRT"]),
            Target("wall below all of them", "wall", 1.0, _PEERS),
        ],
        check=lambda to: checks.s3_object(source, to, "x"),
    )
