"""The digests by which a client and the service check a body: MD5 (RFC 1321) and the service's CRC64."""

import base64
import hashlib

import anycrc

from .errors import ServiceError, wrong_header

# Polynomial 0x9A6C9329AC4BC9B5 reflected, initial value and final XOR all ones. It travels as the base64 of eight
# little-endian bytes.
_CRC64 = anycrc.Model("CRC64-NVME")


class Digests:
    """Running digests of one body. The CRC64 is always computed: it costs a hundredth of what MD5 costs."""

    def __init__(self, with_md5):
        self._crc64 = _CRC64.calc(b"")
        self._md5 = hashlib.md5(usedforsecurity=False) if with_md5 else None

    def update(self, view):
        """Take the next bytes in."""
        self._crc64 = _CRC64.calc(view, self._crc64)
        if self._md5:
            self._md5.update(view)

    @property
    def crc64(self):
        """As it travels."""
        return base64.b64encode(self._crc64.to_bytes(8, "little")).decode()

    @property
    def md5(self):
        """As it travels; None where it wasn't asked for."""
        return base64.b64encode(self._md5.digest()).decode() if self._md5 else None


class Expectation:
    """What a request's headers say that its body's digests are. `md5_names` lists the headers that may hold the
    MD5, the first present one counting."""

    def __init__(self, headers, md5_names=("content-md5",), crc64_name="x-ms-content-crc64"):
        self.md5 = next((headers[name] for name in md5_names if name in headers), None)
        self.crc64 = headers.get(crc64_name)
        if self.md5 is not None and self.crc64 is not None:
            raise ServiceError("BothCrc64AndMd5HeaderPresent")
        if self.md5 is not None and _decoded_size(self.md5) != 16:
            raise ServiceError("InvalidMd5")
        if self.crc64 is not None and _decoded_size(self.crc64) != 8:
            raise wrong_header(crc64_name, self.crc64)

    def check(self, digests):
        """ServiceError where a digest isn't the expected one."""
        if self.md5 is not None and self.md5 != digests.md5:
            raise ServiceError("Md5Mismatch", {"UserSpecifiedMd5": self.md5, "ServerCalculatedMd5": digests.md5})
        if self.crc64 is not None and self.crc64 != digests.crc64:
            raise ServiceError(
                "Crc64Mismatch",
                {
                    "UserSpecifiedCrc64": self.crc64,
                    "ServerCalculatedCrc64": digests.crc64,
                },
            )

    def answer(self, digests):
        """The response's header: the digest that the client sent, the CRC64 if it sent none."""
        return {"Content-MD5": digests.md5} if self.md5 is not None else {"x-ms-content-crc64": digests.crc64}


def _decoded_size(text):
    try:
        return len(base64.b64decode(text, validate=True))
    except ValueError:
        return -1
