"""Where Sluice's CPU time goes, by perf."""

import subprocess
from dataclasses import replace
from tempfile import TemporaryDirectory

from harness import measure
from harness.model import SLUICE

_LIMIT_SECONDS = 600.0
_LINES = 20
_SAMPLES_PER_SECOND = "997"  # a prime, so as not to run in step with anything


def can_be_profiled(result):
    """Whether Sluice took part and did its work."""
    return any(entry.contender.name == SLUICE and entry.runs and not entry.error for entry in result.entries)


def profile(case):
    """Run the case's Sluice once more under perf; gives lines of share, program or library, and symbol."""
    contender = next(each for each in case.contenders if each.name == SLUICE)
    with TemporaryDirectory() as directory, case.stage as stage, stage.destination(False) as destination:
        record = f"{directory}/perf.data"
        command = contender.steps(destination)[0][0]
        recorder = ["perf", "record", "--quiet", "--freq", _SAMPLES_PER_SECOND, "--output", record, "--"]
        run = measure.run([[replace(command, words=[*recorder, *command.words])]], None, _LIMIT_SECONDS)
        if run.error:
            return [run.error]
        report = ["perf", "report", "--stdio", "--no-children", "--fields", "overhead,dso,symbol", "--input", record]
        done = subprocess.run(report, capture_output=True, env=measure.common_environment())
    lines = [line.rstrip() for line in done.stdout.decode(errors="replace").splitlines()]
    return [line for line in lines if line and not line.startswith("#")][:_LINES]
