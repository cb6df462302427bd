"""The command line: which cases, how often, and where the report goes."""

import argparse
import json
import signal
import sys
import time
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import harness.places as places
from harness import machine, namespace, report, runner
from harness.cases import CASES
from harness.clients import Sluice
from harness.data import FULL, QUICK, Data, DataInUse
from harness.profile import can_be_profiled, profile
from harness.servers import ServerFailed
from harness.summary import judge

_RUNS = 5
_QUICK_RUNS = 1


def main():
    """Run the benchmarks. The exit code is 1 where a contender failed that this machine lets take part, 0 otherwise,
    whatever targets were missed."""
    options = _options()
    namespace.enter()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # through the clean-up below
    try:
        data = Data(QUICK if options.quick else FULL)
    except DataInUse as failure:
        sys.exit(f"benchmark: {failure}")
    document = {
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "machine": machine.describe(),
        "versions": machine.versions(options.sluice),
        "runs": options.runs,
        "results": [],
        "profiles": {},
    }
    try:
        for name in options.cases:
            _run_case(name, data, options, document)
            _write(document, options.report)
    except ServerFailed as failure:
        sys.exit(f"benchmark: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        if not options.keep_data:
            data.delete()
    entries = [entry for result in document["results"] for entry in result.entries]
    sys.exit(any(entry.error and not entry.is_unavailable for entry in entries))


def _options():
    parser = argparse.ArgumentParser(prog="Benchmarks/run", description="Measures Sluice beside its peers.")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"what to measure, all by default: {', '.join(CASES)}")
    parser.add_argument("--runs", type=int, metavar="N", help=f"counted runs of each contender (default: {_RUNS})")
    parser.add_argument("--report", type=Path, metavar="FILE",
                        help="Markdown; the JSON goes beside it (default: Benchmarks/Reports/DATE.md)")
    parser.add_argument("--quick", action="store_true", help="tiny data and one run, to see that all works; no report")
    parser.add_argument("--contender", action="append", metavar="PATTERN", help="only these, as 'rclone*'; repeatable")
    parser.add_argument("--profile", action="store_true", help="run Sluice once more under perf in each case")
    parser.add_argument("--sluice", type=Path, default=places.SLUICE, metavar="FILE", help="the program to measure")
    parser.add_argument("--keep-data", action="store_true", help="leave the data in memory for the next time")
    options = parser.parse_args()
    unknown = [name for name in options.cases if name not in CASES]
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)}")
    options.cases = options.cases or list(CASES)
    options.runs = options.runs or (_QUICK_RUNS if options.quick else _RUNS)
    options.sluice = options.sluice.resolve()
    if options.report is None and not options.quick:
        options.report = places.REPORTS / time.strftime("%Y-%m-%d.md", time.gmtime())
    return options


def _run_case(name, data, options, document):
    """Run one case and add what came out to the document."""
    sluice = Sluice(options.sluice)
    case = CASES[name](data, sluice)
    if options.contender:
        case = replace(case, contenders=[each for each in case.contenders if _matches(each.name, options.contender)])
    rounds = options.runs if case.runs is None or options.quick else case.runs
    result = runner.run_case(case, rounds, _say)
    document["results"].append(result)
    for target in case.targets:
        verdict = judge(result, target)
        _say(f"{name}: {target.text}: {report.reached(verdict)}")
    if options.profile and can_be_profiled(result):
        # A case's servers serve one run of it: make it anew.
        document["profiles"][name] = profile(CASES[name](data, sluice))


def _matches(name, patterns):
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _say(line):
    print(line, flush=True)


def _write(document, path):
    """Write what there is so far; without a path, only make sure that it can be written."""
    markdown, figures = report.as_markdown(document), report.as_json(document)
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(markdown)
    path.with_suffix(".json").write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
