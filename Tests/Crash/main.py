#!/usr/bin/env python3
"""Kills sluice at random instants and has it go on: Scripts/crash [--kills N] [--seed S]; --help says the rest."""

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(_HERE), str(_HERE.parents[1] / "Fixtures" / "servers")]
    from crash.suite import main

    main()
