"""The table of what was found."""

import time

from crash.story import Found


def add(results, key, found):
    """Add a story to its route's."""
    sum_ = results.setdefault(key, Found())
    for name in ("kills", "midway", "resumes", "kept", "empty"):
        setattr(sum_, name, getattr(sum_, name) + getattr(found, name))
    if found.resent >= sum_.resent:
        sum_.resent = found.resent
    sum_.behind = max(sum_.behind, found.behind)
    sum_.bound = max(sum_.bound, found.bound)
    sum_.violations += found.violations


def text(results, seed, seconds):
    """Markdown."""
    lines = [
        "# Crash suite",
        "",
        f"{time.strftime('%Y-%m-%d', time.gmtime())}, seed {seed}, {seconds:.0f} s. `Scripts/crash` makes this table anew.",
        "",
        "| route | codec | data | kills | midway | resumes | kept, MB | resent at most, MB | bound, MB | behind a gap, MB | violations |",
        "|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for (route, codec, shape), found in sorted(results.items()):
        lines.append(
            f"| {route} | {codec} | {shape} | {found.kills} | {found.midway} | {found.resumes} | {found.kept / 1e6:.1f} "
            f"| {found.resent / 1e6:.2f} | {found.bound / 1e6:.1f} | {found.behind / 1e6:.1f} | {len(found.violations)} |"
        )
    every = results.values()
    lines.append(
        f"| all | | | {sum(f.kills for f in every)} | {sum(f.midway for f in every)} | {sum(f.resumes for f in every)} "
        f"| {sum(f.kept for f in every) / 1e6:.1f} | {max((f.resent for f in every), default=0) / 1e6:.2f} | | "
        f"| {sum(len(f.violations) for f in every)} |"
    )
    lines += [
        "",
        "*kills*: `kill -9` that hit a running copy, up to three in a row. *midway*: some of the data was at the sink then, and not all. "
        "*kept*: bytes of the source that the sink had when the last attempt began, and that were not sent again. *resent*: those that "
        "it had, by an independent client's account, and that were; the bound is a block (over plain HTTPS: an object) for each of the three connections, and 1 MiB of small "
        "objects. *behind a gap*: what a compressed file had, at most, behind its first missing frame; that is not promised to be kept.",
        "",
        f"Uploads without a part, begun in the moment of a kill and known to nobody: {sum(f.empty for f in every)}.",
    ]
    violations = [violation for found in every for violation in found.violations]
    if violations:
        lines += ["", "## Violations", ""] + [f"- {violation}" for violation in violations]
    return "\n".join(lines) + "\n"
