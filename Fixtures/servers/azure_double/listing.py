"""List Blobs: prefix, delimiter, pages."""

import base64
import bisect
import re
from email.utils import formatdate
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from .errors import ServiceError, wrong_parameter
from .request import Response

LARGEST_PAGE = 5000
_INCLUDES = {"", "copy", "deleted", "metadata", "snapshots", "tags", "uncommittedblobs", "versions"}
_ENCODING_VERSION = "2021-02-12"  # from here on, names that XML can't hold come percent-encoded
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def list_blobs(service, request, _caller):
    """List Blobs."""
    include = set(request.query.get("include", "").split(","))
    if not include <= _INCLUDES:
        raise wrong_parameter("include", request.query["include"], "Not a list of known values.")
    size = page_size(service, request)
    with service.store.lock:
        container = service.store.container(request.resource.container)
        entries, following = _page(container, request, size, "uncommittedblobs" in include)
        # Prefixes follow the blobs of their page, as the service has them.
        blobs = "".join(_blob_xml(request, name, blob, "metadata" in include) for name, blob in entries if blob)
    prefixes = "".join(
        f"<BlobPrefix>{_text_xml(request, 'Name', name)}</BlobPrefix>" for name, blob in entries if not blob
    )
    text = document(request, request.resource.container, f"<Blobs>{blobs}{prefixes}</Blobs>", following)
    return Response.of_xml(text)


def _page(container, request, size, with_uncommitted):
    """(name, blob) or (prefix, None) in order, at most `size` of them, and the marker of the rest."""
    prefix, delimiter = request.query.get("prefix", ""), request.query.get("delimiter", "")
    entries, names = [], container.names
    at = bisect.bisect_left(names, max(prefix, resume_name(request)))
    while at < len(names) and names[at].startswith(prefix):
        name, blob = names[at], container.blobs[names[at]]
        end = name.find(delimiter, len(prefix)) if delimiter else -1
        if blob.version is None and not with_uncommitted:
            at += 1
            continue
        if len(entries) == size:
            return entries, resume_marker(name)
        if end < 0:
            entries.append((name, blob))
            at += 1
        else:
            folder = name[: end + len(delimiter)]
            entries.append((folder, None))
            # The first name that doesn't start with the folder: no code point sorts after the highest one.
            at = bisect.bisect_left(names, folder + "\U0010ffff" * 2, at)
    return entries, ""


def page_size(service, request):
    """The entries of one page: what the client asks for, no more than the service gives."""
    text = request.query.get("maxresults")
    if text is None:
        return service.page_size
    if not text.isdecimal():
        raise wrong_parameter("maxresults", text, "Not a number.")
    if int(text) == 0:
        raise ServiceError("OutOfRangeQueryParameterValue", {"QueryParameterName": "maxresults"})
    return min(int(text), service.page_size)


def resume_marker(name):
    """An opaque marker for the page that starts with `name`."""
    return "2!" + base64.urlsafe_b64encode(name.encode()).decode()


def resume_name(request):
    """The name with which the page starts that the request's marker stands for."""
    marker = request.query.get("marker", "")
    if not marker:
        return ""
    try:
        return base64.urlsafe_b64decode(marker.removeprefix("2!")).decode()
    except ValueError as failure:
        raise wrong_parameter("marker", marker, "Not a marker of this service.") from failure


def document(request, container, content, following):
    """A page of a listing as XML."""
    echoed = "".join(
        _text_xml(request, element, request.query[parameter])
        for element, parameter in (
            ("Prefix", "prefix"),
            ("Marker", "marker"),
            ("MaxResults", "maxresults"),
            ("Delimiter", "delimiter"),
        )
        if parameter in request.query
    )
    named = f" ContainerName={quoteattr(container)}" if container else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f"<EnumerationResults ServiceEndpoint={quoteattr(request.endpoint)}{named}>{echoed}"
        f"{content}<NextMarker>{following}</NextMarker></EnumerationResults>"
    )


def _text_xml(request, element, text):
    if _NOT_XML.search(text) and request.version >= _ENCODING_VERSION:
        return f'<{element} Encoded="true">{quote(text)}</{element}>'
    return f"<{element}>{escape(text)}</{element}>"


def _blob_xml(request, name, blob, with_metadata):
    version = blob.version
    if version is None:
        return (
            f"<Blob>{_text_xml(request, 'Name', name)}<Properties><Content-Length>0</Content-Length>"
            f"<BlobType>BlockBlob</BlobType></Properties></Blob>"
        )
    properties = {
        "Creation-Time": formatdate(version.created, usegmt=True),
        "Last-Modified": formatdate(version.revision.modified, usegmt=True),
        "Etag": version.revision.etag.strip('"'),
        "Content-Length": version.length,
        **version.properties,
        "BlobType": "BlockBlob",
        "AccessTier": version.tier or "Hot",
        **({} if version.tier else {"AccessTierInferred": "true"}),
        "LeaseStatus": "unlocked",
        "LeaseState": "available",
        "ServerEncrypted": "true",
    }
    text = _elements(properties)
    metadata = f"<Metadata>{_elements(version.metadata)}</Metadata>" if with_metadata else ""
    return f"<Blob>{_text_xml(request, 'Name', name)}<Properties>{text}</Properties>{metadata}</Blob>"


def _elements(values):
    return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in values.items())
