"""Containers: create, delete, inspect, list."""

from xml.sax.saxutils import escape

from .errors import ServiceError
from .listing import document, page_size, resume_marker, resume_name
from .properties import metadata_headers, metadata_of
from .request import Response
from .store import Container

_LEASE = {"x-ms-lease-status": "unlocked", "x-ms-lease-state": "available"}


def create_container(service, request, caller):
    """Create Container."""
    caller.require_container_management()
    name, containers = request.resource.container, service.store.containers
    with service.store.lock:
        if name in containers:
            raise ServiceError("ContainerAlreadyExists")
        containers[name] = Container(metadata_of(request))
        return Response(201, containers[name].revision.headers)


def delete_container(service, request, caller):
    """Delete Container."""
    caller.require_container_management()
    with service.store.lock:
        service.store.delete_container(request.resource.container)
    return Response(202)


def get_container(service, request, caller):
    """Get Container Properties."""
    caller.require_container_management()
    with service.store.lock:
        container = service.store.container(request.resource.container)
    return Response(200, {**container.revision.headers, **_LEASE, **metadata_headers(container.metadata)})


def list_containers(service, request, _caller):
    """List Containers."""
    prefix, size = request.query.get("prefix", ""), page_size(service, request)
    first = resume_name(request)
    with service.store.lock:
        names = sorted(name for name in service.store.containers if name.startswith(prefix) and name >= first)
        entries = "".join(_container_xml(name, service.store.containers[name]) for name in names[:size])
    following = resume_marker(names[size]) if len(names) > size else ""
    return Response.of_xml(document(request, "", f"<Containers>{entries}</Containers>", following))


def _container_xml(name, container):
    headers = container.revision.headers
    return (
        f"<Container><Name>{escape(name)}</Name><Properties><Last-Modified>{headers['Last-Modified']}</Last-Modified>"
        f"<Etag>{escape(headers['ETag'])}</Etag><LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>"
        f"</Properties></Container>"
    )


def get_account(_service, _request, _caller):
    """Get Account Information."""
    return Response(
        200, {"x-ms-sku-name": "Standard_LRS", "x-ms-account-kind": "StorageV2", "x-ms-is-hns-enabled": "false"}
    )
