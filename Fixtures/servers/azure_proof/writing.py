"""Containers, whole blobs, blocks, names."""

import hashlib
import os

from azure.core import MatchConditions
from azure.storage.blob import BlobBlock, BlobType, ContentSettings, StandardBlobTier

from .harness import block_id, encoded, question, refusal

_MIB = 1 << 20
_CRC64_OF_DIGITS = encoded(0xAE8B14860A799888.to_bytes(8, "little"))  # CRC-64/NVME's check value, of b"123456789"


def _with(**headers):
    """Options that add headers below the SDK's own checks."""
    return {"raw_request_hook": lambda request: request.http_request.headers.update(headers)}


@question(
    "a new container answers with an ETag, its second creation with a conflict", (True, "409 ContainerAlreadyExists")
)
def _(probe):
    container = probe.service().get_container_client("second")
    return bool(container.create_container()["etag"]), refusal(container.create_container)


@question("a deleted container is gone", "404 ContainerNotFound")
def _(probe):
    container = probe.service().create_container("third")
    container.delete_container()
    return refusal(container.get_container_properties)


@question("a container's name is checked", "400 InvalidResourceName")
def _(probe):
    return refusal(lambda: probe.service().create_container("UPPER_case"))


@question("Put Blob answers with the MD5 of what it stored", (True, True))
def _(probe):
    body = os.urandom(100_000)
    answer = probe.blob("whole").upload_blob(body)
    return bytes(answer["content_md5"]) == hashlib.md5(body).digest(), probe.blob(
        "whole"
    ).download_blob().readall() == body


@question("Put Blob with If-None-Match: * leaves what exists", "409 BlobAlreadyExists")
def _(probe):
    return refusal(lambda: probe.blob("whole").upload_blob(b"other"))


@question("Put Blob with another ETag in If-Match is refused", "412 ConditionNotMet")
def _(probe):
    other = {"etag": '"0x0"', "match_condition": MatchConditions.IfNotModified}
    return refusal(lambda: probe.blob("whole").upload_blob(b"other", overwrite=True, **other))


@question("Put Blob checks Content-MD5", ("400 Md5Mismatch", "400 InvalidMd5"))
def _(probe):
    wrong, short = encoded(hashlib.md5(b"other").digest()), encoded(b"short")
    return tuple(
        refusal(lambda: probe.blob("md5").upload_blob(b"body", **_with(**{"Content-MD5": value})))
        for value in (wrong, short)
    )


@question("Put Blob checks x-ms-content-crc64 and knows the published check value", ("400 Crc64Mismatch", True))
def _(probe):
    def put(value):
        return probe.blob("crc64").upload_blob(b"123456789", **_with(**{"x-ms-content-crc64": value}))

    wrong = refusal(lambda: put(encoded(bytes(8))))
    return wrong, encoded(bytes(put(_CRC64_OF_DIGITS)["content_crc64"])) == _CRC64_OF_DIGITS


@question("both digests at once are refused", "400 BothCrc64AndMd5HeaderPresent")
def _(probe):
    both = {"Content-MD5": encoded(hashlib.md5(b"1").digest()), "x-ms-content-crc64": encoded(bytes(8))}
    return refusal(lambda: probe.blob("both").upload_blob(b"1", **_with(**both)))


@question("the SDK's own content validation passes", True)
def _(probe):
    probe.blob("validated").upload_blob(b"body", validate_content=True)
    return probe.blob("validated").download_blob(validate_content=True).readall() == b"body"


@question("three blocks are uncommitted, unreadable, then the blob", (3, "404 BlobNotFound", True, 3, 0))
def _(probe):
    blob, parts = probe.blob("blocks"), [os.urandom(_MIB) for _ in range(3)]
    for number, part in enumerate(parts):
        blob.stage_block(block_id(number), part)
    staged = len(blob.get_block_list("uncommitted")[1])
    unreadable = refusal(blob.download_blob)
    blob.commit_block_list([BlobBlock(block_id(number)) for number in range(3)])
    committed, uncommitted = blob.get_block_list("all")
    return staged, unreadable, blob.download_blob().readall() == b"".join(parts), len(committed), len(uncommitted)


