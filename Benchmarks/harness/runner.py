"""Runs a case: every contender once to warm up and be checked, then all of them in turn, several times."""

from dataclasses import dataclass, field, replace

from harness import measure
from harness.model import Case, Contender, Unavailable, WrongContent

# A contender that hangs must not hold the rest up; the longest honest run, 100 GiB, takes a few minutes.
_LIMIT_SECONDS = 1800.0


@dataclass
class Entry:
    """What became of one contender. `warm_up` is its checked run, `runs` are the ones that count; `commands` are as
    typed; `is_screened` says that a better setting of the same tool was measured instead, `is_unavailable` that this
    machine, not the contender, is why it failed."""

    contender: Contender
    warm_up: measure.Run | None = None
    checked: str = "not checked"
    commands: list[str] = field(default_factory=list)
    runs: list[measure.Run] = field(default_factory=list)
    is_screened: bool = False
    is_unavailable: bool = False

    @property
    def error(self):
        """Why it failed, the first time; None where it never did."""
        every = ([self.warm_up] if self.warm_up else []) + self.runs
        return next((run.error for run in every if run.error), None)


@dataclass(frozen=True)
class Result:
    """A case and what became of its contenders."""

    case: Case
    entries: list[Entry]

    def entry(self, name):
        """The contender's entry; None where it was left out."""
        return next((entry for entry in self.entries if entry.contender.name == name), None)


def run_case(case, rounds, say):
    """Run the case and give its Result; `say` takes a line of progress."""
    entries = [Entry(contender) for contender in case.contenders]
    with case.stage as stage:
        if case.warm_up:
            for entry in entries:
                entry.warm_up = _run(case, entry, stage, checked=True, say=say)
            _screen(entries)
        for _ in range(rounds):
            for entry in entries:
                # One that can't do the work at all is not asked again.
                if not entry.is_screened and not entry.error:
                    entry.runs.append(_run(case, entry, stage, checked=False, say=say))
    return Result(case, entries)


def _run(case, entry, stage, checked, say):
    with stage.destination(checked) as destination:
        try:
            steps = entry.contender.steps(destination)
        except Unavailable as reason:
            entry.is_unavailable = True
            return measure.Run(0, 0, 0, 0, 0, 0, error=str(reason))
        entry.commands = [" | ".join(command.shown() for command in pipeline) for pipeline in steps]
        run = measure.run(steps, destination.server, _LIMIT_SECONDS)
        say(f"{case.name}: {entry.contender.name}: " + (run.error or f"CPU {run.cpu:.3f} s, wall {run.wall:.3f} s"))
        if checked and case.check and not run.error:
            try:
                entry.checked = case.check(destination)
            except WrongContent as difference:
                say(f"{case.name}: {entry.contender.name}: {difference}")
                return replace(run, error=f"wrong content: {difference}")
    return run


def _screen(entries):
    """Keep of each family the setting with the least CPU and the one with the least wall time."""
    families = {}
    for entry in entries:
        if entry.contender.family and not entry.error:
            families.setdefault(entry.contender.family, []).append(entry)
    for members in families.values():
        best = [min(members, key=lambda entry: entry.warm_up.cpu), min(members, key=lambda entry: entry.warm_up.wall)]
        for entry in members:
            entry.is_screened = entry not in best
