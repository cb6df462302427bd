"""Codecs as their own programs decode them."""

import enum
import hashlib
import subprocess
import threading


class Codec(enum.Enum):
    """What `--compress` takes; the suffix and the program that undoes it."""

    NONE = ("none", "", None)
    GZIP = ("gzip", ".gz", "gzip")
    ZSTD = ("zstd", ".zst", "zstd")

    def __init__(self, option, suffix, program):
        self.option, self.suffix, self._program = option, suffix, program

    def digest(self, pieces):
        """SHA-256 of what the pieces are decompressed to; None where they are no whole file of the format."""
        digest = hashlib.sha256()
        if not self._program:
            for piece in pieces:
                digest.update(piece)
            return digest.hexdigest()
        decoder = subprocess.Popen(
            [self._program, "-dcq"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        feeder = threading.Thread(target=_feed, args=(pieces, decoder.stdin))
        feeder.start()
        for piece in iter(lambda: decoder.stdout.read(1 << 20), b""):
            digest.update(piece)
        feeder.join()
        decoder.stdout.close()
        return digest.hexdigest() if decoder.wait() == 0 else None


def _feed(pieces, pipe):
    try:
        for piece in pieces:
            pipe.write(piece)
        pipe.close()
    except BrokenPipeError:
        pass  # it has refused what came before