@question(
    "Put Block List keeps properties and metadata", ("text/x", "gzip", "fr", "inline", "no-cache", True, {"Key": "v"})
)
def _(probe):
    blob, digest = probe.blob("properties"), hashlib.md5(b"12").digest()
    blob.stage_block(block_id(0), b"12")
    settings = ContentSettings("text/x", "gzip", "fr", "inline", "no-cache", bytearray(digest))
    blob.commit_block_list([BlobBlock(block_id(0))], content_settings=settings, metadata={"Key": "v"})
    found = blob.get_blob_properties()
    kept = found.content_settings
    return (
        kept.content_type,
        kept.content_encoding,
        kept.content_language,
        kept.content_disposition,
        kept.cache_control,
        bytes(kept.content_md5) == digest,
        found.metadata,
    )


@question("Put Block checks Content-MD5 and x-ms-content-crc64", ("400 Md5Mismatch", "400 Crc64Mismatch"))
def _(probe):
    headers = ({"Content-MD5": encoded(bytes(16))}, {"x-ms-content-crc64": encoded(bytes(8))})
    return tuple(
        refusal(lambda: probe.blob("b").stage_block(block_id(0), b"body", **_with(**each))) for each in headers
    )


@question("ids of one blob have one length", "400 InvalidBlobOrBlock")
def _(probe):
    probe.blob("lengths").stage_block("12345678", b"x")
    return refusal(lambda: probe.blob("lengths").stage_block("1", b"x"))


# The emulator was asked through the SDK, which encodes ids, and so never saw a wrong one. The service wants Base64
# of 1 to 64 bytes, and a block that isn't empty.
@question(
    "an id is Base64 of at most 64 bytes, and a block isn't empty",
    ("400 InvalidQueryParameterValue", "400 InvalidQueryParameterValue", "201 None", "400 InvalidHeaderValue"),
)
def _(probe):
    good = encoded(bytes(64))
    return (
        probe.raw_block("id", "!!!", b"x"),
        probe.raw_block("id", encoded(bytes(65)), b"x"),
        probe.raw_block("id", good, b"x"),
        probe.raw_block("id", good, b""),
    )


@question("Put Block takes 4 MiB in versions before 2016-05-31", ("413 RequestBodyTooLarge", "201 None"))
def _(probe):
    body = bytes(4 * _MIB + 1)
    return tuple(
        probe.raw_block("size", encoded(b"1"), body, {"x-ms-version": version})
        for version in ("2015-12-11", "2016-05-31")
    )


@question("Put Block knows no conditions", "400 ConditionHeadersNotSupported")
def _(probe):
    return probe.raw_block("condition", encoded(b"1"), b"x", {"If-None-Match": "*"})


@question("Put Block List with a block that nobody sent is refused", "400 InvalidBlockList")
def _(probe):
    return refusal(lambda: probe.blob("unknown").commit_block_list([BlobBlock(block_id(77))]))


@question("Put Block List takes fifty thousand blocks and no more", ("accepted", "400 BlockListTooLong"))
def _(probe):
    blob = probe.blob("many-blocks")
    blob.stage_block(block_id(0), b"x")
    full = blob.commit_block_list([BlobBlock(block_id(0))] * 50_000)
    over = refusal(lambda: blob.commit_block_list([BlobBlock(block_id(0))] * 50_001))
    return "accepted" if full["etag"] and blob.get_blob_properties().size == 50_000 else "lost", over


@question("Put Block List with If-None-Match: * leaves what exists", ("409 BlobAlreadyExists", True))
def _(probe):
    blob = probe.blob("whole")
    before = blob.download_blob().readall()
    blob.stage_block(block_id(0), b"other")
    refused = refusal(
        lambda: blob.commit_block_list([BlobBlock(block_id(0))], match_condition=MatchConditions.IfMissing)
    )
    return refused, blob.download_blob().readall() == before


