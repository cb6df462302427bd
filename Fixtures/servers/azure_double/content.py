"""Bytes on disk: segments, which are files that are written once, and contents made of segments."""

import itertools
import os
import threading
from dataclasses import dataclass

# One buffer of this size a thread: large enough for few writes, small enough to stay in the processor's cache.
_BUFFER_SIZE = 256 * 1024

_local = threading.local()


def buffer():
    """The calling thread's buffer."""
    if not hasattr(_local, "buffer"):
        _local.buffer = memoryview(bytearray(_BUFFER_SIZE))
    return _local.buffer


@dataclass
class Segment:
    """A file, deleted when its last user lets go. The store's lock guards `users`."""

    path: str
    length: int
    users: int = 0

    def retain(self):
        """Count one more user."""
        self.users += 1

    def release(self):
        """Count one user less."""
        self.users -= 1
        if self.users == 0:
            os.unlink(self.path)


class Segments:
    """The directory of segments."""

    def __init__(self, directory):
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._numbers = itertools.count()

    def receive(self, buffers, digests, expectation):
        """A new segment with what the iterable `buffers` gives, if its digests are the expected ones. A failure
        leaves no file."""
        path = str(self._directory / f"{next(self._numbers):08}")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        length = 0
        try:
            for view in buffers:
                digests.update(view)
                length += len(view)
                while view:
                    view = view[os.write(descriptor, view) :]
            expectation.check(digests)
        except BaseException:
            os.unlink(path)
            raise
        finally:
            os.close(descriptor)
        return Segment(path, length)


def of_body(body):
    """A request's body as an iterable of buffers, each valid until the next one."""
    scratch = buffer()
    while count := body.fill(scratch):
        yield scratch[:count]


def of_segments(segments, start, length):
    """`length` bytes from `start` on of the concatenated segments, as an iterable of buffers."""
    scratch = buffer()
    for segment in segments:
        if start >= segment.length:
            start -= segment.length
            continue
        descriptor = os.open(segment.path, os.O_RDONLY)
        try:
            while length and start < segment.length:
                count = os.preadv(descriptor, [scratch[: min(length, len(scratch))]], start)
                yield scratch[:count]
                start += count
                length -= count
        finally:
            os.close(descriptor)
        if not length:
            return
        start = 0
