"""What a benchmark is made of: commands, contenders, destinations, targets and cases."""

import re
import shlex
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import harness.places as places

SLUICE = "sluice"
_SECRET = re.compile("KEY|PASSWORD|DATABASE")


class Unavailable(Exception):
    """A contender can't take part here; the text says why."""


class WrongContent(Exception):
    """What arrived is not what was sent."""


@dataclass(frozen=True)
class Command:
    """One program with its arguments and what it needs of the environment beside the common one."""

    words: Sequence[str | Path]
    environment: dict[str, str] = field(default_factory=dict)

    def shown(self):
        """The command as one would type it, without secrets and without the machine's paths."""
        settings = [
            f"{name}={'…' if _SECRET.search(name) else shlex.quote(value)}" for name, value in self.environment.items()
        ]
        return places.shown(" ".join([*settings, shlex.join(str(word) for word in self.words)]))


Pipeline = Sequence[Command]


@dataclass(frozen=True)
class HttpsDestination:
    """A folder of an HTTPS server. `folder` is where the server keeps it, None where it throws bodies away."""

    url: str
    authority: str
    folder: Path | None
    server: int


@dataclass(frozen=True)
class S3Destination:
    """An empty bucket. `standard_endpoint` is the same server on port 443, None where that can't be had; `folder` is
    where the server keeps objects as files, None where it keeps them in another form."""

    endpoint: str
    standard_endpoint: str | None
    authority: str
    bucket: str
    access_key: str
    secret_key: str
    folder: Path | None
    server: int


@dataclass(frozen=True)
class LocalDestination:
    """An empty folder of this machine."""

    folder: Path
    server: int | None = None


@dataclass(frozen=True)
class FilledDestination:
    """A store that has been filled with `name` before the clock starts, and an empty folder of this machine."""

    store: HttpsDestination | S3Destination
    name: str
    folder: Path
    server: int


@dataclass(frozen=True)
class DatabaseDestination:
    """A database that is filled, as an ODBC connection string without its password and by its parts, and what a run
    writes to: a folder of an HTTPS server and one of this machine. `server` are the processes of both servers."""

    connection: str
    authority: str
    port: int
    user: str
    password: str
    database: str
    https: HttpsDestination
    folder: Path
    server: tuple[int, int]


Destination = HttpsDestination | S3Destination | LocalDestination | FilledDestination | DatabaseDestination


@dataclass(frozen=True)
class Contender:
    """One way to do a case's work: pipelines that run one after another.

    Contenders of a `family` are one tool at several settings; only the family's best are measured at length.
    """

    name: str
    steps: Callable[[Destination], Sequence[Pipeline]]
    family: str = ""


@dataclass(frozen=True)
class Target:
    """What Sluice must reach: `metric` of `subject` at most `limit` times that of the best of `peers` (their names or
    patterns of names), or at most `limit` itself where there are no peers."""

    text: str
    metric: str
    limit: float
    peers: Sequence[str] = ()
    subject: str = SLUICE


@dataclass(frozen=True)
class Case:
    """One comparison.

    `amount` of `unit` ("bytes", "files", "rows" or "starts") is what every contender does. `stage` is a context that gives
    one of harness.servers' objects, whose `destination(checked)` gives each run a place to write to; what a checked
    one got can be read by `check`, which raises WrongContent or says in words what it found. `runs` overrides the
    number that was asked for; without `warm_up` the first run counts and nothing is checked.
    """

    name: str
    title: str
    amount: int
    unit: str
    contenders: Sequence[Contender]
    stage: AbstractContextManager
    targets: Sequence[Target] = ()
    check: Callable[[Destination], str] | None = None
    runs: int | None = None
    warm_up: bool = True
