"""A line to a server that counts what passes, second by second."""

import socket
import threading
import time
from bisect import bisect_left

_PIECE = 64 * 1024
_SAMPLE_SECONDS = 0.02


class Line:
    """Passes TCP on, TLS and all, in threads of this process. `rate` says what went each way between two moments."""

    def __init__(self, upstream):
        self._upstream = upstream
        self._lock = threading.Lock()
        self._passed = {"up": 0, "down": 0}
        self._times, self._sums = [time.time()], [dict(self._passed)]
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        # Inherited by connections: what the kernel holds has not arrived.
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._listener.setsockopt(socket.SOL_SOCKET, option, 4 * _PIECE)
        self.port = self._listener.getsockname()[1]
        for work in (self._accept, self._sample):
            threading.Thread(target=work, daemon=True).start()

    def passed(self, direction):
        """Bytes so far."""
        with self._lock:
            return self._passed[direction]

    def rate(self, direction, start, end):
        """Bytes a second between two moments of time.time()."""
        return (self._sum(direction, end) - self._sum(direction, start)) / (end - start)

    def _sum(self, direction, moment):
        with self._lock:
            index = bisect_left(self._times, moment)
            if not 0 < index < len(self._times):
                raise ValueError("that was not measured")
            (early, late), (before, after) = self._times[index - 1 : index + 1], self._sums[index - 1 : index + 1]
        share = (moment - early) / (late - early)
        return before[direction] + share * (after[direction] - before[direction])

    def _sample(self):
        while True:
            time.sleep(_SAMPLE_SECONDS)
            with self._lock:
                self._times.append(time.time())
                self._sums.append(dict(self._passed))

    def _accept(self):
        while True:
            client, _ = self._listener.accept()
            server = socket.create_connection(self._upstream)
            for ends in ((client, server, "up"), (server, client, "down")):
                threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source, sink, direction):
        buffer = memoryview(bytearray(_PIECE))
        try:
            while count := source.recv_into(buffer):
                sink.sendall(buffer[:count])
                with self._lock:
                    self._passed[direction] += count
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            for end in (source, sink):
                end.close()
