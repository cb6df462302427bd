"""The log of what went through and what was injected, as lines of JSON."""

import json
import os
import time


class Log:
    """Each line is written at once; `seconds` counts from the log's beginning."""

    def __init__(self, path):
        self._start = time.monotonic()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def note(self, **fields):
        """Append a line."""
        line = json.dumps({"seconds": round(time.monotonic() - self._start, 3), **fields})
        os.write(self._file, f"{line}\n".encode())
