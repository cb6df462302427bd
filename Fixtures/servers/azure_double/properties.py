"""A blob's properties and metadata, between request headers, the index and response headers."""

import re

from .errors import ServiceError, wrong_header

_METADATA_PREFIX = "x-ms-meta-"
_METADATA_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")  # C#'s identifiers, as far as ASCII goes
_MAXIMUM_METADATA = 8 * 1024
_TIERS = ("Hot", "Cool", "Cold", "Archive")

# Suffix of x-ms-blob-…: (the response's header, whether Put Blob also takes the standard header of that name).
_PROPERTIES = {
    "content-type": ("Content-Type", True),
    "content-encoding": ("Content-Encoding", True),
    "content-language": ("Content-Language", True),
    "cache-control": ("Cache-Control", True),
    "content-disposition": ("Content-Disposition", False),
    "content-md5": ("Content-MD5", False),
}


def properties_of(headers, standard_headers_count=False):
    """The properties that a write sets, by their response headers; the type has a default."""
    found = {"Content-Type": "application/octet-stream"}
    for suffix, (name, has_standard) in _PROPERTIES.items():
        value = headers.get(f"x-ms-blob-{suffix}")
        if value is None and standard_headers_count and has_standard:
            value = headers.get(suffix)
        if value:
            found[name] = value
    return found


def metadata_of(request):
    """The x-ms-meta-… headers by name, in the case in which they were sent."""
    metadata = {}
    for header, value in request.header_list:
        if not header.lower().startswith(_METADATA_PREFIX):
            continue
        name = header[len(_METADATA_PREFIX) :]
        if not name:
            raise ServiceError("EmptyMetadataKey")
        if not _METADATA_NAME.fullmatch(name) or not value.isascii() or not (value == "" or value.isprintable()):
            raise ServiceError("InvalidMetadata")
        metadata[name] = value
    if sum(len(name) + len(value) for name, value in metadata.items()) > _MAXIMUM_METADATA:
        raise ServiceError("MetadataTooLarge")
    return metadata


def metadata_headers(metadata):
    """The response headers for metadata."""
    return {f"{_METADATA_PREFIX}{name}": value for name, value in metadata.items()}


def tier_of(headers):
    """The access tier that a write asks for, None if it doesn't."""
    tier = headers.get("x-ms-access-tier")
    if tier is not None and tier not in _TIERS:
        raise wrong_header("x-ms-access-tier", tier)
    return tier
