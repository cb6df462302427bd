"""Faults in TCP connections: slow, late, reset, closed, stalled, refused."""

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, replace

from .options import setting

_CHUNK = 64 * 1024
_CHUNKS_UNDER_WAY = 64  # what a slow line holds for each direction of a connection
_CHECK_SECONDS = 0.02


@dataclass(frozen=True)
class Faults:
    """What happens to connections. Bytes are counted for each connection and direction; up is towards the server.
    Only faulty connections are reset, closed or stalled; rate and latency are the line's."""

    rate: float = setting(float, "bytes a second each way, shared by all connections")
    connection_rate: float = setting(float, "bytes a second each way for each connection")
    slow_first: int = setting(int, "the first so many connections alone have that rate; the others are fast")
    latency: float = setting(float, "seconds by which all bytes come later, each way", 0.0)
    reset_after_up: int = setting(int, "reset after so many bytes up")
    reset_after_down: int = setting(int, "reset after so many bytes down")
    close_after_up: int = setting(int, "close in order after so many bytes up")
    close_after_down: int = setting(int, "close in order after so many bytes down")
    stall_after_up: int = setting(int, "pass nothing on after so many bytes up")
    stall_after_down: int = setting(int, "pass nothing on after so many bytes down")
    lose_answer_to: str = setting(str, "reset instead of passing on the server's answer to bytes that hold this text")
    lose_answers: int = setting(int, "so many answers", 1)
    down: bool = setting(bool, "nothing listens, and no connection lasts", False)
    down_after: int = setting(int, "down after so many bytes, of all connections and both ways together")
    refuse_first: int = setting(int, "reset the first so many connections before a byte", 0)
    every: int = setting(int, "only every N-th connection is faulty", 1)
    first: int = setting(int, "only the first N connections are faulty")

    def is_faulty(self, number):
        """Whether the connection of this number, from 1 on, is faulty."""
        return number % self.every == 0 and (self.first is None or number <= self.first)

    def rate_of(self, number):
        """Bytes a second of the connection of this number; None for any."""
        return self.connection_rate if self.slow_first is None or number <= self.slow_first else None

    def limit(self, direction):
        """(bytes, what happens then) of the fault that comes first in a direction; None for none."""
        found = [(getattr(self, f"{verb}_after_{direction}"), verb) for verb in ("reset", "close", "stall")]
        return min((each for each in found if each[0] is not None), default=None)


class _Pace:
    """Bytes a second, for all that share it."""

    def __init__(self):
        self._free_at = 0.0

    async def keep(self, rate, count):
        """Wait until `count` more bytes may go."""
        now = asyncio.get_running_loop().time()
        self._free_at = max(self._free_at, now) + count / rate
        await asyncio.sleep(self._free_at - now)


