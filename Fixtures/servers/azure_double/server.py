"""The service on the wire: connections, TLS, throttling, the headers that all answers have."""

import json
import os
import socket
import ssl
import sys
import threading
import time
import traceback
import uuid
from collections import deque
from email.utils import formatdate
from urllib.parse import parse_qs

import http1
import network

from .errors import ServiceError
from .request import Request, Resource, Response, query_of

_REASONS = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "No Content",
    206: "Partial Content",
    304: "Not Modified",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    411: "Length Required",
    412: "Precondition Failed",
    413: "Payload Too Large",
    416: "Range Not Satisfiable",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}
_CONTROL_PATH = "/.control/"
_LONGEST_CLIENT_REQUEST_ID = 1024


class Throttle:
    """ServerBusy past so many requests in any one second; None for no limit."""

    def __init__(self, per_second):
        self.per_second = per_second
        self._admitted = deque()
        self._lock = threading.Lock()

    def admit(self):
        """Count a request, or refuse it."""
        if self.per_second is None:
            return
        now = time.monotonic()
        with self._lock:
            while self._admitted and self._admitted[0] <= now - 1:
                self._admitted.popleft()
            if len(self._admitted) >= self.per_second:
                raise ServiceError("ServerBusy", headers={"Retry-After": "1"})
            self._admitted.append(now)


class Server:
    """Speaks HTTP/1.1 over TLS for a service, one thread a connection. `log` gets a line of JSON for each request."""

    def __init__(self, service, endpoint, certificates, throttle, log):
        self._service = service
        self._tokens = service.authorization.tokens
        self._endpoint = endpoint
        self._throttle = throttle
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificates.server, certificates.server_key)
        self._context.set_alpn_protocols(["http/1.1"])

    def serve(self, listener):
        """Serve in threads of this process."""
        network.serve_connections(listener, self._converse)

    def _converse(self, plain):
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._context.wrap_socket(plain, server_side=True) as connection:
                stream = http1.Stream(connection)
                while (head := stream.head()) and self._exchange(connection, stream, head):
                    pass
        except (OSError, http1.ProtocolError):
            pass  # the client went away: nothing to answer

    def _exchange(self, connection, stream, head):
        """Answer one request; whether the connection goes on."""
        body = http1.request_body(stream, head, lambda: connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n"))
        headers = head.lowered()
        request_id = str(uuid.uuid4())
        code = None
        try:
            response = self._answer(head, headers, body)
        except ServiceError as refusal:
            code = refusal.code
            document = refusal.document(request_id)
            response = Response(
                refusal.status,
                {"Content-Type": "application/xml", "x-ms-error-code": code, **refusal.headers},
                document,
            )
        keeps_body = body.is_announced  # the client won't send what it wasn't asked for
        closes = head.closes() or keeps_body
        common = {
            "Server": "Sluice-Azure-Double",
            "Date": formatdate(usegmt=True),
            "x-ms-request-id": request_id,
            "x-ms-version": headers.get("x-ms-version"),
            "x-ms-client-request-id": headers.get("x-ms-client-request-id", "")[:_LONGEST_CLIENT_REQUEST_ID] or None,
            "Connection": "close" if closes else None,
        }
        self._note(head, response.status, code)
        _send(connection, head.first, response, common)
        if not keeps_body:
            body.drain()
        return not closes

    def _answer(self, head, headers, body):
        method = head.first
        path, _, query = head.second.partition("?")
        try:
            if self._tokens.serves(method, path):
                return self._tokens.answer(path, query, headers, body)
            if path.startswith(_CONTROL_PATH):
                return self._control(path.removeprefix(_CONTROL_PATH), parse_qs(query))
            self._throttle.admit()
            resource = Resource.of(self._service.account, headers.get("host", ""), path)
            request = Request(method, self._endpoint, resource, query_of(query), headers, head.headers, body)
            return self._service.answer(request)
        except (ServiceError, OSError, http1.ProtocolError):
            raise
        except Exception as failure:
            traceback.print_exc(file=sys.stderr)
            raise ServiceError("InternalError") from failure

    def _control(self, verb, parameters):
        """What only a double can do: lose uncommitted blocks, change the throttle."""
        if verb == "forget-uncommitted":
            self._service.store.forget_uncommitted()
        elif verb == "throttle":
            per_second = parameters.get("requests-per-second")
            self._throttle.per_second = int(per_second[0]) if per_second else None
        else:
            raise ServiceError("ResourceNotFound")
        return Response(204)

    def _note(self, head, status, code):
        line = json.dumps({"method": head.first, "target": head.second, "status": status, "code": code})
        os.write(self._log, f"{line}\n".encode())


def _send(connection, method, response, common):
    has_content = method != "HEAD" and response.status not in (204, 304)
    head = http1.Head("HTTP/1.1", str(response.status), _REASONS[response.status])
    for name, value in {**response.headers, **common}.items():
        if value is not None:
            head.headers.append((name, value))
    if response.status not in (204, 304):
        is_document = isinstance(response.content, bytes)
        head.headers.append(("Content-Length", "0" if method == "HEAD" and is_document else str(response.length)))
    if not has_content:
        connection.sendall(head.encoded())
    elif isinstance(response.content, bytes):
        connection.sendall(head.encoded() + response.content)
    else:
        connection.sendall(head.encoded())
        for view in response.content:
            connection.sendall(view)
