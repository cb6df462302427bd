"""The contract that every launcher of this directory keeps.

A launcher runs in the foreground, prints one line of JSON on standard output when its server answers, and ends
with its standard input, with SIGTERM or with SIGINT, taking every process and every temporary file with it.

Two processes share the work, so that this holds even for a launcher that is killed with SIGKILL. The *front* is
the process that the caller started: it passes its standard input on through a pipe and waits. The *body* is its
child in a session of its own: it starts the servers and cleans up as soon as that pipe closes, whoever closed it.
"""

import argparse
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

import certificates


class FixtureError(Exception):
    """The server can't do its work; the text is one sentence for the person at the terminal."""


class Stopped(Exception):
    """The front closed the pipe, or a signal asked the body to end."""


def options(description):
    """A parser with the options that all launchers have in common."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--directory", type=Path, help="where to keep files; kept at the end (default: a temporary one)"
    )
    parser.add_argument("--tls", type=Path, help="share the authority and the certificates in this directory")
    return parser


def launch(parser, start):
    """Run one launcher: `start(fixture)` starts the server and returns the fields of the ready line."""
    chosen = parser.parse_args()
    control, front_end = os.pipe()
    body = os.fork()
    if body == 0:
        os.close(front_end)
        os.setsid()
        os._exit(_body(chosen, start, control))
    os.close(control)
    sys.exit(_front(body, front_end))


def _front(body, control):
    """Pass standard input on until it ends, a signal arrives or the body is gone; give the body's exit code."""
    wakeup, notify = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(notify)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    poller = select.poll()
    for descriptor in (0, wakeup, os.pidfd_open(body)):
        poller.register(descriptor, select.POLLIN)
    try:
        while {descriptor for descriptor, _ in poller.poll()} == {0}:
            data = os.read(0, 65536)
            if not data:
                break
            os.write(control, data)
    except OSError:
        pass  # a standard input that can't be read has ended; a body that doesn't read has gone
    os.close(control)
    return os.waitstatus_to_exitcode(os.waitpid(body, 0)[1])


def _body(chosen, start, control):
    """Start, announce, serve and clean up; the exit code is 0 after an asked-for end, 1 after a failure."""
    signal.signal(signal.SIGTERM, _raise_stopped)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    fixture = None
    try:
        fixture = Fixture(chosen, control)
        fields = start(fixture)
        print(json.dumps({**fields, "directory": str(fixture.directory)}), flush=True)
        fixture.serve()
    except Stopped:
        return 0
    except FixtureError as failure:
        print(f"{Path(sys.argv[0]).name}: {failure}", file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if fixture:
            fixture.close()
        sys.stderr.flush()
    return 1


def _raise_stopped(*_):
    raise Stopped


class Fixture:
    """One running fixture: its options, its directory, its processes and what must be undone at the end."""

    def __init__(self, chosen, control):
        self.options = chosen
        self.on_message = None  # called with the object of each line of JSON that arrives on standard input
        self._control = control
        self._pending = b""
        self._children = []
        self._at_end = []
        self._hangup = select.poll()
        self._hangup.register(control, 0)  # no events: POLLHUP is always reported
        if chosen.directory:
            chosen.directory.mkdir(parents=True, exist_ok=True)
            self.directory = chosen.directory.resolve()
        else:
            self.directory = self.temporary_directory(None)

    def temporary_directory(self, parent):
        """A new directory that is deleted at the end; other users may pass through it but not list it, since
        some servers give up root's rights."""
        path = Path(tempfile.mkdtemp(prefix=f"sluice-{Path(sys.argv[0]).name}-", dir=parent))
        path.chmod(0o711)
        self.at_end(lambda: shutil.rmtree(path, ignore_errors=True))
        return path

    def certificates(self):
        """The certificates in `--tls`, or in the fixture's own directory; made now if they aren't there."""
        try:
            return certificates.ensure(self.options.tls or self.directory / "tls")
        except subprocess.CalledProcessError as failure:
            raise FixtureError(
                f"openssl couldn't make the certificates: {failure.stderr.decode().strip()}"
            ) from failure

    def at_end(self, action):
        """Call `action` when the fixture ends, the last registered first."""
        self._at_end.append(action)

    def spawn(self, name, command, environment=None, grace=3.0):
        """Start a server process, its output in NAME.log. It leads a process group of its own, all of which gets
        SIGTERM at the end and SIGKILL after `grace` seconds; the kernel signals it should the body vanish."""
        log = self.directory / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM" if grace else "KILL", *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=self.directory,
                env={**os.environ, **(environment or {})},
            )
        self._children.append(process)
        process.fixture_name, process.log = name, log
        self.at_end(lambda: _end(process, grace))
        return process

    def run(self, name, command, environment=None):
        """Run a preparatory command to its end; its failure is the fixture's failure."""
        done = subprocess.run(
            [str(word) for word in command],
            capture_output=True,
            cwd=self.directory,
            env={**os.environ, **(environment or {})},
        )
        if done.returncode:
            raise FixtureError(f"{name} failed:\n{(done.stdout + done.stderr).decode(errors='replace')[-2000:]}")

    def wait_until(self, answers, what, seconds=30.0):
        """Poll `answers()` until it is true; OSErrors count as not yet. A dead child or the end of time raises."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if answers():
                    return
            except OSError:
                pass
            if time.monotonic() > deadline:
                raise FixtureError(f"{what} did not answer within {seconds:g} s.{self._log_tails()}")
            self._check_children()
            if self._hangup.poll(10):
                raise Stopped

    def serve(self):
        """Pass messages on until standard input ends (Stopped) or a server dies by itself (FixtureError)."""
        poller = select.poll()
        poller.register(self._control, select.POLLIN)
        while True:
            if poller.poll(250):
                self._read_control()
            self._check_children()

    def close(self):
        """Undo everything, the newest first."""
        while self._at_end:
            self._at_end.pop()()

    def _read_control(self):
        data = os.read(self._control, 65536)
        if not data:
            raise Stopped
        *lines, self._pending = (self._pending + data).split(b"\n")
        for line in lines:
            if line.strip() and self.on_message:
                try:
                    self.on_message(json.loads(line))
                except (ValueError, TypeError, KeyError) as failure:
                    print(f"ignored a line on standard input: {failure}", file=sys.stderr, flush=True)

    def _check_children(self):
        for process in self._children:
            if process.poll() is not None:
                raise FixtureError(
                    f"{process.fixture_name} ended by itself with status {process.returncode}.{self._log_tails()}"
                )

    def _log_tails(self):
        tails = ""
        for process in self._children:
            text = process.log.read_text(errors="replace").strip()
            if text:
                tails += f"\n--- {process.log.name}\n{text[-2000:]}"
        return tails


def _end(process, grace):
    """End a child's whole process group: SIGTERM, then SIGKILL once `grace` has passed or its leader is gone."""
    _signal_group(process.pid, signal.SIGTERM)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        pass
    _signal_group(process.pid, signal.SIGKILL)
    process.wait()


def _signal_group(group, number):
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass
