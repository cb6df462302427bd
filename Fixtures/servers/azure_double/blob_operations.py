"""Put, get, delete a blob; its properties and metadata."""

import re
from contextlib import ExitStack
from email.utils import formatdate

from . import conditions, content
from .checksums import Digests, Expectation
from .errors import ServiceError, missing_header, wrong_header
from .properties import metadata_headers, metadata_of, properties_of, tier_of
from .request import Response
from .store import Version

_MIB = 1 << 20
_LARGEST_CHECKED_RANGE = 4 * _MIB
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
ENCRYPTED = {"x-ms-request-server-encrypted": "true"}

# Put Blob's largest body, by the first version that has it; newest first.
_PUT_BLOB_LIMITS = (("2019-12-12", 5000 * _MIB), ("2016-05-31", 256 * _MIB), ("", 64 * _MIB))


def limit(version, limits):
    """The entry of a version-dependent limit."""
    return next(size for oldest, size in limits if version >= oldest)


def check_size(request, limits):
    """RequestBodyTooLarge beyond the limit of the request's version."""
    largest = limit(request.version, limits)
    if request.length > largest:
        raise ServiceError("RequestBodyTooLarge", {"MaxLimit": largest})


def put_blob(service, request, caller):
    """Put Blob: a whole block blob at once."""
    headers, store = request.headers, service.store
    kind = headers.get("x-ms-blob-type")
    if kind is None:
        raise missing_header("x-ms-blob-type")
    if kind != "BlockBlob":
        raise ServiceError("NotImplemented", {"Detail": f"{kind} is not a block blob."})
    check_size(request, _PUT_BLOB_LIMITS)
    version = Version([], properties_of(headers, standard_headers_count=True), metadata_of(request), tier_of(headers))
    expectation = Expectation(headers, ("x-ms-blob-content-md5", "content-md5"))
    with store.lock:
        check_overwrite(service, request, caller)  # early, before gigabytes are sent in vain
    digests = Digests(with_md5=True)
    segment = store.segments.receive(content.of_body(request.body), digests, expectation)
    version.blocks = [(None, segment)]
    version.properties["Content-MD5"] = digests.md5  # stored even if the client sent none
    with store.lock:
        check_overwrite(service, request, caller)
        store.commit(request.resource, version)
    return Response(
        201,
        {
            **version.revision.headers,
            **ENCRYPTED,
            "Content-MD5": digests.md5,
            "x-ms-content-crc64": digests.crc64,
        },
    )


def check_overwrite(service, request, caller):
    """The permission and the conditions of a write over what stands at its name. The lock is held."""
    version = service.store.version(request.resource)
    conditions.check_write(request.headers, version)
    caller.check_overwrite(version is not None)


def get_blob(service, request, caller):
    """Get Blob, whole or a range. The segments stay on disk until they are sent."""
    with ExitStack() as kept:
        with service.store.lock:
            version = service.store.existing(request.resource)
            conditions.check_read(request.headers, version)
            segments = kept.enter_context(service.store.retained(version.segments))
        start, length = blob_range(request.headers.get("x-ms-range") or request.headers.get("range"), version.length)
        headers = {**blob_headers(version), **caller.response_headers}
        wanted_digests = [request.headers.get(f"x-ms-range-get-content-{name}") == "true" for name in ("md5", "crc64")]
        if length is None:
            if any(wanted_digests):
                raise missing_header("Range")
            status, length = 200, version.length
        else:
            status = 206
            headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{version.length}"
            if whole_md5 := headers.pop("Content-MD5", None):
                headers["x-ms-blob-content-md5"] = whole_md5
            headers.update(_range_digests(wanted_digests, segments, start, length))
        return Response(status, headers, _keeping(kept.pop_all(), content.of_segments(segments, start, length)), length)


def _keeping(kept, buffers):
    with kept:
        yield from buffers


def blob_range(text, size):
    """Start and length of the range that a header asks for; length None for the whole blob."""
    if text is None:
        return 0, None
    found = _RANGE.fullmatch(text)
    if not found:
        raise wrong_header("Range", text)
    start = int(found[1])
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    if start >= size or last < start:
        raise ServiceError("InvalidRange", headers={"Content-Range": f"bytes */{size}"})
    return start, last - start + 1


def _range_digests(wanted, segments, start, length):
    wants_md5, wants_crc64 = wanted
    if wants_md5 and wants_crc64:
        raise ServiceError("BothCrc64AndMd5HeaderPresent")
    if not wants_md5 and not wants_crc64:
        return {}
    if length > _LARGEST_CHECKED_RANGE:
        raise wrong_header("x-ms-range-get-content-md5 or x-ms-range-get-content-crc64", "true")
    digests = Digests(wants_md5)
    for view in content.of_segments(segments, start, length):
        digests.update(view)
    return {"Content-MD5": digests.md5} if wants_md5 else {"x-ms-content-crc64": digests.crc64}


def get_properties(service, request, caller):
    """Get Blob Properties."""
    with service.store.lock:
        version = service.store.existing(request.resource)
        conditions.check_read(request.headers, version)
    return Response(200, {**blob_headers(version), **caller.response_headers}, (), version.length)


def get_metadata(service, request, _caller):
    """Get Blob Metadata."""
    with service.store.lock:
        version = service.store.existing(request.resource)
        conditions.check_read(request.headers, version)
    return Response(200, {**version.revision.headers, **metadata_headers(version.metadata)})


def set_metadata(service, request, _caller):
    """Set Blob Metadata: all of it."""
    return _change(service, request, {"metadata": metadata_of(request)}, ENCRYPTED)


def set_properties(service, request, _caller):
    """Set Blob Properties: all of them; those that aren't given are cleared."""
    return _change(service, request, {"properties": properties_of(request.headers)}, {})


def _change(service, request, changes, headers):
    with service.store.lock:
        version = service.store.existing(request.resource)
        conditions.check_write(request.headers, version)
        version = service.store.touch(request.resource, **changes)
    return Response(200, {**version.revision.headers, **headers})


def delete_blob(service, request, _caller):
    """Delete Blob."""
    with service.store.lock:
        version = service.store.existing(request.resource)
        conditions.check_write(request.headers, version)
        service.store.delete(request.resource)
    return Response(202, {"x-ms-delete-type-permanent": "true"})


def blob_headers(version):
    """The headers that describe a committed blob."""
    return {
        **version.revision.headers,
        **version.properties,
        **metadata_headers(version.metadata),
        **version.copied,
        "x-ms-creation-time": formatdate(version.created, usegmt=True),
        "x-ms-blob-type": "BlockBlob",
        "x-ms-lease-status": "unlocked",
        "x-ms-lease-state": "available",
        "x-ms-server-encrypted": "true",
        "x-ms-access-tier": version.tier or "Hot",
        **({} if version.tier else {"x-ms-access-tier-inferred": "true"}),
        "Accept-Ranges": "bytes",
    }
