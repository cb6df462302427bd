"""How long a program takes to come and go."""

from contextlib import nullcontext

import harness.places as places
from harness.model import SLUICE, Case, Command, Contender, Target
from harness.servers import Local

_MANY = 50


def make(data, sluice):
    """Every contender says its version, often, since one start is over in milliseconds."""
    return Case(
        name="start",
        title="Saying its version",
        amount=1,
        unit="starts",
        contenders=[
            Contender(SLUICE, lambda _: [[sluice.version()]]),
            Contender("curl", lambda _: [[Command(["curl", "--version"])]]),
            Contender("s5cmd", lambda _: [[Command([places.peer("s5cmd"), "version"])]]),
            Contender("rclone", lambda _: [[Command([places.peer("rclone"), "--config", "/dev/null", "version"])]]),
            Contender("aws cli", lambda _: [[Command(["/usr/bin/aws", "--version"])]]),
        ],
        stage=nullcontext(Local()),
        targets=[
            Target("wall at most 15 ms", "wall", 0.015),
            Target("peak memory at most 24 MiB", "peak", 24 << 20),
        ],
        runs=_MANY,
    )
