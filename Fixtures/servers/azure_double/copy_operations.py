"""Copy Blob, Put Blob From URL, and the sources of copies: blobs of this account, named by URL."""

import uuid
from contextlib import ExitStack, contextmanager
from email.utils import formatdate
from urllib.parse import urlsplit

from . import conditions, content
from .blob_operations import ENCRYPTED, blob_range, check_overwrite
from .checksums import Digests, Expectation
from .errors import ServiceError, wrong_header
from .properties import metadata_of, properties_of, tier_of
from .request import Resource, Response, query_of
from .store import Version


def copy_blob(service, request, caller):
    """Copy Blob and Copy Blob From URL, both done when they answer: the copy shares the source's segments."""
    store, url = service.store, request.headers["x-ms-copy-source"]
    with store.lock:
        source = _source_version(service, request, caller, by_own_key=True)
        check_overwrite(service, request, caller)
        identifier = str(uuid.uuid4())
        status = {"x-ms-copy-id": identifier, "x-ms-copy-status": "success"}
        version = Version(
            source.blocks,
            dict(source.properties),
            metadata_of(request) or dict(source.metadata),
            tier_of(request.headers),
            {
                **status,
                "x-ms-copy-source": url,
                "x-ms-copy-progress": f"{source.length}/{source.length}",
                "x-ms-copy-completion-time": formatdate(usegmt=True),
            },
        )
        store.commit(request.resource, version)
    return Response(202, {**version.revision.headers, **status})


def put_blob_from_url(service, request, caller):
    """Put Blob From URL: a whole block blob with another's bytes, and with its properties unless the request says no.
    Its metadata are the request's alone. A URL without a blob type is Copy Blob's."""
    headers, store = request.headers, service.store
    kind = headers.get("x-ms-blob-type")
    if kind is None:
        return copy_blob(service, request, caller)
    if kind != "BlockBlob":
        raise ServiceError("NotImplemented", {"Detail": f"{kind} is not a block blob."})
    if request.length:
        raise wrong_header("Content-Length", str(request.length))
    expectation = Expectation(headers, ("x-ms-source-content-md5",), "x-ms-source-content-crc64")
    with store.lock:
        check_overwrite(service, request, caller)
    digests = Digests(with_md5=True)
    with open_source(service, request, caller) as (source, segments, start, length):
        segment = store.segments.receive(content.of_segments(segments, start, length), digests, expectation)
    copied = dict(source.properties) if headers.get("x-ms-copy-source-blob-properties", "true") == "true" else {}
    version = Version(
        [(None, segment)],
        {**properties_of(headers), **copied, "Content-MD5": digests.md5},
        metadata_of(request),
        tier_of(headers),
    )
    with store.lock:
        check_overwrite(service, request, caller)
        store.commit(request.resource, version)
    answer = {"Content-MD5": digests.md5, "x-ms-content-crc64": digests.crc64}
    return Response(201, {**version.revision.headers, **ENCRYPTED, **answer})


@contextmanager
def open_source(service, request, caller):
    """The version that a copy's source is, the segments that hold a copy's source, and the range of them that is asked for; kept while they are read."""
    with ExitStack() as kept:
        with service.store.lock:
            version = _source_version(service, request, caller, by_own_key=False)
            segments = kept.enter_context(service.store.retained(version.segments))
        start, length = blob_range(request.headers.get("x-ms-source-range"), version.length)
        yield version, segments, start, version.length if length is None else length


def _source_version(service, request, caller, by_own_key):
    """The version that x-ms-copy-source names, if the caller may read it. `by_own_key`: the signature of the request
    itself will do, as it does for Copy Blob alone. The lock is held."""
    url = urlsplit(request.headers["x-ms-copy-source"])
    # Behind a proxy the client knows the service by the proxy's port.
    own_ports = {urlsplit(request.endpoint).port, urlsplit(f"//{request.headers.get('host', '')}").port}
    if url.port not in own_ports or not (url.hostname or "").endswith(("localhost", "127.0.0.1")):
        raise ServiceError("CannotVerifyCopySource")
    pairs = query_of(url.query)
    resource = Resource.of(service.account, url.netloc, url.path)
    reader = service.authorization.source_caller(caller, resource, dict(pairs), request.headers, by_own_key)
    reader.require("r", "o")
    version = service.store.version(resource) if resource.container in service.store.containers else None
    if version is None:
        raise ServiceError("CannotVerifyCopySource")
    conditions.check_source(request.headers, version)
    return version
