"""A SOCKS5 proxy (RFC 1928) that knows CONNECT, with user and password (RFC 1929) if wanted."""

import asyncio
import contextlib
import ipaddress
import json

_VERSION = 5
_NO_AUTHENTICATION, _USER_AND_PASSWORD, _NOTHING_ACCEPTABLE = 0, 2, 0xFF
_CONNECT = 1
_IPV4, _NAME, _IPV6 = 1, 3, 4
_SUCCEEDED, _REFUSED, _COMMAND_NOT_SUPPORTED, _ADDRESS_NOT_SUPPORTED = 0, 5, 7, 8
_CHUNK = 256 * 1024


class _Refused(Exception):
    """The client was told no."""


class SocksServer:
    """`credentials` is (user, password) or None. Each CONNECT becomes a line of JSON in the file `log`."""

    def __init__(self, credentials, log):
        self._credentials = credentials
        self._log = log

    async def converse(self, reader, writer):
        """Serve one client."""
        upstream = None
        try:
            await self._authenticate(reader, writer)
            host, port = await self._target(reader, writer)
            upstream = await self._connect(writer, host, port)
            await asyncio.gather(_pump(reader, upstream[1]), _pump(upstream[0], writer))
        except (_Refused, OSError, asyncio.IncompleteReadError):
            pass  # the client was told, or is gone
        finally:
            for end in (writer, upstream and upstream[1]):
                if end:
                    end.close()

    async def _authenticate(self, reader, writer):
        version, count = await reader.readexactly(2)
        offered = await reader.readexactly(count)
        wanted = _USER_AND_PASSWORD if self._credentials else _NO_AUTHENTICATION
        if version != _VERSION or wanted not in offered:
            writer.write(bytes([_VERSION, _NOTHING_ACCEPTABLE]))
            await writer.drain()
            raise _Refused
        writer.write(bytes([_VERSION, wanted]))
        if not self._credentials:
            return
        await reader.readexactly(1)
        given = tuple([(await reader.readexactly((await reader.readexactly(1))[0])).decode() for _ in range(2)])
        writer.write(bytes([1, 0 if given == self._credentials else 1]))
        await writer.drain()
        if given != self._credentials:
            self._note({"refused": given[0]})
            raise _Refused

    async def _target(self, reader, writer):
        _, command, _, kind = await reader.readexactly(4)
        if kind == _NAME:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        elif kind in (_IPV4, _IPV6):
            host = str(ipaddress.ip_address(await reader.readexactly(4 if kind == _IPV4 else 16)))
        else:
            await _reply(writer, _ADDRESS_NOT_SUPPORTED)
        port = int.from_bytes(await reader.readexactly(2), "big")
        if command != _CONNECT:
            await _reply(writer, _COMMAND_NOT_SUPPORTED)
        return host, port

    async def _connect(self, writer, host, port):
        self._note({"host": host, "port": port})
        # Names that end in .localhost are this machine's (RFC 6761), whether or not the resolver knows.
        address = "localhost" if host.endswith(".localhost") else host
        try:
            upstream = await asyncio.open_connection(address, port, limit=_CHUNK)
        except OSError:
            await _reply(writer, _REFUSED)
        await _reply(writer, _SUCCEEDED)
        return upstream

    def _note(self, fields):
        with open(self._log, "a") as log:
            log.write(json.dumps(fields) + "\n")


async def _reply(writer, code):
    """Tell the outcome; anything but success raises."""
    writer.write(bytes([_VERSION, code, 0, _IPV4]) + bytes(6))
    await writer.drain()
    if code != _SUCCEEDED:
        raise _Refused


async def _pump(reader, writer):
    """Pass bytes on until their end, then pass the end on."""
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()
