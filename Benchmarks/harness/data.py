"""The files that the contenders move: real TPC-H rows, in memory."""

import fcntl
import os
import shutil
import subprocess
from dataclasses import dataclass

import harness.places as places

_COPY_SIZE = 1 << 20
_FOLDERS = 100


@dataclass(frozen=True)
class Scale:
    """How much data: TPC-H's scale factor, the big file's size, how many files of 4 KiB and of 1 KiB, the sparse file's
    size, and the rows of a query."""

    factor: str
    big: int
    small_files: int
    tiny_files: int
    sparse: int
    query_rows: int


FULL = Scale(factor="1", big=1_705_000_000, small_files=20_000, tiny_files=100_000, sparse=100 << 30,
             query_rows=60_000_000)
# Large enough for several blocks and parts of each contender, small enough for a check in CI.
QUICK = Scale(factor="0.05", big=50_000_000, small_files=200, tiny_files=1_000, sparse=1 << 30,
              query_rows=300_000)


class DataInUse(Exception):
    """Another run works with the same directory."""


class Data:
    """Files under one directory, each made when it is first asked for and kept for the next case."""

    def __init__(self, scale):
        self.scale = scale
        places.DATA.mkdir(parents=True, exist_ok=True)
        self._claim = os.open(places.DATA, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as failure:
            raise DataInUse(f"another run is at work in {places.DATA}") from failure
        for leftover in ("local", "servers"):  # of a run that was killed
            shutil.rmtree(places.DATA / leftover, ignore_errors=True)
        self._directory = places.DATA / f"scale-{scale.factor}"
        self._directory.mkdir(parents=True, exist_ok=True)

    def lineitem(self):
        """TPC-H's lineitem table as CSV: 766 MB at scale factor 1."""
        return self._made("lineitem.csv", self._make_lineitem)

    def big(self):
        """lineitem, over and over, cut to the exact size."""
        return self._made("big.csv", self._make_big)

    def small_files(self):
        """Files of 4 KiB each."""
        return self._made("small", lambda path: self._make_files(path, self.scale.small_files, 4096))

    def tiny_files(self):
        """Files of 1 KiB each."""
        return self._made("tiny", lambda path: self._make_files(path, self.scale.tiny_files, 1024))

    def sparse(self):
        """A file of zeros that takes no space."""
        return self._made("sparse.bin", self._make_sparse)

    def row_count(self, path):
        """Lines of a file but its header."""
        counted = subprocess.run(["wc", "-l", path], check=True, capture_output=True)
        return int(counted.stdout.split()[0]) - 1

    def scratch(self, name):
        """A path for what a contender writes on its way."""
        return self._directory / name

    def delete(self):
        """Give the memory back."""
        shutil.rmtree(places.DATA, ignore_errors=True)

    def _made(self, name, make):
        path = self._directory / name
        if not path.exists():
            print(f"making {name}", flush=True)
            unfinished = path.with_name(name + ".new")
            if unfinished.is_dir():
                shutil.rmtree(unfinished)
            make(unfinished)
            unfinished.rename(path)
        return path

    def _make_lineitem(self, path):
        subprocess.run(
            [places.peer("tpchgen-cli"), "csv", "-s", self.scale.factor, "--tables=lineitem", "--output-dir", path],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        table = path / "lineitem.csv"
        aside = path.with_name("lineitem.aside")
        table.rename(aside)
        path.rmdir()
        aside.rename(path)

    def _make_big(self, path):
        with open(path, "wb") as output:
            left = self.scale.big
            while left:
                with open(self.lineitem(), "rb") as table:
                    while left and (block := table.read(min(_COPY_SIZE, left))):
                        output.write(block)
                        left -= len(block)

    def _make_files(self, path, count, size):
        with open(self.lineitem(), "rb") as table:
            for number in range(count):
                folder = path / f"{number % _FOLDERS:02}"
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"{number:06}.csv").write_bytes(table.read(size))

    def _make_sparse(self, path):
        with open(path, "wb") as output:
            os.truncate(output.fileno(), self.scale.sparse)
