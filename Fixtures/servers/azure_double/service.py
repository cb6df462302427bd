"""Which operation a request is, and what it takes to be allowed."""

from dataclasses import dataclass

from . import blob_operations, block_operations, container_operations, copy_operations, listing
from .authorization import Authorization
from .errors import ServiceError
from .store import Store

# (kind of resource, method, restype, comp): (operation, permissions of which one is needed).
_OPERATIONS = {
    ("s", "GET", "", "list"): (container_operations.list_containers, "l"),
    ("s", "GET", "account", "properties"): (container_operations.get_account, "rl"),
    ("s", "HEAD", "account", "properties"): (container_operations.get_account, "rl"),
    ("c", "PUT", "container", ""): (container_operations.create_container, "cw"),
    ("c", "GET", "container", ""): (container_operations.get_container, "r"),
    ("c", "HEAD", "container", ""): (container_operations.get_container, "r"),
    ("c", "DELETE", "container", ""): (container_operations.delete_container, "d"),
    ("c", "GET", "container", "list"): (listing.list_blobs, "l"),
    ("o", "PUT", "", ""): (blob_operations.put_blob, "cw"),
    ("o", "GET", "", ""): (blob_operations.get_blob, "r"),
    ("o", "HEAD", "", ""): (blob_operations.get_properties, "r"),
    ("o", "DELETE", "", ""): (blob_operations.delete_blob, "d"),
    ("o", "PUT", "", "properties"): (blob_operations.set_properties, "w"),
    ("o", "PUT", "", "metadata"): (blob_operations.set_metadata, "w"),
    ("o", "GET", "", "metadata"): (blob_operations.get_metadata, "r"),
    ("o", "HEAD", "", "metadata"): (blob_operations.get_metadata, "r"),
    ("o", "PUT", "", "block"): (block_operations.put_block, "w"),
    ("o", "PUT", "", "blocklist"): (block_operations.put_block_list, "w"),
    ("o", "GET", "", "blocklist"): (block_operations.get_block_list, "r"),
}

# The same operations where the content comes from a URL.
_FROM_URL = {
    blob_operations.put_blob: copy_operations.put_blob_from_url,
    block_operations.put_block: block_operations.put_block_from_url,
}

# What the double knows nothing of is refused, never ignored.
_UNSUPPORTED_HEADERS = (
    "x-ms-tags",
    "x-ms-if-tags",
    "x-ms-encryption-",
    "x-ms-structured-",
    "x-ms-immutability-",
    "x-ms-legal-hold",
)


@dataclass(frozen=True)
class Service:
    """One account: its data, its secrets and its limits."""

    account: str
    store: Store
    authorization: Authorization
    page_size: int

    def answer(self, request):
        """The response; ServiceError for a refusal."""
        request.resource.check_names()
        caller = self.authorization.caller(request)
        kind = request.resource.kind
        key = (kind, request.method, request.query.get("restype", ""), request.query.get("comp", ""))
        if key not in _OPERATIONS:
            raise ServiceError("NotImplemented", {"Operation": " ".join(key)})
        operation, permissions = _OPERATIONS[key]
        if "x-ms-copy-source" in request.headers:
            operation = _FROM_URL.get(operation, operation)
        caller.require(permissions, kind)
        for name in request.headers:
            if name.startswith(_UNSUPPORTED_HEADERS):
                raise ServiceError("UnsupportedHeader", {"HeaderName": name})
        if kind == "o" and "x-ms-lease-id" in request.headers:
            raise ServiceError("LeaseNotPresentWithBlobOperation")
        return operation(self, request, caller)
