"""Conditional headers: If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since and their source twins."""

from email.utils import parsedate_to_datetime

from .errors import ServiceError, wrong_header

NAMES = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")


def check_write(headers, version):
    """ServiceError where a write over `version` (None where there is none) isn't wanted."""
    if headers.get("if-none-match") == "*":
        if version:
            raise ServiceError("BlobAlreadyExists")
        return
    if version is None:
        if "if-match" in headers or "if-unmodified-since" in headers:
            raise ServiceError("ConditionNotMet")
        return
    if not _holds(headers, version, ""):
        raise ServiceError("ConditionNotMet")


def check_read(headers, version):
    """ServiceError where a read of `version` isn't wanted: 304 where it is unchanged, 412 where it has changed."""
    if _holds(headers, version, ""):
        return
    for_match = {name: value for name, value in headers.items() if name in ("if-match", "if-unmodified-since")}
    raise ServiceError("ConditionNotMet", status=304 if _holds(for_match, version, "") else 412)


def check_source(headers, version):
    """The conditions on the source of a copy."""
    if not _holds(headers, version, "x-ms-source-"):
        raise ServiceError("SourceConditionNotMet")


def _holds(headers, version, prefix):
    """If-Match and If-Unmodified-Since and (If-None-Match or If-Modified-Since), as the reference combines them."""
    match, none_match, modified, unmodified = (headers.get(prefix + name) for name in NAMES)
    etag, instant = version.revision.etag, int(version.revision.modified)
    if match is not None and not _names(match, etag):
        return False
    if unmodified is not None and instant > _seconds(unmodified):
        return False
    changed = []
    if none_match is not None:
        changed.append(not _names(none_match, etag))
    if modified is not None:
        changed.append(instant > _seconds(modified))
    return any(changed) if changed else True


def _names(values, etag):
    tags = [value.strip() for value in values.split(",")]
    return "*" in tags or etag in tags or etag.strip('"') in tags


def _seconds(text):
    try:
        return int(parsedate_to_datetime(text).timestamp())
    except ValueError as failure:
        raise wrong_header("If-Modified-Since or If-Unmodified-Since", text) from failure
