"""What the launchers of S3 servers have in common: credentials, readiness, a bucket made in advance."""

import hashlib
import hmac
import http.client
import time
from dataclasses import dataclass

import network

_REGION = "us-east-1"
_BUCKET = "fixture"
_EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Credentials:
    """An access key and its secret."""

    access_key: str
    secret_key: str

    def headers(self, method, host, path):
        """The headers of an empty request, signed with signature version 4."""
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        signed = {"host": host, "x-amz-content-sha256": _EMPTY, "x-amz-date": now}
        names = ";".join(signed)
        canonical = "\n".join([method, path, "", *(f"{n}:{v}" for n, v in signed.items()), "", names, _EMPTY])
        scope = [now[:8], _REGION, "s3", "aws4_request"]
        key = f"AWS4{self.secret_key}".encode()
        for word in scope:
            key = hmac.digest(key, word.encode(), "sha256")
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        text = "\n".join(["AWS4-HMAC-SHA256", now, "/".join(scope), digest])
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        credential = "/".join([self.access_key, *scope])
        signed["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
        )
        return signed


def ready(fixture, what, port, certificates, credentials, seconds=30):
    """Wait until the server has made the bucket, which proves TLS, signatures and storage; gives the ready line."""
    context = network.trusting(certificates)
    fixture.wait_until(lambda: _make_bucket(port, context, credentials) in (200, 409), what, seconds)
    return {
        "endpoint": f"https://localhost:{port}",
        "accessKey": credentials.access_key,
        "secretKey": credentials.secret_key,
        "bucket": _BUCKET,
        "region": _REGION,
        **certificates.client_fields(),
    }


def _make_bucket(port, context, credentials):
    host, path = f"localhost:{port}", f"/{_BUCKET}"
    connection = http.client.HTTPSConnection(host, context=context, timeout=5)
    try:
        connection.request("PUT", path, headers=credentials.headers("PUT", host, path))
        return connection.getresponse().status
    except http.client.HTTPException as failure:
        raise OSError(f"no HTTP answer: {failure!r}") from failure
    finally:
        connection.close()
