"""One large file to HTTPS PUT, no codec."""

from harness import checks
from harness.clients import bare_loop, curl_put
from harness.model import SLUICE, Case, Contender, Target
from harness.servers import Https


def make(data, sluice):
    """Into a server that throws the body away."""
    return _case("put", "One file by HTTPS PUT, thrown away by the server", "null", data, sluice)


def make_stored(data, sluice):
    """Into a server that keeps it in memory."""
    return _case("put-shm", "One file by HTTPS PUT, kept in memory by the server", "shm", data, sluice)


def _case(name, title, location, data, sluice):
    source = data.big()
    return Case(
        name=name,
        title=title,
        amount=source.stat().st_size,
        unit="bytes",
        contenders=[
            Contender(SLUICE, lambda to: [[sluice.copy(source, to, "x", "--verify", "none")]]),
            Contender("bare loop", lambda to: [[bare_loop(source, to, "x")]]),
            Contender("curl", lambda to: [[curl_put(source, to, "x")]]),
        ],
        stage=Https(location),
        targets=[
            Target("CPU at most 1.0 × the bare loop", "cpu", 1.0, ["bare loop"]),
            Target("wall at most curl's", "wall", 1.0, ["curl"]),
        ],
        check=lambda to: checks.stored_file(source, to),
    )
