"""OAuth 2.0: endpoints that issue tokens, to a client with a secret and to a machine, and the issued tokens."""

import json
import secrets
import time
from urllib.parse import parse_qs

from .errors import ServiceError
from .request import Response

TENANT = "11111111-2222-3333-4444-555555555555"
CLIENT_IDENTIFIER = "66666666-7777-8888-9999-000000000000"
CLIENT_SECRET = "throw-away~client.secret"
RESOURCE = "https://storage.azure.com"

_TOKEN_PATH = f"/{TENANT}/oauth2/v2.0/token"
_IDENTITY_PATH = "/metadata/identity/oauth2/token"
_OLDEST_VERSION = "2017-11-09"
_MAXIMUM_FORM = 64 * 1024


class Tokens:
    """Issues tokens that are valid for `lifetime` seconds and remembers when each of them ends."""

    def __init__(self, lifetime, endpoint):
        self.endpoint = f"{endpoint}{_TOKEN_PATH}"
        self.identity_endpoint = f"{endpoint}{_IDENTITY_PATH}"
        self._lifetime = lifetime
        self._challenge = f"Bearer authorization_uri={endpoint}/{TENANT}/oauth2/authorize resource_id={RESOURCE}"
        self._ends = {}

    def serves(self, method, path):
        """Whether a request is for a token rather than for a blob."""
        return path == _IDENTITY_PATH or (method == "POST" and path.endswith("/oauth2/v2.0/token"))

    def answer(self, path, query, headers, body):
        """A token, or RFC 6749's error."""
        if path == _IDENTITY_PATH:
            return self._answer_machine(parse_qs(query), headers)
        if path != _TOKEN_PATH:
            return _refusal(400, "invalid_request", "The tenant is not known.")
        buffer = memoryview(bytearray(_MAXIMUM_FORM))
        return self._answer_client(parse_qs(bytes(buffer[: body.fill(buffer)]).decode()))

    def _answer_client(self, form):
        """The client-credentials grant."""
        if form.get("grant_type") != ["client_credentials"]:
            return _refusal(400, "unsupported_grant_type")
        if form.get("scope") != [f"{RESOURCE}/.default"]:
            return _refusal(400, "invalid_scope")
        if (form.get("client_id"), form.get("client_secret")) != ([CLIENT_IDENTIFIER], [CLIENT_SECRET]):
            return _refusal(401, "invalid_client")
        times = {"expires_in": self._lifetime, "ext_expires_in": self._lifetime}
        return _document(200, {"token_type": "Bearer", "access_token": self._issue(), **times})

    def _answer_machine(self, query, headers):
        """What the metadata service of a machine in the cloud answers to those who run on it; numbers are text."""
        if headers.get("metadata", "").lower() != "true" or "api-version" not in query:
            return _refusal(400, "invalid_request", "Metadata: true and api-version are required.")
        if query.get("resource", [""])[0].rstrip("/") != RESOURCE:
            return _refusal(400, "invalid_resource")
        times = {"expires_in": str(self._lifetime), "expires_on": str(int(time.time()) + self._lifetime)}
        return _document(200, {"token_type": "Bearer", "access_token": self._issue(), "resource": RESOURCE, **times})

    def _issue(self):
        token = secrets.token_urlsafe(48)
        self._ends[token] = time.monotonic() + self._lifetime
        return token

    def verify(self, token, version):
        """InvalidAuthenticationInfo, with a challenge, unless the token was issued here and hasn't ended."""
        if version < _OLDEST_VERSION:
            raise ServiceError(
                "AuthenticationFailed",
                {
                    "AuthenticationErrorDetail": f"Bearer tokens need version {_OLDEST_VERSION} or later.",
                },
            )
        end = self._ends.get(token)
        if end is None:
            raise self._refused("InvalidAuthenticationInfo", "Signature validation failed.")
        if time.monotonic() > end:
            raise self._refused("InvalidAuthenticationInfo", "Lifetime validation failed. The token is expired.")

    def anonymous(self):
        """The refusal of a request without credentials: the challenge says where to ask for a token."""
        return self._refused("NoAuthenticationInformation", "No credentials were sent.")

    def _refused(self, code, detail):
        return ServiceError(code, {"AuthenticationErrorDetail": detail}, {"WWW-Authenticate": self._challenge})


def _document(status, fields):
    return Response(
        status, {"Content-Type": "application/json", "Cache-Control": "no-store"}, json.dumps(fields).encode()
    )


def _refusal(status, error, description=""):
    return _document(status, {"error": error, "error_description": description})
