"""A CSV file, compressed on its way to HTTPS PUT."""

from harness import checks
from harness.clients import bare_loop, curl_put, igzip, pigz
from harness.model import SLUICE, Case, Contender, Target
from harness.servers import Https

_FLOOR = "igzip -1, then the bare loop"
_PIPE = "pigz -1 | curl"


def make(data, sluice):
    """The floor is one thread of ISA-L to a file in memory, and then sending that file."""
    source, packed = data.lineitem(), data.scratch("lineitem.csv.gz")
    return Case(
        name="gzip",
        title="One CSV file, gzip level 1, by HTTPS PUT",
        amount=source.stat().st_size,
        unit="bytes",
        contenders=[
            Contender(SLUICE, lambda to: [
                [sluice.copy(source, to, "x", "--compress", "gzip:1", "--verify", "none")],
            ]),
            Contender(_PIPE, lambda to: [[pigz(source, 1), curl_put("-", to, "x.gz")]]),
            Contender(_FLOOR, lambda to: [[igzip(source, packed, 1)], [bare_loop(packed, to, "x.gz.")]]),
        ],
        stage=Https("null"),
        targets=[
            Target("wall at most ½ of pigz -1 | curl -T -", "wall", 1 / 2, [_PIPE]),
            Target("CPU at most ½ of pigz -1 | curl -T -", "cpu", 1 / 2, [_PIPE]),
            Target("CPU at most 1.15 × (igzip -1 + the bare loop for the compressed bytes)", "cpu", 1.15, [_FLOOR]),
        ],
        check=lambda to: checks.stored_gzip(source, to),
    )
