"""The account's containers and blobs: an index in memory over segments on disk."""

import bisect
import itertools
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.utils import formatdate

from .content import Segments
from .errors import ServiceError

_ticks = itertools.count(time.time_ns() // 100)


def _entity_tag():
    return f'"0x8D{next(_ticks) & 0xFFFFFFFFFFFFF:013X}"'


@dataclass
class Revision:
    """What changes together: a new one is made by every write."""

    etag: str = field(default_factory=_entity_tag)
    modified: float = field(default_factory=time.time)

    @property
    def headers(self):
        """ETag and Last-Modified."""
        return {"ETag": self.etag, "Last-Modified": formatdate(self.modified, usegmt=True)}


@dataclass
class Version:
    """A committed blob. `blocks` are (block id, segment) in order; the id is None for a blob written in one piece.
    `properties` are headers by their response names, `metadata` is by name."""

    blocks: list
    properties: dict
    metadata: dict
    tier: str = None
    copied: dict = field(default_factory=dict)
    created: float = field(default_factory=time.time)
    revision: Revision = field(default_factory=Revision)

    @property
    def length(self):
        """The blob's size."""
        return sum(segment.length for _, segment in self.blocks)

    @property
    def segments(self):
        """The content in order."""
        return [segment for _, segment in self.blocks]


@dataclass
class Blob:
    """A name's committed version, if any, and the blocks that wait to be committed, by their ids."""

    version: Version = None
    uncommitted: dict = field(default_factory=dict)


@dataclass
class Container:
    """`names` keeps the names of `blobs` sorted, as listings want them."""

    metadata: dict
    revision: Revision = field(default_factory=Revision)
    blobs: dict = field(default_factory=dict)
    names: list = field(default_factory=list)


class Store:
    """All access happens under `lock`, except for the bytes of segments that are retained."""

    def __init__(self, directory):
        self.lock = threading.RLock()
        self.segments = Segments(directory)
        self.containers = {}

    def container(self, name):
        """The container; ContainerNotFound."""
        found = self.containers.get(name)
        if found is None:
            raise ServiceError("ContainerNotFound")
        return found

    def version(self, resource):
        """The committed version that a resource names; None where there is none."""
        blob = self.container(resource.container).blobs.get(resource.blob)
        return blob.version if blob else None

    def existing(self, resource):
        """The committed version; BlobNotFound."""
        version = self.version(resource)
        if version is None:
            raise ServiceError("BlobNotFound")
        return version

    def blob(self, resource):
        """The blob's record, made if there is none."""
        container = self.container(resource.container)
        if resource.blob not in container.blobs:
            container.blobs[resource.blob] = Blob()
            bisect.insort(container.names, resource.blob)
        return container.blobs[resource.blob]

    def stage(self, resource, block_id, segment):
        """Keep a block until it is committed; one with the same id is replaced."""
        blob = self.blob(resource)
        segment.retain()
        replaced = blob.uncommitted.pop(block_id, None)
        blob.uncommitted[block_id] = segment
        if replaced:
            replaced.release()

    def commit(self, resource, version):
        """Make `version` the blob's content; uncommitted blocks are discarded."""
        blob = self.blob(resource)
        for segment in version.segments:
            segment.retain()
        _discard(blob)
        blob.version = version
        return version

    def touch(self, resource, **changes):
        """Change properties or metadata of a committed blob; a new revision."""
        blob = self.blob(resource)
        blob.version = replace(blob.version, revision=Revision(), **changes)
        return blob.version

    def delete(self, resource):
        """Remove the blob, its uncommitted blocks too."""
        container = self.container(resource.container)
        _discard(container.blobs.pop(resource.blob))
        del container.names[bisect.bisect_left(container.names, resource.blob)]

    def delete_container(self, name):
        """Remove the container and all that is in it."""
        for blob in self.container(name).blobs.values():
            _discard(blob)
        del self.containers[name]

    def forget_uncommitted(self):
        """Lose all uncommitted blocks, as the service does after a week without a write to their blob."""
        with self.lock:
            for container in self.containers.values():
                for name, blob in list(container.blobs.items()):
                    for segment in blob.uncommitted.values():
                        segment.release()
                    blob.uncommitted.clear()
                    if blob.version is None:
                        del container.blobs[name]
                        del container.names[bisect.bisect_left(container.names, name)]

    @contextmanager
    def retained(self, segments):
        """Keep segments on disk while they are read without the lock."""
        with self.lock:
            for segment in segments:
                segment.retain()
        try:
            yield segments
        finally:
            with self.lock:
                for segment in segments:
                    segment.release()


def _discard(blob):
    """Let go of a blob's content and of its uncommitted blocks."""
    released = list(blob.uncommitted.values()) + (blob.version.segments if blob.version else [])
    blob.uncommitted = {}
    blob.version = None
    for segment in released:
        segment.release()
