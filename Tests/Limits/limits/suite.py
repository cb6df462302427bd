"""What is measured, and the table of it."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import client
from limits.line import Line

_REPOSITORY = Path(__file__).resolve().parents[3]
_MOST_OFF = 0.05
_WINDOW = 10.0
#: Before it connections are made and buffers filled.
_SETTLING = 2.0
_MEGABYTE = 1_000_000


@dataclass
class Store:
    """A server behind a port that a copy is sent to instead."""

    name: str
    ready: dict
    environment: dict

    @property
    def upstream(self):
        url = urlsplit(self.ready["endpoint"])
        return (url.hostname, url.port)

    def location(self, port, path):
        """Where an object is, and the options that lead there through a port."""
        if self.name == "HTTPS":
            return f"https://localhost:{port}/{path}", []
        endpoint = f"https://localhost:{port}"
        if self.name == "S3":
            return f"s3://{self.ready['bucket']}/{path}", [endpoint]
        return f"az://{self.ready['account']}/{self.ready['container']}/{path}", [endpoint]


@dataclass
class Row:
    """A line of the table: what was asked for, and what was seen, in the same unit."""

    what: str
    way: str
    window: str
    asked: float
    seen: float
    unit: str

    @property
    def off(self):
        return self.seen / self.asked - 1

    @property
    def text(self):
        return f"| {self.what} | {self.way} | {self.window} | {self.asked:.2f} | {self.seen:.2f} | {self.unit} | {self.off:+.1%} |"


class Suite:
    """Runs copies through lines that count."""

    def __init__(self, binary, stores, folder):
        self._binary, self._stores, self._folder = binary, {store.name: store for store in stores}, folder
        self.rows, self.tails = [], []
        self._runs = 0

    def cap(self, way, store_name, data, megabytes):
        """`--bandwidth` with one rate: two windows of ten seconds."""
        line = Line(self._stores[store_name].upstream)
        with self._copy(way, store_name, line.port, data, ["--bandwidth", f"{round(megabytes * 1000)}KB"]):
            start = self._beginning(line, way) + _SETTLING
            for number in range(2):
                first = start + number * _WINDOW
                self._measure(line, way, store_name, f"--bandwidth {megabytes:g}MB", first, f"{number * 10}–{number * 10 + 10} s", megabytes)

    def clock(self, way, store_name, data, before, after):
        """`--bandwidth` with a table of times: windows before, across and after the full minute that changes it."""
        # The first window begins eleven seconds before the minute.
        start = _WINDOW + 2 * _SETTLING
        change = _next_minute() + (60 if _next_minute() - time.time() < start else 0)
        _sleep_until(change - start)
        times = [time.strftime("%H:%M", time.localtime(moment)) for moment in (change - 60, change)]
        table = f"{times[0]},{before}MB {times[1]},{after}MB"
        line = Line(self._stores[store_name].upstream)
        with self._copy(way, store_name, line.port, data, ["--bandwidth", table]):
            what = f"--bandwidth 'T,{before}MB T+1min,{after}MB'"
            half = (before + after) / 2
            for first, name, asked in ((-11, "before the change", before), (-5, "across it", half), (1, "after it", after)):
                self._measure(line, way, store_name, what, change + first, name, asked)

    def put(self, store_name, data):
        """An object to be copied down; its path."""
        with self._copy("up", store_name, self._stores[store_name].upstream[1], data, [], waits=True) as process:
            if process.wait():
                raise RuntimeError(f"{data} can't be put into {store_name}")
        return f"run-{self._runs}/{data.name}"

    def requests(self, store_name, data, count):
        """`--requests-per-second`, as the proxy's log has them."""
        store = self._stores[store_name]
        upstream = "https://{}:{}".format(*store.upstream)
        with client.running("faults", "--https", "--upstream", upstream, "--upstream-ca", store.ready["ca"]) as proxy:
            options = ["--requests-per-second", str(count)]
            with self._copy("up", store_name, proxy["port"], data, options, authority=proxy["ca"]):
                time.sleep(_SETTLING + 2 * _WINDOW + 1)
            log = [json.loads(line) for line in Path(proxy["log"]).read_text().splitlines()]
        moments = [entry["seconds"] for entry in log if "method" in entry]
        start = moments[0] + _SETTLING
        for number in range(2):
            first = start + number * _WINDOW
            seen = sum(first <= moment < first + _WINDOW for moment in moments) / _WINDOW
            self.rows.append(Row(f"--requests-per-second {count}", f"up, {store_name}", f"{number * 10}–{number * 10 + 10} s", count, seen, "a second"))
            print(self.rows[-1].text, flush=True)

    def tail(self, store_name, data):
        """A line whose first two connections have 10 KB/s: how long the copy takes, and what it counts."""
        store = self._stores[store_name]
        for slow in (0, 2):
            options = ["--upstream", "{}:{}".format(*store.upstream), "--connection-rate", "10000", "--slow-first", str(slow)]
            with client.running("faults", *options) as proxy:
                report = self._folder / "report.json"
                begun = time.monotonic()
                more = ["--report", str(report), "--connections", "5", "--block-size", "5MiB"]
                with self._copy("up", store_name, proxy["port"], data, more, waits=True) as process:
                    code = process.wait()
                own = json.loads(report.read_text())["sluice"]
                seconds = time.monotonic() - begun
                self.tails.append(f"| {store_name} | {slow} | {seconds:.1f} | {own['tailCuts']} | {own['retries']} | {code} |")
                print(self.tails[-1], flush=True)

    def _measure(self, line, way, store_name, what, first, name, asked):
        _sleep_until(first + _WINDOW + 0.2)
        seen = line.rate(way, first, first + _WINDOW) / _MEGABYTE
        self.rows.append(Row(what, f"{way}, {store_name}", name, asked, seen, "MB/s"))
        print(self.rows[-1].text, flush=True)

    def _beginning(self, line, way):
        """When the first bytes of objects passed."""
        for _ in range(6000):
            if line.passed(way) > 50_000:
                return time.time()
            time.sleep(0.01)
        raise RuntimeError("nothing passes")

    @contextmanager
    def _copy(self, way, store_name, port, data, options, authority=None, waits=False):
        """The program, copying `data` up, or down to a folder; ended with the `with`."""
        self._runs += 1
        store = self._stores[store_name]
        place = "shm" if way == "down" else "null"
        path = (f"{place}/" if store_name == "HTTPS" else "") + (f"run-{self._runs}/" if way == "up" else data)
        location, endpoint = store.location(port, path)
        role = "sink" if way == "up" else "source"
        places = [str(data), location] if way == "up" else [location, str(self._folder / f"down-{self._runs}")]
        command = [self._binary, "copy", *places, "--ca-certificate", authority or store.ready["ca"], "--no-resume", "--progress", "none"]
        command += [word for url in endpoint for word in (f"--{role}-endpoint", url)] + options
        environment = {"PATH": os.environ["PATH"], "HOME": str(self._folder), "SLUICE_STATE_DIRECTORY": str(self._folder / "state")}
        with (self._folder / "messages").open("w+") as messages:
            process = subprocess.Popen(command, env=environment | store.environment, stdin=subprocess.DEVNULL, stdout=messages, stderr=messages)
            try:
                yield process
                if not waits and process.poll() is not None:
                    messages.seek(0)
                    raise RuntimeError(f"{way} {store_name} ended before it was measured: {messages.read()}")
            finally:
                process.terminate()
                process.wait()
        for left in self._folder.glob(f"down-{self._runs}*"):
            left.unlink()


