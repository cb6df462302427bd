"""Free ports, and questions to find out whether a server answers."""

import http.client
import random
import socket
import ssl
import threading

# Below Linux's range for outgoing connections (32768 and up), so that no client takes the port in between.
_PORTS = range(15000, 32000)


def free_port():
    """A port of 127.0.0.1 on which nothing listens, for a server that can't choose one by itself."""
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def listen(backlog=512):
    """A listening socket on a free port of 127.0.0.1."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=backlog)
    listener.set_inheritable(False)
    return listener


def serve_connections(listener, handle):
    """Give each connection to `handle(connection)` in a thread of its own, for as long as the process lives."""

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=handle, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def accepts(port):
    """Whether something listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def trusting(certificates):
    """A client's TLS context that trusts the fixture's authority alone."""
    return ssl.create_default_context(cafile=certificates.authority)


def status(port, context, path="/"):
    """The HTTP status that a GET over TLS brings; OSError while the server isn't up."""
    connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except http.client.HTTPException as failure:
        raise OSError(f"no HTTP answer: {failure!r}") from failure
    finally:
        connection.close()
