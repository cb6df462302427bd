"""The servers that contenders write to, started by the launchers of Fixtures/servers and of Benchmarks/servers."""

import json
import os
import shutil
import subprocess
from contextlib import ExitStack, contextmanager
from pathlib import Path

import harness.places as places
from harness import namespace
from harness.model import FilledDestination, HttpsDestination, LocalDestination, S3Destination

_PATIENCE = 30  # seconds that a launcher gets to clean up


class ServerFailed(Exception):
    """A launcher didn't start its server."""


@contextmanager
def launched(launcher, *options):
    """Run a launcher; gives its process and the fields of its ready line."""
    directory = places.DATA / "servers"
    directory.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [launcher, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"TMPDIR": str(directory)},
        start_new_session=True,  # an interrupt ends it by its standard input, in our order
    )
    try:
        ready = process.stdout.readline()
        if not ready:
            raise ServerFailed(f"{launcher.name} didn't start")
        yield process, json.loads(ready)
    finally:
        process.stdin.close()
        process.wait(_PATIENCE)


class Https:
    """An HTTPS server for as long as it is used as a context; its destinations are folders.

    Measured runs write to `location`, "null" or "shm"; checked ones always to "shm", where they can be read.
    """

    def __init__(self, location, launcher=places.FIXTURES / "nginx"):
        self._location = location
        self._running = launched(launcher)

    def __enter__(self):
        self._process, self._ready = self._running.__enter__()
        return self

    def __exit__(self, *failure):
        return self._running.__exit__(*failure)

    @contextmanager
    def destination(self, checked):
        """One run's folder; what it got is deleted afterwards."""
        location = "shm" if checked else self._location
        folder = Path(self._ready["shmDirectory"], "run") if location == "shm" else None
        if folder:
            folder.mkdir()  # rclone makes folders one by one, and only inside of one that is there
        try:
            yield HttpsDestination(
                url=f"{self._ready['endpoint']}/{location}/run/", authority=self._ready["ca"], folder=folder,
                server=self._process.pid,
            )
        finally:
            if folder:
                shutil.rmtree(folder, ignore_errors=True)


class S3:
    """An S3 server that is started anew for every run, so that each meets the same emptiness."""

    def __init__(self, launcher):
        self._launcher = launcher

    @contextmanager
    def destination(self, checked):
        """One run's bucket in one run's server; checked or not, the server keeps what it gets."""
        with launched(self._launcher) as (process, ready):
            yield S3Destination(
                endpoint=ready["endpoint"], standard_endpoint=namespace.on_standard_port(ready["endpoint"]),
                authority=ready["ca"], bucket=ready["bucket"], access_key=ready["accessKey"],
                secret_key=ready["secretKey"], server=process.pid,
                folder=Path(ready["objects"], ready["bucket"]) if "objects" in ready else None,
            )


class Local:
    """Folders in memory."""

    @contextmanager
    def destination(self, checked):
        """One run's folder; checked or not, it is there to be read."""
        folder = places.DATA / "local"
        folder.mkdir(parents=True)
        try:
            yield LocalDestination(folder)
        finally:
            shutil.rmtree(folder)


class Filled:
    """A store that is filled once and read by every run; its destinations are empty folders of this machine."""

    def __init__(self, store, name, fill):
        """`fill` is called with the store's destination, and puts `name` there."""
        self._store = store
        self._name = name
        self._fill = fill
        self._opened = ExitStack()

    def __enter__(self):
        with ExitStack() as opened:
            store = opened.enter_context(self._store) if hasattr(self._store, "__enter__") else self._store
            self._destination = opened.enter_context(store.destination(checked=True))
            self._fill(self._destination)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *failure):
        return self._opened.__exit__(*failure)

    @contextmanager
    def destination(self, checked):
        """One run's folder; checked or not, it is there to be read."""
        with Local().destination(checked) as local:
            yield FilledDestination(self._destination, self._name, local.folder, self._destination.server)
