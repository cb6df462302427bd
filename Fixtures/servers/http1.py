"""HTTP/1.1 over blocking sockets, as a server or a proxy reads it: heads at once, bodies in the caller's buffer."""

from dataclasses import dataclass, field

MAXIMUM_HEAD = 128 * 1024
_READ_SIZE = 64 * 1024


class ProtocolError(Exception):
    """The peer did not speak HTTP/1.1."""


@dataclass
class Head:
    """A start line and its headers, names as they came; `first`, `second`, `third` are the start line's words."""

    first: str
    second: str
    third: str
    headers: list = field(default_factory=list)

    def get(self, name, default=None):
        """The value of the first header of this name, whatever its case."""
        name = name.lower()
        return next((value for key, value in self.headers if key.lower() == name), default)

    def lowered(self):
        """All headers as a dictionary with lower-case names; repeated ones are joined by commas."""
        merged = {}
        for name, value in self.headers:
            key = name.lower()
            merged[key] = f"{merged[key]},{value}" if key in merged else value
        return merged

    def encoded(self):
        """The head as it goes over the wire."""
        lines = [
            f"{self.first} {self.second} {self.third}".rstrip(),
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def closes(self):
        """Whether the sender of this head ends the connection after its message."""
        wishes = (self.get("connection") or "").lower()
        is_old = "HTTP/1.0" in (self.first, self.third)
        return "close" in wishes or (is_old and "keep-alive" not in wishes)


class Stream:
    """Reading from a blocking socket, with what was read ahead."""

    def __init__(self, connection):
        self._connection = connection
        self._ahead = memoryview(b"")

    def head(self):
        """The next head, or None where the peer has closed between two messages."""
        data = bytearray(self._ahead)
        while (end := data.find(b"\r\n\r\n")) < 0:
            if len(data) > MAXIMUM_HEAD:
                raise ProtocolError("the head is too long")
            more = self._connection.recv(_READ_SIZE)
            if not more:
                if data.strip():
                    raise ProtocolError("the connection ended inside a head")
                return None
            data += more
        self._ahead = memoryview(bytes(data[end + 4 :]))
        return _parse_head(data[:end].lstrip(b"\r\n").decode("latin-1"))

    def line(self):
        """The next line, without its end."""
        data = bytearray(self._ahead)
        while (end := data.find(b"\r\n")) < 0:
            more = self._connection.recv(_READ_SIZE)
            if not more or len(data) > MAXIMUM_HEAD:
                raise ProtocolError("the connection ended inside a line")
            data += more
        self._ahead = memoryview(bytes(data[end + 2 :]))
        return bytes(data[:end])

    def read_into(self, view):
        """At least one byte into `view`, or 0 where the peer has closed."""
        if self._ahead:
            count = min(len(view), len(self._ahead))
            view[:count] = self._ahead[:count]
            self._ahead = self._ahead[count:]
            return count
        return self._connection.recv_into(view)


def _parse_head(text):
    start, *lines = text.split("\r\n")
    words = start.split(" ", 2)
    if len(words) < 2:
        raise ProtocolError(f"not a start line: {start[:80]!r}")
    head = Head(*words, *[""] * (3 - len(words)))
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise ProtocolError(f"not a header: {line[:80]!r}")
        head.headers.append((name, value.strip(" \t")))
    return head


class Body:
    """One message's body: framed by a length, by chunks, or (length None, not chunked) by the connection's end."""

    def __init__(self, stream, length=0, chunked=False, before_first_read=None):
        self.length = length
        self.chunked = chunked
        self._stream = stream
        self._left = 0 if chunked else length
        self._first_chunk = True
        self._before_first_read = before_first_read
        self.ended = not chunked and length == 0

    def read_into(self, view):
        """Up to len(view) bytes; 0 at the body's end. ProtocolError where the peer leaves before it."""
        if self.ended:
            return 0
        if self._before_first_read:
            self._before_first_read()
            self._before_first_read = None
        if self.chunked and self._left == 0 and not self._next_chunk():
            return 0
        wanted = view if self._left is None else view[: self._left]
        count = self._stream.read_into(wanted)
        if self._left is None:
            self.ended = count == 0
            return count
        if not count:
            raise ProtocolError("the connection ended inside a body")
        self._left -= count
        self.ended = not self.chunked and self._left == 0
        return count

    def fill(self, view):
        """As many bytes as `view` holds, fewer only at the body's end."""
        filled = 0
        while filled < len(view) and (count := self.read_into(view[filled:])):
            filled += count
        return filled

    def drain(self):
        """Read the rest and throw it away; gives its size."""
        scratch = memoryview(bytearray(256 * 1024))
        total = 0
        while count := self.read_into(scratch):
            total += count
        return total

    @property
    def is_announced(self):
        """Whether the peer still waits to be asked for this body."""
        return self._before_first_read is not None and not self.ended

    def _next_chunk(self):
        if not self._first_chunk:
            self._stream.line()
        self._first_chunk = False
        try:
            self._left = int(self._stream.line().split(b";")[0], 16)
        except ValueError as failure:
            raise ProtocolError("not a chunk's size") from failure
        if self._left == 0:
            while self._stream.line():
                pass  # trailers
            self.ended = True
        return self._left


def request_body(stream, head, before_first_read=None):
    """The body that follows a request's head. `before_first_read` is called once if the client waits to be asked."""
    waits = (head.get("expect") or "").lower() == "100-continue"
    ask = before_first_read if waits else None
    if "chunked" in (head.get("transfer-encoding") or "").lower():
        return Body(stream, None, chunked=True, before_first_read=ask)
    try:
        return Body(stream, int(head.get("content-length") or 0), before_first_read=ask)
    except ValueError as failure:
        raise ProtocolError("not a content-length") from failure


def response_body(stream, head, method):
    """The body that follows the head of a response to a request with this method."""
    status = int(head.second)
    if method == "HEAD" or status in (204, 304) or status < 200:
        return Body(stream, 0)
    if "chunked" in (head.get("transfer-encoding") or "").lower():
        return Body(stream, None, chunked=True)
    length = head.get("content-length")
    return Body(stream, None if length is None else int(length))
