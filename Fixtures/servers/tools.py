"""Where the servers' programs are: Debian's packages and the virtual environment of Scripts/fixtures-setup."""

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path

from launcher import FixtureError

_ADVICE = "run Scripts/fixtures-setup"


def environment_directory():
    """The virtual environment; SLUICE_TOOLS moves it."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("SLUICE_TOOLS") or Path(cache) / "sluice") / "venv"


def packaged(name):
    """A program of the virtual environment."""
    program = environment_directory() / "bin" / name
    if not program.exists():
        raise FixtureError(f"{name} isn't in {program.parent}: {_ADVICE}")
    return program


def installed(name):
    """A program of the system; daemons live in sbin, which a normal user's PATH may lack."""
    program = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if not program:
        raise FixtureError(f"{name} isn't installed: {_ADVICE}")
    return program


def use_environment():
    """Run this script again by the virtual environment's Python, for the packages that are there."""
    directory = environment_directory()
    if Path(sys.prefix).resolve() == directory.resolve():
        return
    python = directory / "bin" / "python3"
    if not python.exists():
        sys.exit(f"{Path(sys.argv[0]).name}: {directory} isn't there: {_ADVICE}")
    os.execv(python, [str(python), *sys.argv])


def sister(program, suite):
    """A program that one of Debian's packages keeps beside its daemon, such as a helper of `suite`."""
    path = Path("/usr/lib") / suite / program
    if not path.exists():
        raise FixtureError(f"{path} isn't there: {_ADVICE}")
    return path


def directory(program, pattern):
    """The newest directory of those that `pattern` names that has `program`."""
    found = [path for path in map(Path, sorted(glob.glob(pattern))) if (path / program).exists()]
    if not found:
        raise FixtureError(f"{program} isn't in {pattern}: {_ADVICE}")
    return found[-1]


def succeeds(command):
    """Whether the command ends with 0; what it says is not shown."""
    return subprocess.run([str(word) for word in command], capture_output=True).returncode == 0


def connection_string(parts):
    """An ODBC connection string. Values that need braces have them already, or get them for their spaces."""
    quoted = {name: f"{{{value}}}" if " " in str(value) and "{" not in str(value) else value for name, value in parts.items()}
    return ";".join(f"{name}={value}" for name, value in quoted.items())
