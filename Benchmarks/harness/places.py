"""Where programs and files are, and how to name them in a report without telling the machine's paths."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BENCHMARKS = REPOSITORY / "Benchmarks"
REPORTS = BENCHMARKS / "Reports"
FIXTURES = REPOSITORY / "Fixtures" / "servers"
SLUICE = REPOSITORY / ".build" / "release" / "sluice"

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
TOOLS = Path(os.environ.get("SLUICE_TOOLS") or _CACHE / "sluice")

# In memory, so that no disk is in any figure.
DATA = Path(os.environ.get("SLUICE_BENCHMARK_DATA") or "/dev/shm/sluice-benchmark")


def peer(name):
    """A program of the benchmark's virtual environment."""
    return TOOLS / "bench-venv" / "bin" / name


def peer_packages():
    """The Python packages of the benchmark's virtual environment."""
    return next((TOOLS / "bench-venv" / "lib").glob("python3*/site-packages"))


def own(name):
    """A program of the package in this directory."""
    return BENCHMARKS / ".build" / "release" / name


def shown(text):
    """`text` with the machine's paths replaced by names."""
    for path, name in ((DATA, "$DATA"), (TOOLS, "$TOOLS"), (REPOSITORY, "$REPOSITORY"), (Path.home(), "$HOME")):
        text = text.replace(str(path), name)
    return text
