"""Put Block, Put Block From URL, Put Block List, Get Block List."""

import base64
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from . import conditions, content
from .blob_operations import ENCRYPTED, check_overwrite, check_size
from .checksums import Digests, Expectation
from .copy_operations import open_source
from .errors import ServiceError, wrong_header, wrong_parameter
from .properties import metadata_of, properties_of, tier_of
from .request import Response
from .store import Version

_MIB = 1 << 20
_MAXIMUM_BLOCKS = 50_000
_MAXIMUM_UNCOMMITTED = 100_000
_MAXIMUM_ID = 64
_LARGEST_LIST = 16 * _MIB  # fifty thousand of the longest ids take less than seven

# Put Block's largest body, by the first version that has it; newest first.
_PUT_BLOCK_LIMITS = (("2019-12-12", 4000 * _MIB), ("2016-05-31", 100 * _MIB), ("", 4 * _MIB))


def put_block(service, request, _caller):
    """Put Block."""
    block_id = _checked_id(request)
    if request.length == 0:
        raise wrong_header("Content-Length", "0")
    check_size(request, _PUT_BLOCK_LIMITS)
    expectation = Expectation(request.headers)
    return _stage(service, request, block_id, content.of_body(request.body), expectation)


def put_block_from_url(service, request, caller):
    """Put Block From URL: the source is a blob, or a range of one, of this same account."""
    block_id = _checked_id(request)
    if request.length:
        raise wrong_header("Content-Length", str(request.length))
    expectation = Expectation(request.headers, ("x-ms-source-content-md5",), "x-ms-source-content-crc64")
    with open_source(service, request, caller) as (_, segments, start, length):
        return _stage(service, request, block_id, content.of_segments(segments, start, length), expectation)


def _stage(service, request, block_id, buffers, expectation):
    store, resource = service.store, request.resource
    with store.lock:
        _check_fits(store, resource, block_id)
    digests = Digests(with_md5=expectation.md5 is not None)
    segment = store.segments.receive(buffers, digests, expectation)
    with store.lock:
        _check_fits(store, resource, block_id)
        store.stage(resource, block_id, segment)
    return Response(201, {**expectation.answer(digests), **ENCRYPTED})


def _checked_id(request):
    if any(name in request.headers for name in conditions.NAMES):
        raise ServiceError("ConditionHeadersNotSupported")
    block_id = request.query.get("blockid", "")
    try:
        raw = base64.b64decode(block_id, validate=True)
    except ValueError as failure:
        raise wrong_parameter("blockid", block_id, "Not a valid base64 string.") from failure
    if not 0 < len(raw) <= _MAXIMUM_ID:
        raise wrong_parameter("blockid", block_id, f"Not between 1 and {_MAXIMUM_ID} bytes.")
    return block_id


def _check_fits(store, resource, block_id):
    """Refuse an id whose length differs from its siblings', and one block too many. The lock is held."""
    blob = store.container(resource.container).blobs.get(resource.blob)
    siblings = blob.uncommitted if blob else {}
    if siblings and len(next(iter(siblings))) != len(block_id):
        raise ServiceError("InvalidBlobOrBlock")
    if len(siblings) >= _MAXIMUM_UNCOMMITTED and block_id not in siblings:
        raise ServiceError("BlockCountExceedsLimit")


def put_block_list(service, request, caller):
    """Put Block List: the committed blob consists of the blocks that the list names."""
    headers, store, resource = request.headers, service.store, request.resource
    if request.length > _LARGEST_LIST:
        raise ServiceError("RequestBodyTooLarge", {"MaxLimit": _LARGEST_LIST})
    expectation = Expectation(headers)
    document = b"".join(bytes(view) for view in content.of_body(request.body))
    digests = Digests(with_md5=expectation.md5 is not None)
    digests.update(document)
    expectation.check(digests)
    wanted = _parse_list(document)
    version = Version([], properties_of(headers), metadata_of(request), tier_of(headers))
    with store.lock:
        check_overwrite(service, request, caller)
        blob = store.container(resource.container).blobs.get(resource.blob)
        version.blocks = _resolve(blob, wanted) if wanted else []
        store.commit(resource, version)
    return Response(201, {**version.revision.headers, **expectation.answer(digests), **ENCRYPTED})


def _parse_list(document):
    """(where to look, block id) for each block in order."""
    try:
        root = ElementTree.fromstring(document)
    except ElementTree.ParseError as failure:
        raise ServiceError("InvalidXmlDocument") from failure
    if root.tag != "BlockList" or any(block.tag not in _PLACES for block in root):
        raise ServiceError("InvalidXmlDocument")
    if len(root) > _MAXIMUM_BLOCKS:
        raise ServiceError("BlockListTooLong")
    return [(block.tag, (block.text or "").strip()) for block in root]


_PLACES = {"Committed": ("committed",), "Uncommitted": ("uncommitted",), "Latest": ("uncommitted", "committed")}


def _resolve(blob, wanted):
    if blob is None:
        raise ServiceError("InvalidBlockList")
    known = {"uncommitted": blob.uncommitted, "committed": dict(blob.version.blocks) if blob.version else {}}
    blocks = []
    for tag, block_id in wanted:
        segment = next((known[place][block_id] for place in _PLACES[tag] if block_id in known[place]), None)
        if segment is None:
            raise ServiceError("InvalidBlockList")
        blocks.append((block_id, segment))
    return blocks


def get_block_list(service, request, _caller):
    """Get Block List: committed (in order), uncommitted (by id) or all."""
    kind = request.query.get("blocklisttype", "committed")
    if kind not in ("committed", "uncommitted", "all"):
        raise wrong_parameter("blocklisttype", kind, "Not committed, uncommitted or all.")
    with service.store.lock:
        blob = service.store.container(request.resource.container).blobs.get(request.resource.blob)
        if blob is None:
            raise ServiceError("BlobNotFound")
        committed = [block for block in blob.version.blocks if block[0]] if blob.version else []
        uncommitted = sorted(blob.uncommitted.items())
        headers = {"x-ms-blob-content-length": str(blob.version.length if blob.version else 0)}
        headers.update(blob.version.revision.headers if blob.version else {})
    text = '<?xml version="1.0" encoding="utf-8"?><BlockList>'
    if kind in ("committed", "all"):
        text += f"<CommittedBlocks>{_blocks_xml(committed)}</CommittedBlocks>"
    if kind in ("uncommitted", "all"):
        text += f"<UncommittedBlocks>{_blocks_xml(uncommitted)}</UncommittedBlocks>"
    return Response.of_xml(text + "</BlockList>", headers)


def _blocks_xml(blocks):
    return "".join(
        f"<Block><Name>{escape(block_id)}</Name><Size>{segment.length}</Size></Block>" for block_id, segment in blocks
    )
