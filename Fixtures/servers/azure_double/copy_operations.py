"""Copy Blob, and the sources of copies: blobs of this account, named by URL."""

import uuid
from contextlib import ExitStack, contextmanager
from email.utils import formatdate
from urllib.parse import urlsplit

from . import conditions
from .blob_operations import blob_range, check_overwrite
from .errors import ServiceError
from .properties import metadata_of, tier_of
from .request import Resource, Response, query_of
from .store import Version


def copy_blob(service, request, caller):
    """Copy Blob and Copy Blob From URL, both done when they answer: the copy shares the source's segments."""
    store, url = service.store, request.headers["x-ms-copy-source"]
    with store.lock:
        source = _source_version(service, request, caller)
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


@contextmanager
def open_source(service, request, caller):
    """The segments that hold a copy's source, and the range of them that is asked for; kept while they are read."""
    with ExitStack() as kept:
        with service.store.lock:
            version = _source_version(service, request, caller)
            segments = kept.enter_context(service.store.retained(version.segments))
        start, length = blob_range(request.headers.get("x-ms-source-range"), version.length)
        yield segments, start, version.length if length is None else length


def _source_version(service, request, caller):
    """The version that x-ms-copy-source names, if the caller may read it. The lock is held."""
    url = urlsplit(request.headers["x-ms-copy-source"])
    # Behind a proxy the client knows the service by the proxy's port.
    own_ports = {urlsplit(request.endpoint).port, urlsplit(f"//{request.headers.get('host', '')}").port}
    if url.port not in own_ports or not (url.hostname or "").endswith(("localhost", "127.0.0.1")):
        raise ServiceError("CannotVerifyCopySource")
    pairs = query_of(url.query)
    resource = Resource.of(service.account, url.netloc, url.path)
    reader = service.authorization.source_caller(caller, resource, dict(pairs), request.headers)
    reader.require("r", "o")
    version = service.store.version(resource) if resource.container in service.store.containers else None
    if version is None:
        raise ServiceError("CannotVerifyCopySource")
    conditions.check_source(request.headers, version)
    return version
