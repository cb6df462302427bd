"""SharedKey: the account key's signature over a request (version 2015-02-21 and later)."""

import base64
import hashlib
import hmac
import time
from email.utils import parsedate_to_datetime

from .errors import ServiceError

_CLOCK_SKEW_SECONDS = 15 * 60

# The standard headers in the order in which they are signed, after the verb.
_SIGNED_HEADERS = (
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
)


def sign(key, text):
    """The base64 of an HMAC-SHA256, which is every signature of the service."""
    return base64.b64encode(hmac.new(base64.b64decode(key), text.encode(), hashlib.sha256).digest()).decode()


def verify(request, credential, key):
    """Check `ACCOUNT:SIGNATURE`; AuthenticationFailed says what was signed here, as the service does."""
    account, _, signature = credential.partition(":")
    if account != request.resource.account:
        raise _failed("The account in the Authorization header is not the one in the URL.")
    _check_date(request.headers)
    texts = [_string_to_sign(request, order) for order in (_ordinal, _cultural)]
    if not any(hmac.compare_digest(sign(key, text), signature) for text in texts):
        raise _failed(
            f"The MAC signature found in the HTTP request '{signature}' is not the same as any computed signature. "
            f"Server used following string to sign: '{texts[0]}'."
        )


def _failed(detail):
    return ServiceError("AuthenticationFailed", {"AuthenticationErrorDetail": detail})


def _check_date(headers):
    text = headers.get("x-ms-date") or headers.get("date")
    if not text:
        raise _failed("Request date header not specified")
    try:
        sent = parsedate_to_datetime(text).timestamp()
    except ValueError as failure:
        raise _failed(f"Request date header not valid: '{text}'") from failure
    if abs(time.time() - sent) > _CLOCK_SKEW_SECONDS:
        raise _failed(f"Request date header too old: '{text}'")


def _string_to_sign(request, order):
    headers = dict(request.headers)
    if headers.get("content-length") == "0":
        headers["content-length"] = ""
    if "x-ms-date" in headers:
        headers["date"] = ""
    extensions = sorted((name for name in headers if name.startswith("x-ms-")), key=order)
    return "\n".join(
        [
            request.method,
            *(headers.get(name, "") for name in _SIGNED_HEADERS),
            *(f"{name}:{headers[name]}" for name in extensions),
            _canonical_resource(request),
        ]
    )


def _canonical_resource(request):
    parameters = {}
    for name, value in request.pairs:
        parameters.setdefault(name, []).append(value)
    lines = [f"/{request.resource.account}{request.resource.path}"]
    lines += [f"{name}:{','.join(sorted(values))}" for name, values in sorted(parameters.items())]
    return "\n".join(lines)


def _ordinal(name):
    """The order that the reference asks for."""
    return name


def _cultural(name):
    """The order that the service's own string comparison gives and that its SDKs follow: hyphens don't count, an
    underscore comes before the digits. It differs only for metadata names with underscores."""
    return name.replace("-", "").replace("_", "!")
