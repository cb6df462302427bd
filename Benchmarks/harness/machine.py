"""The machine and the versions of everything that takes part."""

import os
import platform
import re
import subprocess
from importlib.metadata import distributions

import harness.places as places
from harness.measure import common_environment

_VERSION = re.compile(r"\d+(\.\d+)+[-+.~\w]*")


def describe():
    """What the figures were measured on."""
    release = platform.freedesktop_os_release()
    return {
        "processor": _first("/proc/cpuinfo", r"model name\s*: (.*)"),
        "cores": os.cpu_count(),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / (1 << 30):.0f} GiB",
        "kernel": platform.release(),
        "system": f"{release['PRETTY_NAME']} {_contents('/etc/debian_version')}".strip(),
        "load before": f"{os.getloadavg()[0]:.2f}",
    }


def versions(sluice):
    """Program → version; what isn't there is absent."""
    programs = {
        "sluice": [sluice, "--version"],
        "curl": ["curl", "--version"],
        "OpenSSL": ["openssl", "version"],
        "pigz": ["pigz", "--version"],
        "igzip": ["igzip", "--version"],
        "nginx": ["nginx", "-v"],
        "aws cli": ["/usr/bin/aws", "--version"],
        "s5cmd": [places.peer("s5cmd"), "version"],
        "rclone": [places.peer("rclone"), "--config", "/dev/null", "version"],
        "juicefs": [places.TOOLS / "venv" / "bin" / "juicefs", "version"],
        "Swift": ["swift", "--version"],
    }
    found = {name: version for name, command in programs.items() if (version := _version(command))}
    packages = {package.name: package.version for package in distributions(path=[str(places.peer_packages())])}
    found["awscrt"] = packages["awscrt"]
    commit = _output(["git", "-C", places.REPOSITORY, "describe", "--always", "--dirty"])
    if commit:
        found["commit"] = commit.strip()
    return found


def _version(command):
    match = _VERSION.search(_output(command))
    return match.group() if match else None


def _output(command):
    """Both streams of a command that works, else nothing."""
    environment = common_environment()
    environment["PATH"] = f"{environment['PATH']}:{os.environ.get('PATH', '')}"
    try:
        done = subprocess.run(command, capture_output=True, env=environment)
    except OSError:
        return ""
    return "" if done.returncode else (done.stdout + done.stderr).decode(errors="replace")


def _first(path, pattern):
    match = re.search(pattern, _contents(path))
    return match.group(1) if match else "unknown"


def _contents(path):
    with open(path) as file:
        return file.read().strip()
