"""The command line: how many kills, over which routes, and where the table goes."""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import client
from crash import data, ends, table
from crash.codecs import Codec
from crash.program import default_binary
from crash.staged import Database, StagedRoute, StagedStory
from crash.story import Route, Story

_REPOSITORY = Path(__file__).resolve().parents[3]
_MIB = 1 << 20
#: Stores by way of which a table goes, and where to.
_STAGED = [("JuiceFS", "PostgreSQL"), ("Azure", "MariaDB"), ("HTTPS", "PostgreSQL"), ("file", "MariaDB")]
_KILLS, _QUICK_KILLS = 200, 10
_ENDS = [
    ("file", "JuiceFS"), ("file", "SeaweedFS"), ("file", "Azure"), ("file", "HTTPS"), ("file", "file"),
    ("JuiceFS", "file"), ("Azure", "file"),
]
# Long enough for a kill to find every stage at work, in blocks of 5 MiB at S3 and of 1 MiB elsewhere.
_LARGE, _LARGEST_OF_TREE = 96 * _MIB, 24 * _MIB
_QUICK_LARGE, _QUICK_LARGEST = 40 * _MIB, 12 * _MIB


def main():
    """Exit code 1 where anything was violated, 2 where too few kills hit."""
    options = _options()
    started = time.monotonic()
    parent = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="sluice-crash-", dir=parent))
    folder.chmod(0o711)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    results = {}
    try:
        _Suite(options, folder).run(results)
    except KeyboardInterrupt:
        print("crash: interrupted; this is what was found so far", file=sys.stderr)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = table.text(results, options.seed, time.monotonic() - started)
    print(text)
    if options.report:
        options.report.parent.mkdir(parents=True, exist_ok=True)
        options.report.write_text(text)
    if any(found.violations for found in results.values()):
        sys.exit(1)
    if sum(found.kills for found in results.values()) < options.kills:
        sys.exit(2)


def _options():
    parser = argparse.ArgumentParser(prog="Scripts/crash", description=__doc__)
    parser.add_argument("--kills", type=int, metavar="N", help=f"kills that hit, at least (default: {_KILLS})")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the instants and the data (default: 1)")
    parser.add_argument("--report", type=Path, metavar="FILE", help="writes the table there as well")
    parser.add_argument("--route", action="append", metavar="NAME", help="only these, as file→Azure; repeatable")
    parser.add_argument("--staged", action="store_true", help="staged copies of a table alone, and not those of files")
    parser.add_argument("--quick", action="store_true", help=f"small data, {_QUICK_KILLS} kills, every route at random")
    parser.add_argument("--program", type=Path, default=default_binary(_REPOSITORY), metavar="FILE")
    options = parser.parse_args()
    options.kills = options.kills or (_QUICK_KILLS if options.quick else _KILLS)
    options.program = options.program.resolve()
    if not options.program.exists():
        parser.error(f"{options.program} isn't there: run Scripts/build")
    return options


class _Suite:
    def __init__(self, options, folder):
        self._options, self._folder = options, folder
        self._generator = random.Random(options.seed)
        self._moved = {}
        self._stories = 0

    def run(self, results):
        """Fills in what is found on each route: {(route, codec, shape): Found}."""
        with ExitStack() as stack:
            if self._options.staged:
                return self._run_staged(stack, results)
            self._prepare(stack)
            routes = list(self._routes())
            while sum(found.kills for found in results.values()) < self._options.kills:
                self._generator.shuffle(routes)
                for route in routes:
                    found = self._tell(route)
                    key = (route.name, route.codec.option, route.shape)
                    table.add(results, key, found)
                    for violation in found.violations:
                        print(f"crash: VIOLATED {violation}", file=sys.stderr, flush=True)
                    if self._options.quick and sum(f.kills for f in results.values()) >= self._options.kills:
                        break
                kills = sum(found.kills for found in results.values())
                print(f"crash: {kills} kills of {self._stories} copies", file=sys.stderr, flush=True)
                if self._stories > 20 * self._options.kills:
                    break

    def _run_staged(self, stack, results):
        source = Database("PostgreSQL", stack.enter_context(client.running("postgresql")))
        databases = {"PostgreSQL": source, "MariaDB": Database("MariaDB", stack.enter_context(client.running("mariadb")))}
        source.fill()
        stores = {name: self._open(stack, name, "sink") for name in {name for name, _ in _STAGED}}
        routes = [
            StagedRoute(f"PostgreSQL→{store}→{sink}", source, databases[sink], stores[store], option)
            for store, sink in _STAGED for option in ("none", "gzip")
        ]
        while sum(found.kills for found in results.values()) < self._options.kills and self._stories <= 20 * self._options.kills:
            self._generator.shuffle(routes)
            for route in routes:
                key = (route.name, route.option, "table")
                if key not in self._moved:
                    undisturbed = self._staged_story(route)
                    self._moved[key] = undisturbed.measure()
                    undisturbed.clear()
                    table.add(results, key, undisturbed.found)
                story = self._staged_story(route)
                story.tell(self._moved[key])
                story.clear()
                table.add(results, key, story.found)
                for violation in story.found.violations:
                    print(f"crash: VIOLATED {violation}", file=sys.stderr, flush=True)
            kills = sum(found.kills for found in results.values())
            print(f"crash: {kills} kills of {self._stories} staged copies", file=sys.stderr, flush=True)

    def _staged_story(self, route):
        self._stories += 1
        number = f"{self._stories:04}"
        generator = random.Random(f"{self._options.seed} {number}")
        return StagedStory(route, number, self._options.program, self._folder / "runs" / number, generator)

    def _prepare(self, stack):
        quick = self._options.quick
        large, largest = (_QUICK_LARGE, _QUICK_LARGEST) if quick else (_LARGE, _LARGEST_OF_TREE)
        files = self._folder / "files"
        self._trees = {
            "large": data.make_large(files / "source" / "large", large, self._options.seed),
            "tree": data.make_mixed(files / "source" / "tree", largest, self._options.seed),
        }
        chosen = [pair for pair in _ENDS if not self._options.route or "→".join(pair) in self._options.route]
        self._pairs = chosen
        self._sinks = {name: self._open(stack, name, "sink") for name in {pair[1] for pair in chosen} | {"file"}}
        self._sources = {"file": self._sinks["file"]}
        for name in {pair[0] for pair in chosen} - {"file"}:
            self._sources[name] = self._open(stack, name, "source")
            for tree in self._trees.values():
                for file in tree.names:
                    prefix = f"source/{tree.folder.name}/"
                    self._sources[name].put(prefix, file, (tree.folder / file).read_bytes())

    def _open(self, stack, name, role):
        return stack.enter_context(ends.opened(name, role, self._folder / "files"))

    def _routes(self):
        for source, sink in self._pairs:
            for codec in Codec:
                for shape in self._trees:
                    yield Route(f"{source}→{sink}", self._sources[source], self._sinks[sink], codec, shape)

    def _tell(self, route):
        key = (route.name, route.codec, route.shape)
        if key not in self._moved:
            undisturbed = self._story(route)
            self._moved[key] = undisturbed.measure()
            undisturbed.clear()
            if undisturbed.found.violations:
                return undisturbed.found
        story = self._story(route)
        story.tell(self._moved[key])
        story.clear()
        return story.found

    def _story(self, route):
        self._stories += 1
        number = f"{self._stories:04}"
        return Story(
            route, self._trees[route.shape], f"source/{route.shape}/", f"to-{number}/", self._options.program,
            self._folder / "runs" / number, random.Random(f"{self._options.seed} {number}"),
        )
