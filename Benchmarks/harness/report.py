"""The report, as Markdown for people and as JSON for programs."""

from dataclasses import asdict

import harness.places as places
from harness.model import SLUICE
from harness.summary import METRICS, good_runs, judge, ratio, spread

_MEBI = 1 << 20
_INTRODUCTION = """\
CPU is user + system of the contender's whole process tree, wall is the time from its start to its end, peak the
largest process's resident memory. The contenders of a case take turns, and the figures are medians of the counted
runs with the least and the most in parentheses. A ratio is Sluice's figure ÷ the contender's, the median over the
rounds. *Server* is the CPU that the server took, *elsewhere* what other processes of the machine took meanwhile.
A contender's first run warms up; what it sent is then compared with its source."""


def as_json(document):
    """Everything that was measured, run by run. `document` is what `as_markdown` takes too."""
    return {
        **{name: document[name] for name in ("date", "machine", "versions", "runs")},
        "cases": [_case_json(result) for result in document["results"]],
        **({"profiles": document["profiles"]} if document["profiles"] else {}),
    }


def as_markdown(document):
    """The tables. `document` holds date, machine, versions, runs, results and profiles."""
    lines = ["# Benchmark report", "", f"{document['date']}. {_INTRODUCTION}", "", "## Machine", ""]
    lines += _table(["", ""], [[name, value] for name, value in document["machine"].items()])
    lines += ["", "## Versions", ""]
    lines += _table(["program", "version"], [[name, value] for name, value in document["versions"].items()])
    for result in document["results"]:
        lines += ["", *_case_markdown(result)]
        if result.case.name in document["profiles"]:
            lines += ["", "Where Sluice's CPU time goes (`perf`, one more run):", "", "```"]
            lines += [*document["profiles"][result.case.name], "```"]
    return "\n".join(lines) + "\n"


def _case_json(result):
    case = result.case
    return {
        "name": case.name, "title": case.title, "amount": case.amount, "unit": case.unit,
        "contenders": [_entry_json(entry) for entry in result.entries],
        "targets": [
            {
                "text": verdict.target.text, "metric": verdict.target.metric, "limit": verdict.target.limit,
                "measured": verdict.measured, "peer": verdict.peer, "reached": verdict.is_reached,
            }
            for verdict in (judge(result, target) for target in case.targets)
        ],
    }


def _entry_json(entry):
    return {
        "name": entry.contender.name, "commands": entry.commands, "error": entry.error, "check": entry.checked,
        "screened": entry.is_screened, "warmUp": asdict(entry.warm_up) if entry.warm_up else None,
        "runs": [asdict(run) for run in entry.runs],
        "spread": {metric: asdict(found) for metric in METRICS if (found := spread(good_runs(entry), metric))},
    }


def _case_markdown(result):
    case = result.case
    measured = [entry for entry in result.entries if not entry.is_screened]
    lines = [f"## {case.name}: {case.title}", ""]
    if case.targets:
        lines += _targets(result) + [""]
    headings = ["contender", "runs", "CPU s", "user + system", "wall s", _rate_heading(case), "peak MiB", "server s",
                "elsewhere s", "CPU ratio", "wall ratio"]
    lines += _table(headings, [_row(result, entry) for entry in measured])
    screened = [entry for entry in result.entries if entry.is_screened]
    if screened:
        lines += ["", "Settings that were tried once and are not the best of their tool:", ""]
        lines += _table(["contender", "CPU s", "wall s", "server s"], [
            [entry.contender.name, *(_number(getattr(entry.warm_up, metric)) for metric in ("cpu", "wall", "server"))]
            for entry in screened
        ])
    failures = [f"- **{entry.contender.name} failed**: {entry.error}" for entry in result.entries if entry.error]
    if failures:
        lines += ["", *failures]
    return lines + ["", *_commands(case, measured)]


def _targets(result):
    rows = []
    for verdict in (judge(result, target) for target in result.case.targets):
        shown, limit = (_value(verdict.target, value) for value in (verdict.measured, verdict.target.limit))
        against = f" ({verdict.peer})" if verdict.peer else ""
        rows.append([verdict.target.text, limit, shown + against, reached(verdict)])
    return _table(["target", "limit", "measured", ""], rows)


def reached(verdict):
    """A verdict in a word."""
    return {True: "reached", False: "**missed**", None: "not measured"}[verdict.is_reached]


def _value(target, value):
    """A target's limit or figure: a ratio where it has peers."""
    if value is None:
        return "–"
    if target.peers:
        return f"{value:.2f} ×"
    return f"{value / _MEBI:.1f} MiB" if target.metric == "peak" else f"{value * 1000:.1f} ms"


def _row(result, entry):
    runs = good_runs(entry)
    if not runs:
        return [entry.contender.name, "failed" if entry.error else "0", *["–"] * 9]
    cpu, wall, peak = (spread(runs, metric) for metric in ("cpu", "wall", "peak"))
    parts = " + ".join(_number(spread(runs, metric).median) for metric in ("user", "system"))
    return [
        entry.contender.name, str(len(runs)), _spread(cpu), parts, _spread(wall),
        _rate(result.case, wall.median, cpu.median), f"{peak.most / _MEBI:.1f}",
        *(_number(spread(runs, metric).median) for metric in ("server", "elsewhere")),
        *(_ratio(result, entry, metric) for metric in ("cpu", "wall")),
    ]


def _ratio(result, entry, metric):
    found = None if entry.contender.name == SLUICE else ratio(result.entry(SLUICE), entry, metric)
    return "–" if found is None else f"{found:.2f}"


def _rate_heading(case):
    return {"bytes": "MB/s", "files": "files/s (CPU µs a file)", "rows": "rows/s (CPU µs a row)"}.get(case.unit, "")


def _rate(case, wall, cpu):
    if case.unit == "bytes":
        return f"{case.amount / wall / 1e6:.0f}"
    if case.unit in ("files", "rows"):
        return f"{case.amount / wall:.0f} ({cpu / case.amount * 1e6:.0f})"
    return ""


def _spread(found):
    return f"{_number(found.median)} ({_number(found.least)}–{_number(found.most)})"


def _number(seconds):
    """Three decimals for what is over in a moment, two for the rest."""
    return f"{seconds:.3f}" if seconds < 0.1 else f"{seconds:.2f}"


def _commands(case, entries):
    lines = ["Commands, and what the check found:", ""]
    for entry in entries:
        lines.append(f"- {entry.contender.name}" + (f" ({entry.checked})" if case.check else ""))
        lines += [f"  - `{places.shown(command)}`" for command in entry.commands]
    return lines


def _table(headings, rows):
    ruler = ["---"] * len(headings)
    return [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in [headings, ruler, *rows]]


def _cell(value):
    return str(value).replace("|", "\\|").replace("\n", " ")
