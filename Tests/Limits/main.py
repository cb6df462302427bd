#!/usr/bin/env python3
"""Measures whether sluice keeps to the rates that it is given: Scripts/limits [--report FILE]; --help says the rest."""

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(_HERE), str(_HERE.parents[1] / "Fixtures" / "servers")]
    from limits.suite import main

    main()
