"""One request as the service sees it: account, container and blob out of the URL, headers, body; and its answer."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from .errors import ServiceError, missing_header, wrong_header

_CONTAINER_NAME = re.compile(r"(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]|\$root|\$logs|\$web")
_MAXIMUM_BLOB_NAME = 1024
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}")


def decoded(text):
    """Percent-decoding to a name; a plus sign stays one."""
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError as failure:
        raise ServiceError("InvalidUri") from failure


def query_of(text):
    """The pairs of a query string, decoded; names in lower case."""
    pairs = (part.partition("=") for part in text.split("&") if part)
    return [(decoded(name).lower(), decoded(value)) for name, _, value in pairs]


@dataclass
class Resource:
    """What a URL names. `path` is what SharedKey signs: the URL's path as it was sent."""

    account: str
    container: str
    blob: str
    path: str

    @staticmethod
    def of(account, host, path):
        """Host style (ACCOUNT.blob.NAME/CONTAINER/BLOB) or path style (NAME/ACCOUNT/CONTAINER/BLOB)."""
        if host.split(":")[0].lower().startswith(f"{account}.blob."):
            rest = path[1:]
        else:
            first, _, rest = path[1:].partition("/")
            if decoded(first) != account:
                raise ServiceError("ResourceNotFound")
        container, _, blob = rest.partition("/")
        return Resource(account, decoded(container), decoded(blob), path)

    def check_names(self):
        """Refuse names that the service doesn't take."""
        if self.container and not _CONTAINER_NAME.fullmatch(self.container):
            raise ServiceError("InvalidResourceName")
        if len(self.blob) > _MAXIMUM_BLOB_NAME:
            raise ServiceError("InvalidResourceName")

    @property
    def kind(self):
        """s(ervice), c(ontainer) or o(bject), as account SAS calls them."""
        return "o" if self.blob else "c" if self.container else "s"


@dataclass
class Request:
    """`headers` is a dictionary with lower-case names, `header_list` has the names as sent; `query` is a dictionary
    with decoded values, `pairs` the query in full. `endpoint` is the URL of the server that was asked."""

    method: str
    endpoint: str
    resource: Resource
    pairs: list
    headers: dict
    header_list: list
    body: object
    query: dict = field(init=False)

    def __post_init__(self):
        self.query = dict(self.pairs)

    @property
    def version(self):
        """The protocol's version: the header, else the one that a SAS was signed with."""
        version = self.headers.get("x-ms-version") or self.query.get("sv")
        if not version:
            raise missing_header("x-ms-version")
        if not _VERSION.fullmatch(version):
            raise wrong_header("x-ms-version", version)
        return version

    @property
    def length(self):
        """The body's length, which the service must know in advance."""
        if self.body.chunked or "content-length" not in self.headers:
            raise ServiceError("MissingContentLengthHeader")
        return self.body.length


@dataclass
class Response:
    """`content` is bytes, or an iterable of buffers whose sizes add up to `length`."""

    status: int
    headers: dict = field(default_factory=dict)
    content: object = b""
    length: int = None

    def __post_init__(self):
        if self.length is None:
            self.length = len(self.content)

    @staticmethod
    def of_xml(text, headers=None):
        """A document."""
        return Response(200, {"Content-Type": "application/xml", **(headers or {})}, text.encode())
