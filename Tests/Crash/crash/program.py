"""The program that is killed."""

import json
import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

#: Seconds after which a run counts as hanging.
_LONGEST = 120


@dataclass
class Ending:
    """How an attempt ended."""

    code: int
    #: Bytes that it has written to files, or read from them where the sink is none.
    moved: int
    message: str
    report: dict | None = None

    @property
    def was_killed(self):
        return self.code == -signal.SIGKILL


class Program:
    """One copy, with a ledger of its own."""

    def __init__(self, binary, words, environment, folder, writes_files):
        self._field = "wchar" if writes_files else "rchar"
        self._binary, self._words = str(binary), [str(word) for word in words]
        self._folder = folder
        self.state = folder / "state"
        self._report = folder / "report.json"
        self._environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "SLUICE_STATE_DIRECTORY": str(self.state), **environment,
        }

    def copy(self, kill_at=None):
        """The copy; killed at an instant, where one is given and it has not ended before."""
        return self._run(["copy", *self._words], kill_at)

    def resume(self, kill_at=None):
        """`sluice resume`."""
        return self._run(["resume"], kill_at)

    def _run(self, words, kill_at):
        self._report.unlink(missing_ok=True)
        command = [self._binary, *words, "--report", str(self._report), "--progress", "none"]
        with (self._folder / "messages").open("w+") as messages:
            process = subprocess.Popen(
                command, cwd=self._folder, env=self._environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=messages,
            )
            moved = _watch(process, kill_at, self._field)
            messages.seek(0)
            text = messages.read()
        report = None
        if self._report.exists():
            report = json.loads(self._report.read_text())
        return Ending(process.wait(), moved, text, report)


@dataclass
class Instant:
    """When a program is killed: once it has moved so many bytes to and from files, and so many seconds after that.

    Bytes rather than seconds, so that a kill hits the same part of the work however busy the machine is."""

    moved: int
    seconds: float = 0.0

    @staticmethod
    def of(generator: random.Random, moved):
        """Any moment of a run that moves so much; every fifth is at its end, where objects are committed."""
        if generator.random() < 0.2:
            return Instant(int(0.98 * moved), generator.uniform(0, 0.05))
        # More of them late: files are read for their digests before they are read to be sent.
        return Instant(int(generator.random() ** 0.5 * moved), generator.uniform(0, 0.003))


def _watch(process, kill_at, field):
    """Wait until the process ends, or kill it; gives the bytes that it has moved by then."""
    started = time.monotonic()
    moved = 0
    while True:
        # Not reaped yet, so that its account can still be read.
        has_ended = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)
        moved = max(moved, _moved(process.pid, field))
        if has_ended:
            return moved
        if time.monotonic() - started > _LONGEST or kill_at and moved >= kill_at.moved:
            time.sleep(kill_at.seconds if kill_at else 0)
            os.kill(process.pid, signal.SIGKILL)  # Popen.kill would reap it
            kill_at = None
        time.sleep(0.0005)


def _moved(pid, field):
    # What goes through sockets is in neither field.
    fields = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    return int(fields[field])


def words(source, sink, connections, block, codec, options):
    """A copy's command line."""
    chosen = [source, sink, "--connections", connections, "--block-size", block]
    if codec.suffix:
        chosen += ["--compress", codec.option]
    return [*chosen, *options]


def default_binary(repository: Path):
    return repository / ".build" / "release" / "sluice"