def _next_minute():
    return (time.time() // 60 + 1) * 60


def _sleep_until(moment):
    while (left := moment - time.time()) > 0:
        time.sleep(min(left, 0.5))


def _table(suite):
    off = max(abs(row.off) for row in suite.rows)
    return "\n".join([
        "# Rates, as the other end of the line sees them",
        "",
        f"{time.strftime('%Y-%m-%d', time.gmtime())}, {os.cpu_count()} cores, load {os.getloadavg()[1]:.1f}. `Scripts/limits` makes this table anew: the program copies through",
        "a line on loopback that counts bytes, those of TLS and of requests' heads too, or a proxy that logs requests; each row is a",
        f"window of ten seconds. Farthest off: {off:.1%}; 5 % is allowed.",
        "",
        "| asked for | way | window | asked | seen | | off |", "|---|---|---|--:|--:|---|--:|",
        *(row.text for row in suite.rows),
        "",
        "## Slow connections",
        "",
        "Sixteen blocks of 5 MiB; the first connections have 10 KB/s, at which one of them would take nine minutes. The very first only",
        "asks whether the place is there.",
        "",
        "| up | slow connections | seconds | cut | retries | exit code |", "|---|--:|--:|--:|--:|--:|",
        *suite.tails, "",
    ])


def main():
    """Measures everything; exit code 1 where something is off by more than 5 %."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=_REPOSITORY / ".build" / "release" / "sluice", help="default: the release build")
    parser.add_argument("--report", help="where the table goes, beside standard output")
    parser.add_argument("--only", choices=["cap", "clock", "requests", "tail"], help="a part of it")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sluice-limits-", dir="/dev/shm")))
        os.environ["TMPDIR"] = str(folder)
        folder.chmod(0o711)
        nginx, s3, azure = (stack.enter_context(client.running(name)) for name in ("nginx", "s3-seaweedfs", "azure"))
        keys = {"AWS_ACCESS_KEY_ID": s3["accessKey"], "AWS_SECRET_ACCESS_KEY": s3["secretKey"], "AWS_REGION": s3["region"]}
        stores = [Store("HTTPS", nginx, {}), Store("S3", s3, keys), Store("Azure", azure, {"AZURE_STORAGE_KEY": azure["accountKey"]})]
        suite = Suite(str(chosen.program), stores, folder)
        large, many, small = _fill(folder, Path(nginx["shmDirectory"]))
        if chosen.only in (None, "cap"):
            for store, data in (("HTTPS", many), ("S3", large), ("Azure", large)):
                suite.cap("up", store, data, 10)
            suite.cap("up", "HTTPS", many, 0.2)
            suite.cap("down", "HTTPS", "large", 10)
            for store in ("S3", "Azure"):
                suite.cap("down", store, suite.put(store, large), 10)
        if chosen.only in (None, "clock"):
            suite.clock("up", "HTTPS", many, 10, 2)
            suite.clock("down", "HTTPS", "large", 2, 10)
        if chosen.only in (None, "requests"):
            for store in ("HTTPS", "S3", "Azure"):
                suite.requests(store, small, 20)
        if chosen.only in (None, "tail"):
            sixteen = folder / "sixteen"
            sixteen.mkdir()
            for number in range(16):
                (sixteen / str(number)).write_bytes(os.urandom(5 << 20))
            for store in ("HTTPS", "S3", "Azure"):
                suite.tail(store, sixteen)
        if chosen.only is None and chosen.report:
            Path(chosen.report).write_text(_table(suite))
        is_right = all(abs(row.off) <= _MOST_OFF for row in suite.rows) and all(row.endswith("| 0 |") for row in suite.tails)
    sys.exit(0 if is_right else 1)


def _fill(folder, shared):
    """A large file, which is below nginx's /shm/ too, many of 4 MiB, and a great many small ones."""
    piece = os.urandom(_MEGABYTE)
    for place in (folder / "large", shared / "large"):
        with place.open("wb") as file:
            for _ in range(260):
                file.write(piece)
        place.chmod(0o644)
    many, small = folder / "many", folder / "small"
    for directory, count, size in ((many, 64, 4 << 20), (small, 600, 1000)):
        directory.mkdir()
        for number in range(count):
            (directory / str(number)).write_bytes((piece * 5)[:size])
    return folder / "large", many, small
