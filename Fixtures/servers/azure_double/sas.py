"""Shared access signatures: of the account, of a container and of a blob (versions 2015-04-05 and later)."""

import hmac
import ipaddress
import time
from datetime import datetime, timezone

from .caller import Caller
from .errors import ServiceError
from .shared_key import sign

_CLIENT = ipaddress.ip_address("127.0.0.1")
_OLDEST = "2015-04-05"
_OVERRIDES = {
    "rscc": "Cache-Control",
    "rscd": "Content-Disposition",
    "rsce": "Content-Encoding",
    "rscl": "Content-Language",
    "rsct": "Content-Type",
}


def verify(resource, query, key):
    """What the signature in `query` lets its bearer do with `resource`; ServiceError where it isn't valid."""
    if "skoid" in query or query.get("sv", "") < _OLDEST:
        raise _failed("This kind of signature is not known here.")
    of_account = "ss" in query
    text = _account_text(resource, query) if of_account else _service_text(resource, query)
    if not hmac.compare_digest(sign(key, text), query["sig"]):
        raise _failed(f"Signature did not match. String to sign used was {text}")
    _check_time(query)
    _check_address(query)
    if of_account and "b" not in query["ss"]:
        raise ServiceError("AuthorizationServiceMismatch")
    if "https" not in query.get("spr", "https,http").split(","):
        raise ServiceError("AuthorizationProtocolMismatch")
    return Caller(
        letters=frozenset(query.get("sp", "")),
        # A service SAS reaches into its container, or its blob, and never creates or deletes a container.
        resource_types=frozenset(query.get("srt", "") if of_account else "co"),
        manages_containers=of_account,
        response_headers={header: query[name] for name, header in _OVERRIDES.items() if name in query},
    )


def _failed(detail):
    return ServiceError("AuthenticationFailed", {"AuthenticationErrorDetail": detail})


def _account_text(resource, query):
    fields = ["sp", "ss", "srt", "st", "se", "sip", "spr", "sv"] + (["ses"] if query["sv"] >= "2020-12-06" else [])
    return "".join(f"{value}\n" for value in [resource.account, *(query.get(name, "") for name in fields)])


def _service_text(resource, query):
    kind = query.get("sr")
    if kind not in ("b", "c"):
        raise _failed(f"sr={kind} is not known here.")
    named = f"/blob/{resource.account}/{resource.container}" + (f"/{resource.blob}" if kind == "b" else "")
    version = query["sv"]
    middle = ["si", "sip", "spr", "sv"]
    middle += ["sr", "snapshot"] if version >= "2018-11-09" else []
    middle += ["ses"] if version >= "2020-12-06" else []
    values = [query.get(name, "") for name in ("sp", "st", "se")] + [named]
    return "\n".join(values + [query.get(name, "") for name in (*middle, *_OVERRIDES)])


def _check_time(query):
    start, expiry = _instant(query.get("st")), _instant(query.get("se"))
    if expiry is None:
        raise _failed("se is mandatory. It cannot be empty.")
    now = time.time()
    if now > expiry or (start is not None and now < start):
        raise _failed(
            f"Signature not valid in the specified time frame: Start [{query.get('st', '')}] - "
            f"Expiry [{query['se']}] - Current [{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}]"
        )


def _instant(text):
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as failure:
        raise _failed(f"{text} is not a time.") from failure
    return (instant if instant.tzinfo else instant.replace(tzinfo=timezone.utc)).timestamp()


def _check_address(query):
    first, _, last = query.get("sip", "").partition("-")
    if not first:
        return
    try:
        allowed = ipaddress.ip_address(first) <= _CLIENT <= ipaddress.ip_address(last or first)
    except ValueError as failure:
        raise _failed(f"sip={query['sip']} is not an address.") from failure
    if not allowed:
        raise ServiceError("AuthorizationSourceIPMismatch", {"SourceIP": str(_CLIENT)})