class TcpProxy:
    """Serves a listener in a thread of its own. `faults` may be replaced at any time: connections follow at once,
    and their numbers start over."""

    def __init__(self, upstream, faults, log):
        self._upstream = upstream
        self._faults = faults
        self._log = log
        self._count = 0
        self._passed = 0
        self._lost = 0  # answers
        self._unanswered = set()  # connections whose next answer is lost
        self._line = {"up": _Pace(), "down": _Pace()}
        self._writers = set()

    @property
    def faults(self):
        """What happens to connections now."""
        return self._faults

    @faults.setter
    def faults(self, faults):
        self._faults, self._count, self._passed, self._lost = faults, 0, 0, 0

    def serve(self, listener):
        """Start."""
        threading.Thread(target=lambda: asyncio.run(self._serve(listener)), daemon=True).start()

    async def _serve(self, listener):
        address = listener.getsockname()
        while True:
            server = await asyncio.start_server(self._converse, sock=listener, limit=_CHUNK)
            while not self._faults.down:
                await asyncio.sleep(_CHECK_SECONDS)
            server.close()
            for writer in list(self._writers):
                _reset(writer)
            while self._faults.down:
                await asyncio.sleep(_CHECK_SECONDS)
            listener = socket.create_server(address, backlog=512)

    async def _converse(self, reader, writer):
        self._writers.add(writer)
        try:
            await self._pass(reader, writer)
        finally:
            self._writers.discard(writer)

    async def _pass(self, reader, writer):
        self._count += 1
        number = self._count
        if number <= self._faults.refuse_first:
            self._log.note(connection=number, injected="refuse")
            _reset(writer)
            return
        try:
            upstream_reader, upstream_writer = await asyncio.open_connection(*self._upstream, limit=_CHUNK)
        except OSError as failure:
            self._log.note(connection=number, error=str(failure))
            _reset(writer)
            return
        self._log.note(connection=number)
        is_slow = self._faults.slow_first is not None and number <= self._faults.slow_first
        if is_slow:
            # It holds little, so that who sends notices: the kernel would take some megabytes.
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _CHUNK)
        ends = (writer, upstream_writer)
        try:
            async with asyncio.TaskGroup() as group:
                for source, sink, direction in ((reader, upstream_writer, "up"), (upstream_reader, writer, "down")):
                    line = asyncio.Queue(1 if is_slow else _CHUNKS_UNDER_WAY)
                    group.create_task(_collect(source, line))
                    group.create_task(self._deliver(line, sink, direction, number, ends))
        except* OSError:
            pass  # a fault, or one of the peers is gone
        finally:
            for end in ends:
                end.close()

    async def _deliver(self, line, writer, direction, number, ends):
        pace, passed, ended = _Pace(), 0, False
        while not ended:
            arrived, data = await line.get()
            ended = not data
            await asyncio.sleep(arrived + self._faults.latency - asyncio.get_running_loop().time())
            self._lose_answer(data, direction, number, ends)
            while data:
                allowed = await self._allowance(passed, direction, number, ends)
                piece, data = data[:allowed], data[allowed:]
                for shared, rate in ((self._line[direction], self._faults.rate), (pace, self._faults.rate_of(number))):
                    if rate:
                        await shared.keep(rate, len(piece))
                writer.write(piece)
                await writer.drain()
                passed += len(piece)
                self._count_towards_the_end(len(piece))
        with contextlib.suppress(OSError):
            writer.write_eof()

    def _lose_answer(self, data, direction, number, ends):
        """Reset where the server answers what its answer is to be lost to: it has done what it was asked for then."""
        faults = self._faults
        if direction == "up":
            wanted = faults.lose_answer_to
            if wanted and self._lost < faults.lose_answers and wanted.encode() in data:
                self._lost += 1
                self._unanswered.add(number)
        elif data and number in self._unanswered:
            self._unanswered.discard(number)
            self._log.note(connection=number, injected="lose answer")
            for end in ends:
                _reset(end)
            raise ConnectionResetError

    def _count_towards_the_end(self, count):
        self._passed += count
        faults = self._faults
        if faults.down_after is not None and self._passed >= faults.down_after:
            self._faults = replace(faults, down=True, down_after=None)

    async def _allowance(self, passed, direction, number, ends):
        """How many more bytes may pass, at least one; a fault that is due happens in here."""
        has_noted = False
        while True:
            faults = self._faults
            if faults.down:  # nothing passes before the connection is reset
                await asyncio.sleep(_CHECK_SECONDS)
                continue
            limit = faults.limit(direction) if faults.is_faulty(number) else None
            if limit is None:
                return _CHUNK
            size, verb = limit
            if passed < size:
                return size - passed
            if not has_noted:
                self._log.note(connection=number, injected=verb, direction=direction, bytes=passed)
                has_noted = True
            if verb != "stall":
                for end in ends:
                    _reset(end) if verb == "reset" else end.close()
                raise ConnectionResetError
            await asyncio.sleep(_CHECK_SECONDS)


async def _collect(reader, line):
    """Put what comes on the delay line with its time of arrival, so that latency costs no throughput."""
    data = None
    while data != b"":
        data = await reader.read(_CHUNK)
        await line.put((asyncio.get_running_loop().time(), data))


def _reset(writer):
    """Close with RST: what isn't sent yet is lost, and the peer hears of it. One that has ended meanwhile stays so."""
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
