"""Questions, answers and the clients with which they are asked."""

import base64
import json
import socket
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError
from azure.storage.blob import (
    AccountSasPermissions,
    BlobSasPermissions,
    BlobServiceClient,
    ContainerSasPermissions,
    ResourceTypes,
    generate_account_sas,
    generate_blob_sas,
    generate_container_sas,
)

QUESTIONS = []


@dataclass(frozen=True)
class Question:
    """A sentence, the answer to expect, and how to ask."""

    text: str
    expected: object
    ask: object


def question(text, expected):
    """Registers the decorated function, which gets a Probe and returns the answer."""

    def register(ask):
        QUESTIONS.append(Question(text, expected, ask))
        return ask

    return register


def refusal(action):
    """`STATUS CODE` of the error that an action ends in; what it returned if it didn't."""
    try:
        return f"accepted: {action()!r}"
    except AzureError as failure:
        # The SDK turns the codes that it knows into enumeration members.
        code = getattr(failure, "error_code", None)
        return f"{getattr(failure, 'status_code', None)} {getattr(code, 'value', code)}"


def block_id(number):
    """Ids of one length; the SDK encodes them once more."""
    return f"{number:08}"


class Token:
    """A credential that gives one fixed token."""

    def __init__(self, text):
        self._text = text

    def get_token(self, *_scopes, **_options):
        """As the SDK asks for it."""
        return AccessToken(self._text, int(datetime.now(timezone.utc).timestamp()) + 3600)


def resolve_subdomains_of_localhost():
    """Let Python look names up as RFC 6761 wants it: whatever ends in .localhost is this machine."""
    look_up = socket.getaddrinfo

    def look_up_locally(host, *arguments, **options):
        return look_up("localhost" if host.endswith(".localhost") else host, *arguments, **options)

    socket.getaddrinfo = look_up_locally


class Probe:
    """The ready line of a double, and clients for it."""

    def __init__(self, ready):
        self.ready = ready
        self.account, self.key, self.container_name = ready["account"], ready["accountKey"], ready["container"]
        self.container = self.service().get_container_client(self.container_name)

    def service(self, credential="key", endpoint=None, **options):
        """A service client that never retries; `credential` is the account key unless given."""
        if credential == "key":
            credential = {"account_name": self.account, "account_key": self.key}
        return BlobServiceClient(
            endpoint or self.ready["endpoint"],
            credential=credential,
            connection_verify=self.ready["ca"],
            retry_total=0,
            read_timeout=30,
            **options,
        )

    def blob(self, name, credential="key", **options):
        """A client for a blob of the fixture's container."""
        return self.service(credential, **options).get_blob_client(self.container_name, name)

    def account_sas(self, permissions, hours=1.0, types="sco"):
        """An account SAS; negative hours make one that has ended."""
        kinds = ResourceTypes(service="s" in types, container="c" in types, object="o" in types)
        return generate_account_sas(
            self.account, self.key, kinds, AccountSasPermissions.from_string(permissions), _in(hours)
        )

    def container_sas(self, permissions):
        """A SAS of the fixture's container."""
        return generate_container_sas(
            self.account,
            self.container_name,
            account_key=self.key,
            expiry=_in(1),
            permission=ContainerSasPermissions.from_string(permissions),
        )

    def blob_sas(self, name, permissions, **options):
        """A SAS of one blob."""
        return generate_blob_sas(
            self.account,
            self.container_name,
            name,
            account_key=self.key,
            expiry=_in(1),
            permission=BlobSasPermissions.from_string(permissions),
            **options,
        )

    def token(self, **changes):
        """A bearer token from the token endpoint; `changes` replace fields of the form."""
        form = {
            "grant_type": "client_credentials",
            "scope": "https://storage.azure.com/.default",
            "client_id": self.ready["clientId"],
            "client_secret": self.ready["clientSecret"],
            **changes,
        }
        status, _, body = self.raw("POST", self.ready["tokenEndpoint"], urlencode(form).encode())
        return Token(json.loads(body)["access_token"]) if status == 200 else f"{status} {json.loads(body)['error']}"

    def raw(self, method, url, body=None, headers=None):
        """(status, headers, body) of a request that the SDK wouldn't send."""
        request = urllib.request.Request(url, body, headers or {}, method=method)
        context = ssl.create_default_context(cafile=self.ready["ca"])
        try:
            with urllib.request.urlopen(request, context=context) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as failure:
            return failure.code, failure.headers, failure.read()

    def raw_block(self, name, identifier, body, headers=None):
        """Put Block with an id as it is, authorized by an account SAS: `STATUS CODE`."""
        query = urlencode({"comp": "block", "blockid": identifier}) + "&" + self.account_sas("rw")
        url = f"{self.ready['endpoint']}/{self.container_name}/{name}?{query}"
        status, answered, _ = self.raw("PUT", url, body, headers)
        return f"{status} {answered.get('x-ms-error-code')}"


def encoded(raw):
    """Base64 as text."""
    return base64.b64encode(raw).decode()


def _in(hours):
    return datetime.now(timezone.utc) + timedelta(hours=hours)
