"""Keys, signatures, tokens, and the limits of a busy service."""

import base64
import json
import os
import time

from azure.storage.blob import BlobBlock

from .harness import Token, block_id, question, refusal


# The emulator answered 400 InvalidAuthenticationInfo; the service documents 403 AuthenticationFailed.
@question("a wrong key is refused", "403 AuthenticationFailed")
def _(probe):
    wrong = {"account_name": probe.account, "account_key": base64.b64encode(os.urandom(64)).decode()}
    return refusal(lambda: list(probe.service(wrong).list_containers()))


# The emulator answered 403 AuthorizationFailure; since 2019-12-12 the service answers with a bearer challenge.
@question("nobody is refused, and told where tokens are", ("401 NoAuthenticationInformation", True))
def _(probe):
    _, headers, _ = probe.raw("GET", f"{probe.ready['endpoint']}?comp=list")
    challenge = headers["WWW-Authenticate"]
    return refusal(
        lambda: list(probe.service(None).list_containers())
    ), f"authorization_uri={probe.ready['authorityHost']}/" in challenge


@question("another account isn't there", "404 ResourceNotFound")
def _(probe):
    endpoint = probe.ready["endpoint"].replace(probe.account, "someoneelse")
    other = {"account_name": "someoneelse", "account_key": probe.key}
    return refusal(lambda: list(probe.service(other, endpoint).list_containers()))


@question("a request that was signed twenty minutes ago is refused", "403 AuthenticationFailed")
def _(probe):
    late = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() - 20 * 60))

    def backdate(request):
        request.http_request.headers["x-ms-date"] = late

    return refusal(lambda: probe.blob("late").upload_blob(b"1", raw_request_hook=backdate))


@question("the account in the host's name works as well as in the path", b"1")
def _(probe):
    client = probe.service(endpoint=probe.ready["hostEndpoint"]).get_blob_client(probe.container_name, "host/ü +")
    client.upload_blob(b"1")
    return probe.blob("host/ü +").download_blob().readall()


@question("an account SAS writes", True)
def _(probe):
    return bool(probe.blob("sas", probe.account_sas("rwlc")).upload_blob(b"1")["etag"])


# The emulator answered AuthorizationFailure to the first two; the service documents AuthenticationFailed.
@question(
    "an account SAS must be valid, unaltered and sufficient",
    (
        "403 AuthenticationFailed",
        "403 AuthenticationFailed",
        "403 AuthorizationPermissionMismatch",
        "403 AuthorizationResourceTypeMismatch",
    ),
)
def _(probe):
    signatures = (
        probe.account_sas("rw", hours=-1),
        probe.account_sas("rw").replace("sig=", "sig=A"),
        probe.account_sas("r"),
        probe.account_sas("rw", types="c"),
    )
    return tuple(refusal(lambda: probe.blob("sas2", each).upload_blob(b"1")) for each in signatures)


@question("a container SAS sends blocks, commits, reads and lists", (b"1", ["sas3"]))
def _(probe):
    service = probe.service(probe.container_sas("rwcl"))
    blob = service.get_blob_client(probe.container_name, "sas3")
    blob.stage_block(block_id(0), b"1")
    blob.commit_block_list([BlobBlock(block_id(0))])
    listed = service.get_container_client(probe.container_name).list_blobs("sas3")
    return blob.download_blob().readall(), [found.name for found in listed]


# The emulator answered AuthorizationPermissionMismatch; the service documents UnauthorizedBlobOverwrite.
@question("create-only writes new blobs and no others", (True, "403 UnauthorizedBlobOverwrite"))
def _(probe):
    blob = probe.blob("created", probe.container_sas("c"))
    return bool(blob.upload_blob(b"1", overwrite=True)["etag"]), refusal(lambda: blob.upload_blob(b"2", overwrite=True))


# By the reference's table of permissions Put Block takes w, even where the blob is new.
@question("create-only sends no blocks", "403 AuthorizationPermissionMismatch")
def _(probe):
    return refusal(lambda: probe.blob("created2", probe.container_sas("c")).stage_block(block_id(0), b"1"))


@question(
    "a blob SAS reads its blob, with its own content type, and no other", (b"1", "text/x", "403 AuthenticationFailed")
)
def _(probe):
    signature = probe.blob_sas("sas", "r", content_type="text/x")
    found = probe.blob("sas", signature).download_blob()
    return (
        found.readall(),
        found.properties.content_settings.content_type,
        refusal(probe.blob("sas3", signature).download_blob),
    )


@question("a container SAS neither creates nor deletes its container", "403 AuthorizationFailure")
def _(probe):
    container = probe.service(probe.container_sas("rwdcl")).get_container_client(probe.container_name)
    return refusal(container.delete_container)


@question("an issued token writes", True)
def _(probe):
    return bool(probe.blob("token", probe.token()).upload_blob(b"1")["etag"])


# The emulator looked at a token's structure only, and answered 403 where it didn't like it.
@question("an unknown token is refused", "401 InvalidAuthenticationInfo")
def _(probe):
    return refusal(lambda: probe.blob("token", Token("made-up")).upload_blob(b"1"))


@question("a token ends when it said it would", ("accepted", "401 InvalidAuthenticationInfo"))
def _(probe):
    blob = probe.blob("token", probe.token())
    first = "accepted" if blob.exists() else "missing"
    time.sleep(probe.ready["tokenSeconds"])
    return first, refusal(blob.get_blob_properties)


@question("tokens are for the known client and scope", ("401 invalid_client", "400 invalid_scope"))
def _(probe):
    return probe.token(client_secret="wrong"), probe.token(scope="https://example.org/.default")


@question("a machine in the cloud gets a token, if it asks as such a machine does", (True, "400 invalid_request"))
def _(probe):
    query = "api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com%2F"
    url = f"{probe.ready['identityEndpoint']}?{query}"
    granted = json.loads(probe.raw("GET", url, headers={"Metadata": "true"})[2])
    status, _, body = probe.raw("GET", url)
    writes = bool(probe.blob("token", Token(granted["access_token"])).upload_blob(b"1", overwrite=True)["etag"])
    return writes, f"{status} {json.loads(body)['error']}"


@question("a busy service says so, and when to come back", ("503 ServerBusy", "1", "200 None"))
def _(probe):
    def ask():
        status, headers, _ = probe.raw("GET", f"{probe.ready['endpoint']}?comp=list&{probe.account_sas('l')}")
        return f"{status} {headers.get('x-ms-error-code')}", headers.get("Retry-After")

    control = f"{probe.ready['control']}/throttle"
    probe.raw("POST", f"{control}?requests-per-second=3")
    busy, again = [ask() for _ in range(4)][-1]
    probe.raw("POST", control)
    return busy, again, ask()[0]


@question("the client's request id comes back", "mine")
def _(probe):
    return probe.raw("GET", probe.ready["endpoint"], headers={"x-ms-client-request-id": "mine"})[1][
        "x-ms-client-request-id"
    ]
