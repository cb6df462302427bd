"""Whether a bound on memory holds whatever the size and the number of files."""

from harness.model import Case, Contender, Target
from harness.servers import Https

_BOUND = "64MiB"
_LIMIT = (64 + 64) << 20  # the bound and what the program itself may need
_SPARSE, _TREE = "sluice, sparse file", "sluice, many files"


def make(data, sluice):
    """A file larger than any memory, and more files than fit into a list of that size."""
    scale = data.scale
    sparse, tree = data.sparse(), data.tiny_files()
    return Case(
        name="memory",
        title=f"Peak memory with --memory {_BOUND}: a sparse file of {scale.sparse >> 30} GiB, "
              f"{scale.tiny_files} files of 1 KiB",
        amount=1,
        unit="jobs",
        contenders=[
            Contender(_SPARSE, lambda to: [[sluice.copy(sparse, to, "x", "--memory", _BOUND)]]),
            Contender(_TREE, lambda to: [[sluice.copy(f"{tree}/", to, "x/", "--memory", _BOUND)]]),
        ],
        stage=Https("null"),
        targets=[
            Target("sparse file: at most 64 MiB + 64 MiB", "peak", _LIMIT, subject=_SPARSE),
            Target("many files: at most 64 MiB + 64 MiB", "peak", _LIMIT, subject=_TREE),
        ],
        runs=1,
        warm_up=False,
    )
