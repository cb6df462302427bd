"""Faults in single HTTP/1.1 requests: a proxy that ends TLS, reads requests and asks an https server itself."""

import hashlib
import re
import select
import socket
import ssl
import struct
import time

import http1
import network

_BUFFER_SIZE = 256 * 1024


class _Reset(Exception):
    """The client's connection is to be reset."""


class HttpsProxy:
    """One thread and one upstream connection for each client's connection. Bodies pass through a buffer, both ways."""

    def __init__(self, upstream, upstream_authority, certificates, rules, log):
        self._upstream = upstream
        self._rules = rules
        self._log = log
        self._server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._server_context.load_cert_chain(certificates.server, certificates.server_key)
        self._client_context = ssl.create_default_context(cafile=upstream_authority)
        for context in (self._server_context, self._client_context):
            context.set_alpn_protocols(["http/1.1"])

    def serve(self, listener):
        """Serve in threads of this process."""
        network.serve_connections(listener, self._converse)

    def _converse(self, plain):
        try:
            with self._server_context.wrap_socket(plain, server_side=True) as client:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                server = _Upstream(self._upstream, self._client_context)
                try:
                    stream = http1.Stream(client)
                    while (head := stream.head()) and self._exchange(client, stream, head, server):
                        pass
                except _Reset:
                    _reset(client)
                finally:
                    server.close()
        except (OSError, http1.ProtocolError):
            pass  # one of the two is gone, and so is the other's connection

    def _exchange(self, client, stream, head, server):
        """One request and its response; whether the connection goes on."""
        with self._rules.taken(f"{head.first} {head.second}") as rule:
            return self._exchange_by(rule, client, stream, head, server)

    def _exchange_by(self, rule, client, stream, head, server):
        body = http1.request_body(stream, head, lambda: client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n"))
        record = _Record(self._log, head, rule)
        try:
            time.sleep(rule.delay)
            if rule.stall:
                record.write()
                _wait_for_end(client)
                return False
            if rule.respond:
                return _respond(client, head, body, rule, record)
            if rule.answer is not None:
                return _answer_instead(client, body, rule, record)
            if rule.forget:
                return _forget(client, head, body, rule, record)
            return _forward(client, head, body, server, rule, record)
        finally:
            record.write()


def _respond(client, head, body, rule, record):
    keeps_body = body.is_announced  # the client won't send what it wasn't asked for
    if not keeps_body:
        record.body_length = body.drain()
    answer = http1.Head("HTTP/1.1", str(rule.respond), "Injected", [("Content-Length", "0")])
    if rule.retry_after:
        answer.headers.append(("Retry-After", rule.retry_after))
    if keeps_body:
        answer.headers.append(("Connection", "close"))
    record.write(rule.respond)
    client.sendall(answer.encoded())
    return not keeps_body and not head.closes()


def _answer_instead(client, body, rule, record):
    """Whatever the rule says, whether or not it is HTTP."""
    if not rule.early:
        record.body_length = body.drain()
    record.write()
    client.sendall(rule.answer.replace("\\r", "\r").replace("\\n", "\n").encode("latin-1"))
    if rule.early:
        # A server that closes with unread input resets the connection: the client may lose the answer.
        client.settimeout(1)
        body.drain()
    return False


def _forget(client, head, body, rule, record):
    """What a service says that has taken the body and loses it: the answers of Azure and S3 in one."""
    digest = hashlib.md5()
    scratch = memoryview(bytearray(_BUFFER_SIZE))
    while count := body.read_into(scratch):
        digest.update(scratch[:count])
        record.body_length += count
    answer = http1.Head("HTTP/1.1", str(rule.forget), "Forgotten", [("Content-Length", "0"), ("x-ms-request-id", "1")])
    answer.headers.append(("ETag", f'"{digest.hexdigest()}"'))
    for name, value in head.headers:
        if name.lower() in ("x-ms-content-crc64", "content-md5") or name.lower().startswith("x-amz-checksum-crc"):
            answer.headers.append((name, value))
    record.write(rule.forget)
    client.sendall(answer.encoded())
    return not head.closes()


def _forward(client, head, body, server, rule, record):
    upstream = server.connection()
    head.headers = [(name, value) for name, value in head.headers if name.lower() != "expect"]
    _set_header(head, rule.set_request_header)
    if rule.shift_range and (asked := re.fullmatch(r"bytes=(\d+)-(\d+)", head.get("range") or "")):
        first, last = (int(number) + rule.shift_range for number in asked.groups())
        _set_header(head, f"Range: bytes={first}-{last}")
    is_whole = True
    try:
        upstream.sendall(head.encoded())
        for view in _counted(body, record, rule.corrupt_request_byte, rule.reset_after):
            upstream.sendall(view)
    except (BrokenPipeError, ConnectionResetError):
        is_whole = False  # the server has answered early and closed: its answer counts
    answer = server.answer()
    record.write(int(answer.second))
    answered = http1.response_body(server.stream, answer, head.first)
    if rule.drop_after_body:
        answered.drain()
        raise _Reset
    for number in range(rule.interim):
        status = "103 Early Hints" if number % 2 else "100 Continue"
        client.sendall(f"HTTP/1.1 {status}\r\nX-Number: {number}\r\n\r\n".encode())
    _set_header(answer, rule.set_header)
    if rule.http10:
        gone = ("connection", "keep-alive", "transfer-encoding")
        answer.headers = [(name, value) for name, value in answer.headers if name.lower() not in gone]
        answer.first = "HTTP/1.0"
    encoded = answer.encoded()
    client.sendall(encoded[: rule.cut_head])
    if rule.cut_head is not None:
        return False
    end = rule.stall_after if rule.truncate_response is None else rule.truncate_response
    passed = []
    for view in _framed(answered, rule.corrupt_response_byte, end, is_chunked=answered.chunked and not rule.http10):
        client.sendall(view)
        if rule.again:
            passed.append(bytes(view))
    if rule.stall_after is not None:
        _wait_for_end(client)
    if rule.again:
        client.sendall(encoded + b"".join(passed))
    if end is not None or rule.http10:
        server.close()
        return False
    if answer.closes() or (answered.length is None and not answered.chunked):
        server.close()
        return False
    return is_whole and not head.closes()


def _set_header(head, line):
    """Put `Name: value` in place of the headers of that name."""
    if not line:
        return
    name, _, value = line.partition(":")
    head.headers = [pair for pair in head.headers if pair[0].lower() != name.lower()]
    if value.strip():
        head.headers.append((name, value.strip()))


def _counted(body, record, corrupt_at, reset_at):
    """A request's body as it goes on the wire; the record counts its bytes."""
    yield from _framed(body, corrupt_at, reset_at, record)
    if reset_at is not None:
        raise _Reset


def _framed(body, corrupt_at=None, end_at=None, record=None, is_chunked=None):
    """A body in buffers with its chunk framing, corrupted at an offset, ending at another."""
    is_chunked = body.chunked if is_chunked is None else is_chunked
    scratch = memoryview(bytearray(_BUFFER_SIZE))
    passed = 0
    while end_at is None or passed < end_at:
        wanted = scratch if end_at is None else scratch[: end_at - passed]
        count = body.read_into(wanted)
        if not count:
            break
        view = scratch[:count]
        if corrupt_at is not None and passed <= corrupt_at < passed + count:
            view[corrupt_at - passed] ^= 1
        passed += count
        if record:
            record.body_length = passed
        if is_chunked:
            yield b"%x\r\n" % count
        yield view
        if is_chunked:
            yield b"\r\n"
    if is_chunked and body.ended:
        yield b"0\r\n\r\n"


class _Upstream:
    """The connection to the server, made when it is needed and kept for the next request."""

    def __init__(self, address, context):
        self._address = address
        self._context = context
        self._connection = None
        self.stream = None

    def connection(self):
        """The connection, a new one where the server has closed the last."""
        if self._connection and _has_input(self._connection):
            self.close()
        if not self._connection:
            plain = socket.create_connection(self._address)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connection = self._context.wrap_socket(plain, server_hostname=self._address[0])
            self.stream = http1.Stream(self._connection)
        return self._connection

    def answer(self):
        """The head of the final response."""
        while head := self.stream.head():
            if not head.second.startswith("1"):
                return head
        raise http1.ProtocolError("the server closed instead of answering")

    def close(self):
        """Let go of the connection."""
        if self._connection:
            self._connection.close()
            self._connection = None


class _Record:
    """A request's line in the log: written once, before the client sees an answer."""

    def __init__(self, log, head, rule):
        self._log = log
        self._fields = {"method": head.first, "target": head.second, "headers": head.lowered()}
        self._injected = rule.names()
        self.body_length = 0

    def write(self, status=None):
        """Write the line, if it isn't written; no status where the client got no answer."""
        if self._log:
            self._log.note(**self._fields, bodyLength=self.body_length, status=status, injected=self._injected)
            self._log = None


def _has_input(connection):
    """Whether something, an end included, came from a server that wasn't asked."""
    return bool(select.select([connection], [], [], 0)[0])


def _wait_for_end(connection):
    """Wait until the peer closes."""
    poller = select.poll()
    poller.register(connection, select.POLLRDHUP)
    poller.poll()


def _reset(connection):
    """Close with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
