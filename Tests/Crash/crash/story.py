"""One copy that is killed again and again until it may end, and what was found on the way."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from crash.codecs import Codec
from crash.data import Tree
from crash.ends import Files, Https
from crash.ledger import Ledger
from crash.program import Instant, Program, words

#: Kills of one copy, at most.
MOST_KILLS = 3
CONNECTIONS = 3
_LOCAL_BLOCK = 1 << 20
#: Small objects that may be at the sink without being in the ledger.
_UNRECORDED = 1 << 20


@dataclass
class Found:
    """What a story has seen."""

    kills: int = 0
    #: Kills that left the copy neither unbegun nor done.
    midway: int = 0
    resumes: int = 0
    #: Bytes of the source that the sink had when the last attempt began, and that this did not read again.
    kept: int = 0
    #: Bytes that it had and that were sent again nevertheless, and the bound on them.
    resent: int = 0
    bound: int = 0
    #: Bytes of compressed files that it had behind a missing frame: they are written again, as is documented.
    behind: int = 0
    #: Uploads that were begun in the moment of a kill and have not a single part.
    empty: int = 0
    violations: list = field(default_factory=list)


@dataclass
class Route:
    """From where to where, and how."""

    name: str
    source: object
    sink: object
    codec: Codec
    shape: str

    @property
    def block(self):
        return max(self.sink.block, _LOCAL_BLOCK)

    def unit(self, tree):
        """The most bytes of the source that one request carries."""
        if isinstance(self.sink, Https):
            return max(tree.sizes.values())
        # Parts that frames are gathered in are of 8 MiB, from S3's least of 5 on; the data compresses to half.
        gathers = self.codec.suffix and not isinstance(self.sink, Files)
        return 16 * _LOCAL_BLOCK if gathers and self.block > _LOCAL_BLOCK else self.block


class Story:
    """A route, a tree, and a prefix of its own at the sink."""

    def __init__(self, route, tree: Tree, source_prefix, prefix, binary, folder, generator):
        self._route, self._tree, self._prefix, self._generator = route, tree, prefix, generator
        environment = {**route.source.environment, **route.sink.environment}
        options = [*route.source.options, *route.sink.options]
        folder.mkdir(parents=True)
        self._program = Program(
            binary,
            words(route.source.location(source_prefix), route.sink.location(prefix), CONNECTIONS, route.block,
                  route.codec, options),
            environment, folder, isinstance(route.sink, Files),
        )
        self.found = Found()
        self._old = {}

    # What a name in the source is called in the sink.
    def _stored(self, name):
        return name + self._route.codec.suffix

    def clear(self):
        """Remove what it has made."""
        self._route.sink.clear(self._prefix)

    def measure(self):
        """Bytes that the copy moves to and from files when nobody disturbs it."""
        ending = self._program.copy()
        if ending.code:
            self._violate(f"it failed undisturbed: {ending.message[-500:]}")
        self._check_copied()
        return ending.moved

    def tell(self, moved):
        """Kill it and have it go on until it has ended."""
        self._put_old()
        ending = self._program.copy(Instant.of(self._generator, moved))
        while ending.was_killed:
            self._killed()
            ledger = Ledger(self._program.state)
            if ledger.has_succeeded:
                # Killed on its way out: all is there, and to copy again would be another copy.
                break
            kept, bound = self._holdings(ledger)
            may_kill = self.found.kills < MOST_KILLS and self._generator.random() < 0.5
            left = moved * (1 - kept / self._tree.total)
            moment = Instant.of(self._generator, left) if may_kill else None
            # What was killed before it was entered has to be asked for again.
            resumes = self._generator.random() < 0.5 and ledger.has_run
            go_on = self._program.resume if resumes else self._program.copy
            self.found.resumes += 1
            ending = go_on(moment)
        if ending.code and not ending.was_killed:
            self._violate(f"exit code {ending.code}: {ending.message[-500:]}")
            return
        if self.found.kills and not ending.was_killed:
            self._account(ending, kept, bound)
        self._check_copied()
        self._check_orphans()

    def _violate(self, what):
        route = self._route
        self.found.violations.append(f"{route.name}, {route.codec.option}, {route.shape}: {what}")

    # MARK: What stood there before

    def _put_old(self):
        for name in self._tree.names:
            if len(self._tree.names) == 1 or self._generator.random() < 0.3:
                content = f"what stood at {name} before".encode()
                self._route.sink.put(self._prefix, self._stored(name), content)
                self._old[self._stored(name)] = hashlib.sha256(content).hexdigest()

    def _killed(self):
        """Each object is the old one or the new one, or not there where there was no old one."""
        self.found.kills += 1
        there = self._route.sink.names(self._prefix)
        for name in self._old.keys() - there:
            self._violate(f"{name} is gone after a kill")
        for name in there - {self._stored(name) for name in self._tree.names}:
            self._violate(f"{name} has come from nowhere")

    def _new(self):
        """Names of the source whose copies are at the sink, whole."""
        new = set()
        there = self._route.sink.names(self._prefix)
        for name in self._tree.names:
            stored = self._stored(name)
            if stored not in there:
                continue
            digest = self._route.sink.digest(self._prefix, stored)
            if stored in self._old and digest == self._old[stored]:
                continue
            if self._route.codec.suffix:
                digest = self._route.sink.digest(self._prefix, stored, self._route.codec)
            if digest != self._tree.digests[name]:
                self._violate(f"{name} is neither the old nor the new one after a kill")
            new.add(name)
        return new

    # MARK: What is sent again

    def _holdings(self, ledger):
        """Bytes of the source that the sink has after a kill, by its own account, and the most that may be sent again."""
        new = self._new()
        kept = sum(self._tree.sizes[name] for name in new)
        largest = self._route.unit(self._tree)
        unfinished = self._unfinished(ledger)
        for name, blocks in unfinished.items():
            if name not in new:
                lengths = self._in_source(blocks, ledger.blocks.get(self._stored(name), {}))
                front = self._front(lengths)
                kept += min(self._tree.sizes[name], front)
                self.found.behind = max(self.found.behind, sum(lengths.values()) - front)
                largest = max([largest, *lengths.values()])
        if 0 < kept < self._tree.total or (unfinished and not kept):
            self.found.midway += 1
        unrecorded = _UNRECORDED if len(self._tree.names) > 1 else 0
        return (kept if ledger.has_run else 0), CONNECTIONS * largest + unrecorded

    def _in_source(self, blocks, known):
        """The bytes of the source in each block; where the ledger does not know one, as much as in its others."""
        if not self._route.codec.suffix:
            return blocks
        ratio = sum(raw for raw, _ in known.values()) / max(1, sum(stored for _, stored in known.values())) or 1
        return {
            ordinal: known[ordinal][0] if ordinal in known else int(length * ratio) for ordinal, length in blocks.items()
        }

    def _front(self, lengths):
        """Bytes that can be gone on with: of frames in a file, which have no names, those before the first gap."""
        if not self._route.codec.suffix or not isinstance(self._route.sink, Files):
            return sum(lengths.values())
        front, ordinal = 0, 0
        while ordinal in lengths:
            front, ordinal = front + lengths[ordinal], ordinal + 1
        return front

    def _unfinished(self, ledger):
        """{name in the source: {ordinal: bytes in the sink}}"""
        suffix = self._route.codec.suffix
        if not isinstance(self._route.sink, Files):
            found = self._route.sink.unfinished(self._prefix)
            return {name.removesuffix(suffix): blocks for name, blocks in found.items()}
        if suffix:
            return {
                name.removesuffix(suffix): {ordinal: stored for ordinal, (_, stored) in blocks.items()}
                for name, blocks in ledger.blocks.items()
            }
        found = {}
        for name, path in ledger.files.items():
            if path.exists():
                found[name] = _common_blocks(path, self._tree.folder / name)
        return found

    def _account(self, ending, kept, bound):
        report = ending.report
        resumed = report["sluice"]["resumedBytes"]
        found = self.found
        found.kept, found.resent, found.bound = min(resumed, kept), max(0, kept - resumed), bound
        if found.resent > bound:
            said = f"; it said: {ending.message[-500:]}" if ending.message else ""
            self._violate(f"{found.resent} bytes of {kept} were sent again, and {bound} may be{said}")
        if report["sluice"]["retries"] == 0 and report["dataRead"] + resumed > self._tree.total:
            self._violate(f"{report['dataRead']} bytes were read beside {resumed} of {self._tree.total}")

    # MARK: The end

    def _check_copied(self):
        sink, codec = self._route.sink, self._route.codec
        there = sink.names(self._prefix)
        if there != {self._stored(name) for name in self._tree.names}:
            self._violate(f"other names than in the source: {sorted(there)[:5]}")
            return
        for name in self._tree.names:
            if sink.digest(self._prefix, self._stored(name), codec) != self._tree.digests[name]:
                self._violate(f"{name} differs")

    def _check_orphans(self):
        for name, blocks in self._route.sink.unfinished(self._prefix).items():
            if blocks or isinstance(self._route.sink, Files):
                self._violate(f"{name} is left unfinished, {len(blocks)} blocks")
            else:
                self.found.empty += 1


def _common_blocks(path: Path, source: Path):
    """Blocks of a file that are as in the source."""
    found = {}
    with path.open("rb") as left, source.open("rb") as right:
        ordinal = 0
        while wanted := right.read(_LOCAL_BLOCK):
            if left.read(len(wanted)) == wanted:
                found[ordinal] = len(wanted)
            ordinal += 1
    return found
