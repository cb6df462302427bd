"""Ranges, conditions, listings, copies, deletion."""

import hashlib
from datetime import timedelta

from azure.core import MatchConditions
from azure.storage.blob import BlobBlock, ContentSettings

from .harness import block_id, question, refusal

_BODY = bytes(range(256)) * 4000


@question("a range is read", _BODY[3:10])
def _(probe):
    probe.blob("range").upload_blob(_BODY)
    return probe.blob("range").download_blob(offset=3, length=7).readall()


@question("a range's MD5 is right", True)
def _(probe):
    return (
        probe.blob("range").download_blob(offset=256, length=1000, validate_content=True).readall() == _BODY[256:1256]
    )


@question(
    "a range's CRC64 or MD5 comes if asked for, up to 4 MiB and with a range only",
    (True, True, "400 MissingRequiredHeader", "400 BothCrc64AndMd5HeaderPresent"),
)
def _(probe):
    def get(**headers):
        url = f"{probe.ready['endpoint']}/{probe.container_name}/range?{probe.account_sas('r')}"
        status, answered, _ = probe.raw("GET", url, headers={"x-ms-version": "2021-08-06", **headers})
        return answered if status == 206 else f"{status} {answered['x-ms-error-code']}"

    crc64, md5 = {"x-ms-range-get-content-crc64": "true"}, {"x-ms-range-get-content-md5": "true"}
    part = {"x-ms-range": "bytes=0-99"}
    return (
        len(get(**crc64, **part)["x-ms-content-crc64"]) == 12,
        "Content-MD5" in get(**md5, **part),
        get(**crc64),
        get(**crc64, **md5, **part),
    )


@question("a range beyond the end is refused", "416 InvalidRange")
def _(probe):
    return refusal(lambda: probe.blob("range").download_blob(offset=10**7, length=5))


@question("a range's last byte may lie beyond the end", _BODY[-5:])
def _(probe):
    url = f"{probe.ready['endpoint']}/{probe.container_name}/range?{probe.account_sas('r')}"
    return probe.raw("GET", url, headers={"Range": f"bytes={len(_BODY) - 5}-{len(_BODY) + 100}"})[2]


@question("a missing blob is not found, nor are its properties", ("404 BlobNotFound", "404 BlobNotFound"))
def _(probe):
    return refusal(probe.blob("missing").download_blob), refusal(probe.blob("missing").get_blob_properties)


@question(
    "a read is conditional",
    ("304 ConditionNotMet", "412 ConditionNotMet", "304 ConditionNotMet", "412 ConditionNotMet"),
)
def _(probe):
    blob = probe.blob("range")
    found = blob.get_blob_properties()
    options = (
        {"etag": found.etag, "match_condition": MatchConditions.IfModified},
        {"etag": '"0x0"', "match_condition": MatchConditions.IfNotModified},
        {"if_modified_since": found.last_modified + timedelta(seconds=1)},
        {"if_unmodified_since": found.last_modified - timedelta(seconds=1)},
    )
    return tuple(refusal(lambda: blob.get_blob_properties(**each)) for each in options)


@question("new metadata make a new ETag and keep the content", ({"K": "v"}, True, True))
def _(probe):
    blob = probe.blob("range")
    before = blob.get_blob_properties()
    blob.set_blob_metadata({"K": "v"})
    after = blob.get_blob_properties()
    return (
        after.metadata,
        after.etag != before.etag,
        bytes(after.content_settings.content_md5) == hashlib.md5(_BODY).digest(),
    )


@question("pages have the size that is asked for", [10, 10, 10])
def _(probe):
    for number in range(30):
        probe.blob(f"many/{number:03}").upload_blob(b"x")
    pages = probe.container.list_blobs(name_starts_with="many/", results_per_page=10).by_page()
    return [len(list(page)) for page in pages]


