"""One measured run of a contender."""

import json
import os
import signal
import subprocess
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import harness.places as places
from harness import processes

_SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
_ERROR_TAIL = 400  # characters of a failed command's own words


@dataclass(frozen=True)
class Run:
    """What one run took: seconds, and bytes of the largest process. `error` is None where all went well.

    `server` is the CPU of the server's processes, `elsewhere` what neither they nor the contender used: the
    disturbance by others.
    """

    wall: float
    user: float
    system: float
    peak: int
    server: float
    elsewhere: float
    error: str | None = None

    @property
    def cpu(self):
        return self.user + self.system


def run(steps, server, limit):
    """Run the pipelines one after another and add them up; a pipeline that fails or takes longer than `limit` seconds
    ends the run. `server` is a process whose tree serves them, several of
    them, or None."""
    server_before, machine_before = _server_cpu(server), processes.machine_cpu()
    wall = user = system = 0.0
    peak, error = 0, None
    for pipeline in steps:
        results, error = _run_pipeline(pipeline, limit)
        if results:
            wall += max(result["ended"] for result in results) - min(result["started"] for result in results)
            user += sum(result["user"] for result in results)
            system += sum(result["system"] for result in results)
            peak = max(peak, *(result["peakKiB"] * 1024 for result in results))
        if error:
            break
    served = _server_cpu(server) - server_before
    elsewhere = max(0.0, processes.machine_cpu() - machine_before - served - user - system)
    return Run(wall, user, system, peak, served, elsewhere, error)


def _server_cpu(server):
    roots = server if isinstance(server, tuple) else (server,)
    return sum(processes.tree_cpu(root) for root in roots if root is not None)


def _run_pipeline(pipeline, limit):
    """The stopwatch's results of each command, and what went wrong."""
    with TemporaryDirectory(prefix="sluice-benchmark-") as directory, ExitStack() as opened:
        records = [Path(directory) / f"{index}.json" for index in range(len(pipeline))]
        errors = [opened.enter_context(open(record.with_suffix(".err"), "w+b")) for record in records]
        late = threading.Event()
        started = []
        try:
            _start(pipeline, records, errors, started)
            timer = threading.Timer(limit, lambda: (late.set(), _kill(started)))
            timer.start()
            for process in started:
                process.wait()
            timer.cancel()
        except BaseException:
            _kill(started)
            raise
        results = [json.loads(record.read_text()) for record in records if record.exists()]
        if late.is_set():
            return results, f"not done after {limit:g} s"
        return results, _failure(pipeline, records, errors)


def _start(pipeline, records, errors, started):
    """Start the commands, each under its stopwatch in a session of its own, connected by pipes."""
    source = subprocess.DEVNULL
    for index, (command, record, error) in enumerate(zip(pipeline, records, errors)):
        is_last = index == len(pipeline) - 1
        process = subprocess.Popen(
            [places.own("stopwatch"), record, *map(str, command.words)],
            stdin=source, stdout=subprocess.DEVNULL if is_last else subprocess.PIPE, stderr=error,
            env=common_environment() | command.environment, start_new_session=True,
        )
        if source != subprocess.DEVNULL:
            source.close()
        source = process.stdout
        started.append(process)


def common_environment():
    """What every contender gets: nothing of the caller's settings, and a home of its own. A Swift program that
    crashes says why in a line, without a page of registers."""
    home = places.DATA / "home"
    home.mkdir(parents=True, exist_ok=True)
    return {"PATH": _SEARCH_PATH, "HOME": str(home), "LANG": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no"}


def _kill(started):
    for process in started:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def _failure(pipeline, records, errors):
    """Which command failed and its last words, or None."""
    for command, record, error in zip(pipeline, records, errors):
        status = json.loads(record.read_text())["status"] if record.exists() else "unknown"
        if status != 0:
            error.seek(0)
            words = " ".join(error.read().decode(errors="replace").split())[-_ERROR_TAIL:]
            return places.shown(f"{Path(str(command.words[0])).name} ended with status {status}: {words}")
    return None
