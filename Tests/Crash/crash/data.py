"""The files that are copied: half of each block compresses, and no block is like another."""

import hashlib
import random
from dataclasses import dataclass, field
from pathlib import Path

_MIB = 1 << 20


@dataclass
class Tree:
    """A folder of files, and what each of them is."""

    folder: Path
    sizes: dict = field(default_factory=dict)
    digests: dict = field(default_factory=dict)

    @property
    def names(self):
        return sorted(self.sizes)

    @property
    def total(self):
        return sum(self.sizes.values())


def make_large(folder, size, seed):
    """One file."""
    return _make(folder, {"large.bin": size}, seed)


def make_mixed(folder, largest, seed):
    """Files of all sizes in nested folders, some of them of several blocks, and an empty one."""
    generator = random.Random(seed)
    sizes = {"empty": 0, "one byte": 1}
    for index in range(3):
        sizes[f"big/{index}.bin"] = generator.randrange(largest // 2, largest)
    for index in range(12):
        sizes[f"middle/{index % 3}/{index}.bin"] = generator.randrange(_MIB, 4 * _MIB)
    for index in range(60):
        sizes[f"small/{index % 4}/{index}.csv"] = generator.randrange(1, 100_000)
    return _make(folder, sizes, seed)


def _make(folder, sizes, seed):
    tree = Tree(folder, sizes)
    generator = random.Random(seed)
    for name, size in sizes.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with path.open("wb") as output:
            for start in range(0, size, _MIB):
                noise = generator.randbytes(_MIB // 2)
                piece = (noise + noise[:1000] * (len(noise) // 1000 + 1))[:min(_MIB, size - start)]
                output.write(piece)
                digest.update(piece)
        tree.digests[name] = digest.hexdigest()
    return tree
