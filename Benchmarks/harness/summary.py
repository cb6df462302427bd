"""Medians, ratios and verdicts from the runs of a case."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from statistics import median

from harness.model import Target

METRICS = ("cpu", "user", "system", "wall", "peak", "server", "elsewhere")


@dataclass(frozen=True)
class Spread:
    """A metric over several runs."""

    median: float
    least: float
    most: float


def spread(runs, metric):
    """None where there is no run."""
    values = [getattr(run, metric) for run in runs]
    return Spread(median(values), min(values), max(values)) if values else None


def ratio(ours, theirs, metric):
    """The median of ours ÷ theirs over the rounds in which both ran; None where there is none.

    Round by round, since this machine's speed drifts over minutes and both of a round meet the same speed.
    """
    pairs = [(getattr(a, metric), getattr(b, metric)) for a, b in zip(good_runs(ours), good_runs(theirs))]
    return median(a / b for a, b in pairs) if pairs and all(b > 0 for _, b in pairs) else None


def good_runs(entry):
    """The runs that count: none where the contender failed or was left out."""
    return [] if entry is None or entry.error else entry.runs


@dataclass(frozen=True)
class Verdict:
    """How a target stands: `measured` against its limit, by the best peer where there are peers. `is_reached` is None
    where it could not be measured."""

    target: Target
    measured: float | None = None
    peer: str | None = None

    @property
    def is_reached(self):
        return None if self.measured is None else self.measured <= self.target.limit


def judge(result, target):
    """Measure one target of a case's result."""
    subject = result.entry(target.subject)
    if not good_runs(subject):
        return Verdict(target)
    if not target.peers:
        return Verdict(target, spread(subject.runs, target.metric).median)
    peers = [
        entry for entry in result.entries
        if good_runs(entry) and any(fnmatchcase(entry.contender.name, pattern) for pattern in target.peers)
    ]
    if not peers:
        return Verdict(target)
    best = min(peers, key=lambda entry: spread(entry.runs, target.metric).median)
    return Verdict(target, ratio(subject, best, target.metric), best.contender.name)
