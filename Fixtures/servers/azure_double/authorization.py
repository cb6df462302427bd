"""Who sends a request: the account's key, a shared access signature, a bearer token or nobody."""

from dataclasses import dataclass

from . import sas, shared_key
from .caller import OWNER
from .errors import ServiceError
from .tokens import Tokens


@dataclass(frozen=True)
class Authorization:
    """The account's secrets."""

    key: str
    tokens: Tokens

    def caller(self, request):
        """The caller that the request's credentials stand for; ServiceError where they are wrong or missing."""
        scheme, _, credential = request.headers.get("authorization", "").partition(" ")
        if scheme == "SharedKey":
            _ = request.version  # mandatory beside an Authorization header
            shared_key.verify(request, credential, self.key)
            return OWNER
        if scheme == "Bearer":
            self.tokens.verify(credential, request.version)
            return OWNER
        if scheme:
            raise ServiceError("InvalidAuthenticationInfo", status=400)
        if "sig" in request.query:
            return sas.verify(request.resource, request.query, self.key)
        raise self.tokens.anonymous()

    def source_caller(self, caller, resource, query, headers, by_own_key):
        """The caller as the reader of a copy's source: its own SAS or token, or, `by_own_key`, the request's account key."""
        scheme, _, credential = headers.get("x-ms-copy-source-authorization", "").partition(" ")
        if scheme:
            self.tokens.verify(credential, headers.get("x-ms-version", ""))
            return OWNER
        if "sig" in query:
            return sas.verify(resource, query, self.key)
        if by_own_key and headers.get("authorization", "").startswith("SharedKey "):
            return caller
        raise ServiceError("CannotVerifyCopySource", status=401)
