"""The places that data comes from and goes to, each looked into by a client that Sluice's authors did not write."""

import base64
import shutil
import subprocess
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from urllib.parse import quote

import client
from crash.codecs import Codec

_READERS = Path(__file__).resolve().parents[3] / "Fixtures" / "readers"
_BLOCK = 1 << 20


def _reader(name):
    loader = SourceFileLoader(f"reader_{name}", str(_READERS / name))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


class End:
    """A store. Names are relative to a prefix, which is one story's."""

    #: The smallest block that it takes, in bytes.
    block = 1 << 20
    environment = {}
    options = ()

    def location(self, prefix):
        raise NotImplementedError

    def put(self, prefix, name, content):
        raise NotImplementedError

    def names(self, prefix):
        """All names of objects below the prefix."""
        raise NotImplementedError

    def digest(self, prefix, name, codec=Codec.NONE):
        """SHA-256 of an object's bytes, decompressed."""
        raise NotImplementedError

    def unfinished(self, prefix):
        """What is begun and not committed: {object: {block's ordinal: its bytes}}."""
        return {}

    def clear(self, prefix):
        """Remove all objects below the prefix."""
        raise NotImplementedError


class S3(End):
    """boto3."""

    block = 5 << 20

    def __init__(self, ready, role):
        self._reader = _reader("s3")
        self._bucket = ready["bucket"]
        self._s3 = self._reader.boto3.client(
            "s3", endpoint_url=ready["endpoint"], verify=ready["ca"], region_name=ready["region"],
            aws_access_key_id=ready["accessKey"], aws_secret_access_key=ready["secretKey"],
            config=self._reader.Config(
                s3={"addressing_style": "path"}, request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
        self.environment = {
            "AWS_ACCESS_KEY_ID": ready["accessKey"], "AWS_SECRET_ACCESS_KEY": ready["secretKey"],
            "AWS_REGION": ready["region"],
        }
        self.options = (f"--{role}-endpoint", ready["endpoint"], "--ca-certificate", ready["ca"])

    def location(self, prefix):
        return f"s3://{self._bucket}/{prefix}"

    def put(self, prefix, name, content):
        self._s3.put_object(Bucket=self._bucket, Key=prefix + name, Body=content)

    def names(self, prefix):
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return {entry["Key"][len(prefix):] for page in pages for entry in page.get("Contents", [])}

    def digest(self, prefix, name, codec=Codec.NONE):
        body = self._s3.get_object(Bucket=self._bucket, Key=prefix + name)["Body"]
        return codec.digest(iter(lambda: body.read(_BLOCK), b""))

    def unfinished(self, prefix):
        # MinIO's front end lists the uploads of one key only.
        found = {}
        for upload in self._uploads(prefix):
            pages = self._s3.get_paginator("list_parts").paginate(
                Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
            )
            parts = {part["PartNumber"] - 1: part["Size"] for page in pages for part in page.get("Parts", [])}
            found.setdefault(upload["Key"][len(prefix):], {}).update(parts)
        return found

    def clear(self, prefix):
        for name in self.names(prefix):
            self._s3.delete_object(Bucket=self._bucket, Key=prefix + name)

    def _uploads(self, prefix):
        pages = self._s3.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket, Prefix=prefix)
        return [upload for page in pages for upload in page.get("Uploads", []) if upload["Key"].startswith(prefix)]


class Azure(End):
    """azure-storage-blob."""

    def __init__(self, ready, role):
        key = {"account_name": ready["account"], "account_key": ready["accountKey"]}
        self._account, self._container = ready["account"], ready["container"]
        self._client = _reader("azure").ContainerClient(
            ready["endpoint"], self._container, credential=key, connection_verify=ready["ca"]
        )
        self.environment = {"AZURE_STORAGE_KEY": ready["accountKey"]}
        self.options = (f"--{role}-endpoint", ready["endpoint"].rsplit("/", 1)[0], "--ca-certificate", ready["ca"])

    def location(self, prefix):
        return f"az://{self._account}/{self._container}/{prefix}"

    def put(self, prefix, name, content):
        self._client.upload_blob(prefix + name, content, overwrite=True)

    def names(self, prefix):
        return {entry.name[len(prefix):] for entry in self._client.list_blobs(name_starts_with=prefix)}

    def digest(self, prefix, name, codec=Codec.NONE):
        return codec.digest(self._client.get_blob_client(prefix + name).download_blob().chunks())

    def unfinished(self, prefix):
        found = {}
        listed = self._client.list_blobs(name_starts_with=prefix, include=["uncommittedblobs"])
        for name in {entry.name for entry in listed}:
            _, blocks = self._client.get_blob_client(name).get_block_list("all")
            # The last three bytes of a block's name are its ordinal.
            ordinals = {int.from_bytes(base64.b64decode(block.id)[-3:], "big"): block.size for block in blocks}
            if ordinals:
                found[name[len(prefix):]] = ordinals
        return found

    def clear(self, prefix):
        for name in self.names(prefix):
            self._client.delete_blob(prefix + name)


class Https(End):
    """curl, and the server's own folder for the list."""

    def __init__(self, ready, role):
        self._endpoint, self._authority = ready["endpoint"], ready["ca"]
        self._folder = Path(ready["upDirectory"])
        self.options = ("--ca-certificate", ready["ca"])

    def location(self, prefix):
        return f"{self._endpoint}/up/{prefix}"

    def _curl(self, *words, **more):
        command = ["curl", "--silent", "--show-error", "--fail", "--cacert", self._authority, *words]
        return subprocess.Popen(command, stdout=subprocess.PIPE, **more)

    def put(self, prefix, name, content):
        with self._curl("--upload-file", "-", self.location(prefix) + quote(name), stdin=subprocess.PIPE) as curl:
            curl.communicate(content)
        if curl.returncode:
            raise RuntimeError(f"curl can't put {name}")

    def names(self, prefix):
        return _files(self._folder / prefix)

    def digest(self, prefix, name, codec=Codec.NONE):
        with self._curl(self.location(prefix) + quote(name)) as curl:
            return codec.digest(iter(lambda: curl.stdout.read(_BLOCK), b""))

    def clear(self, prefix):
        shutil.rmtree(self._folder / prefix, ignore_errors=True)


class Files(End):
    """The file system itself."""

    def __init__(self, folder):
        self._folder = folder

    def location(self, prefix):
        return f"{self._folder}/{prefix}"

    def path(self, prefix, name):
        return self._folder / prefix / name

    def put(self, prefix, name, content):
        path = self.path(prefix, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def names(self, prefix):
        return {name for name in _files(self._folder / prefix) if not _is_temporary(name)}

    def digest(self, prefix, name, codec=Codec.NONE):
        with self.path(prefix, name).open("rb") as file:
            return codec.digest(iter(lambda: file.read(_BLOCK), b""))

    def unfinished(self, prefix):
        """Temporary files, which do not say what they are of."""
        return {name: {} for name in _files(self._folder / prefix) if _is_temporary(name)}

    def clear(self, prefix):
        shutil.rmtree(self._folder / prefix, ignore_errors=True)


def _files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _is_temporary(name):
    last = name.rsplit("/", 1)[-1]
    return last.startswith(".sluice-") and last.endswith(".tmp")


LAUNCHERS = {
    "JuiceFS": ("s3-juicefs", S3),
    "SeaweedFS": ("s3-seaweedfs", S3),
    "Azure": ("azure", Azure),
    "HTTPS": ("nginx", Https),
}


@contextmanager
def opened(name, role, folder):
    """The end of this name, its server running."""
    if name == "file":
        yield Files(folder)
        return
    launcher, make = LAUNCHERS[name]
    with client.running(launcher) as ready:
        yield make(ready, role)