@question("a block sent again replaces its first sending", b"22")
def _(probe):
    blob = probe.blob("again")
    blob.stage_block(block_id(0), b"1")
    blob.stage_block(block_id(0), b"22")
    blob.commit_block_list([BlobBlock(block_id(0))])
    return blob.download_blob().readall()


@question("committed blocks can be committed again, beside new ones", b"1133")
def _(probe):
    blob = probe.blob("append")
    for number, part in enumerate((b"11", b"22")):
        blob.stage_block(block_id(number), part)
    blob.commit_block_list([BlobBlock(block_id(0)), BlobBlock(block_id(1))])
    blob.stage_block(block_id(2), b"33")
    blob.commit_block_list([BlobBlock(block_id(0)), BlobBlock(block_id(2))])
    return blob.download_blob().readall()


# The emulator kept the block. The reference says of Put Block that a Put Blob discards what is uncommitted.
@question("Put Blob discards uncommitted blocks", 0)
def _(probe):
    blob = probe.blob("discard")
    blob.stage_block(block_id(0), b"1")
    blob.upload_blob(b"whole", overwrite=True)
    return len(blob.get_block_list("all")[1])


@question("uncommitted blocks can be forgotten, as after a week", (1, "404 BlobNotFound"))
def _(probe):
    blob = probe.blob("forgotten")
    blob.stage_block(block_id(0), b"1")
    before = len(blob.get_block_list("uncommitted")[1])
    probe.raw("POST", f"{probe.ready['control']}/forget-uncommitted")
    return before, refusal(lambda: blob.get_block_list("uncommitted"))


@question("the SDK's parallel upload of 40 MiB arrives whole", True)
def _(probe):
    body = os.urandom(40 * _MIB)
    options = {"max_single_put_size": _MIB, "max_block_size": 4 * _MIB}
    probe.blob("large", **options).upload_blob(body, max_concurrency=4)
    return probe.blob("large").download_blob(max_concurrency=4).readall() == body


@question("an empty blob has no bytes", 0)
def _(probe):
    probe.blob("empty").upload_blob(b"")
    return probe.blob("empty").get_blob_properties().size


@question("a tier is kept", "Cool")
def _(probe):
    probe.blob("tier").upload_blob(b"1", standard_blob_tier=StandardBlobTier.COOL)
    return probe.blob("tier").get_blob_properties().blob_tier


@question("metadata names with underscores and digits are signed the SDK's way", {"a_b": "1", "a1": "2", "ab": "3"})
def _(probe):
    metadata = {"a_b": "1", "a1": "2", "ab": "3"}
    probe.blob("metadata").upload_blob(b"1", metadata=metadata)
    return probe.blob("metadata").get_blob_properties().metadata


@question("metadata that aren't identifiers are refused", "400 InvalidMetadata")
def _(probe):
    return refusal(lambda: probe.blob("metadata").set_blob_metadata({"not-a-name": "1"}))


# The double has block blobs only and says so; the emulator has all three kinds.
@question("append blobs are not implemented", "501 NotImplemented")
def _(probe):
    return refusal(lambda: probe.blob("appendable").upload_blob(b"1", blob_type=BlobType.APPENDBLOB))


@question("what stands in a missing container is not found", "404 ContainerNotFound")
def _(probe):
    return refusal(lambda: probe.service().get_blob_client("missing", "x").upload_blob(b""))


_ODD_NAMES = ("dir/ü ñ+%&=?#~'()!*@,;:$.txt", "a//b", "trailing/", "日本/語", "x" * 1000, "..hidden", "a\x01b")


@question("odd names are written, read and listed", [True] * len(_ODD_NAMES))
def _(probe):
    def survives(name):
        blob = probe.blob(name)
        blob.upload_blob(b"odd")
        listed = [found.name for found in probe.container.list_blobs(name_starts_with=name)]
        return blob.download_blob().readall() == b"odd" and listed == [name]

    return [survives(name) for name in _ODD_NAMES]
