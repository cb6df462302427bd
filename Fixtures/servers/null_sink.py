"""An HTTP/1.1 server that throws bodies away and answers 204 only after their last byte."""

import os
import socket

import http1
import network

_BUFFER_SIZE = 1 << 20


def listen(path):
    """Serve on a Unix socket, in threads of this process."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    os.chmod(path, 0o666)
    listener.listen(128)
    network.serve_connections(listener, _swallow_all)


def _swallow_all(connection):
    scratch = memoryview(bytearray(_BUFFER_SIZE))
    stream = http1.Stream(connection)
    with connection:
        try:
            while head := stream.head():
                body = http1.request_body(stream, head)
                received = 0
                while count := body.read_into(scratch):
                    received += count
                connection.sendall(b"HTTP/1.1 204 No Content\r\nX-Received: %d\r\n\r\n" % received)
        except (OSError, http1.ProtocolError):
            pass  # the client went away: nothing to answer