@question("a delimiter makes prefixes, pages or not", (["walk/a/", "walk/b", "walk/c/"],) * 2)
def _(probe):
    for name in ("walk/a/1", "walk/a/2", "walk/b", "walk/c/1", "walk/c/2"):
        probe.blob(name).upload_blob(b"x")

    def walk(**options):
        return sorted(found.name for found in probe.container.walk_blobs("walk/", delimiter="/", **options))

    return walk(), walk(results_per_page=1)


@question("a listing shows metadata and uncommitted blobs if asked", ([], ["listed"], {"K": "v"}))
def _(probe):
    probe.blob("listed").stage_block(block_id(0), b"1")
    plain = [found.name for found in probe.container.list_blobs("listed")]
    uncommitted = [found.name for found in probe.container.list_blobs("listed", include=["uncommittedblobs"])]
    probe.blob("listed").commit_block_list([BlobBlock(block_id(0))], metadata={"K": "v"})
    [found] = probe.container.list_blobs("listed", include=["metadata"])
    return plain, uncommitted, found.metadata


@question("containers are listed", True)
def _(probe):
    return probe.container_name in [found.name for found in probe.service().list_containers()]


@question("a copy within the account is done at once", ("success", True))
def _(probe):
    answer = probe.blob("copy").start_copy_from_url(probe.blob("range").url)
    return answer["copy_status"], probe.blob("copy").download_blob().readall() == _BODY


@question("a copy of what isn't there is refused", "404 CannotVerifyCopySource")
def _(probe):
    return refusal(lambda: probe.blob("copy").start_copy_from_url(probe.blob("missing").url))


# The emulator doesn't implement Put Block From URL; the service does.
@question("a block comes from a range of another blob", _BODY[256:512])
def _(probe):
    source = f"{probe.blob('range').url}?{probe.blob_sas('range', 'r')}"
    probe.blob("from-url").stage_block_from_url(block_id(0), source, source_offset=256, source_length=256)
    probe.blob("from-url").commit_block_list([BlobBlock(block_id(0))])
    return probe.blob("from-url").download_blob().readall()


@question("the account's key does not open a block's source, a signature does", "401 CannotVerifyCopySource")
def _(probe):
    return refusal(lambda: probe.blob("from-url").stage_block_from_url(block_id(0), probe.blob("range").url))


# The emulator doesn't implement Put Blob From URL; the service does.
@question(
    "a blob comes whole from another one, with its properties or without, and with metadata of its own",
    (True, "text/x", {}, True, "application/octet-stream", {"K": "v"}),
)
def _(probe):
    probe.blob("typed").upload_blob(_BODY, content_settings=ContentSettings("text/x"), metadata={"Of": "source"})
    source, answers = f"{probe.blob('typed').url}?{probe.blob_sas('typed', 'r')}", []
    for options in ({}, {"include_source_blob_properties": False, "metadata": {"K": "v"}}):
        probe.blob("put-from-url").upload_blob_from_url(source, overwrite=True, **options)
        found = probe.blob("put-from-url").get_blob_properties()
        answers += [
            probe.blob("put-from-url").download_blob().readall() == _BODY,
            found.content_settings.content_type,
            found.metadata,
        ]
    return tuple(answers)


@question(
    "Put Blob From URL has conditions on both ends, and wants the source's signature",
    ("409 BlobAlreadyExists", "412 SourceConditionNotMet", "401 CannotVerifyCopySource"),
)
def _(probe):
    source = f"{probe.blob('typed').url}?{probe.blob_sas('typed', 'r')}"
    other = {"source_etag": '"0x0"', "source_match_condition": MatchConditions.IfNotModified}
    return (
        refusal(lambda: probe.blob("put-from-url").upload_blob_from_url(source)),
        refusal(lambda: probe.blob("another").upload_blob_from_url(source, **other)),
        refusal(lambda: probe.blob("another").upload_blob_from_url(probe.blob("typed").url)),
    )


@question("a deleted blob is gone, what it shared with a copy is not", ("404 BlobNotFound", True))
def _(probe):
    probe.blob("range").delete_blob()
    return refusal(probe.blob("range").delete_blob), probe.blob("copy").download_blob().readall() == _BODY
