"""Starting a launcher from another program, as a test does."""

import json
import subprocess
from contextlib import contextmanager
from pathlib import Path

_LONGEST_END = 10.0


@contextmanager
def running(name, *arguments):
    """A launcher that runs within the `with`: gives the ready line's fields and, as `process`, the process itself."""
    command = [str(Path(__file__).parent / name), *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{name} did not start (exit code {process.wait()})")
        yield {**json.loads(line), "process": process}
    finally:
        process.stdin.close()
        process.wait(_LONGEST_END)
        process.stdout.close()
