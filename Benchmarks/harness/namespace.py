"""A network namespace of our own, so that a server on any port answers on port 443 too.

The AWS CLI's CRT client connects to port 443 whatever the endpoint says. In the namespace the kernel redirects that
port, which costs no process any time and touches nothing on the machine outside of it. It takes root.
"""

import os
import shutil
import subprocess
import sys
from urllib.parse import urlsplit

_MARK = "SLUICE_BENCHMARK_NAMESPACE"
_TOOLS = ("ip", "nft", "unshare")
_SEARCH_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def enter():
    """Run this program again in a namespace of its own, where that is possible."""
    if _MARK in os.environ:
        _set_up()
    elif os.geteuid() == 0 and _is_possible():
        environment = os.environ | {_MARK: "1", "PATH": _SEARCH_PATH}
        os.execvpe("unshare", ["unshare", "--net", sys.executable, *sys.argv], environment)


def on_standard_port(endpoint):
    """The endpoint without its port, port 443 being led to it; None outside of a namespace."""
    if _MARK not in os.environ:
        return None
    port = urlsplit(endpoint).port
    _nft(f"flush chain ip nat output\n"
         f"add rule ip nat output ip daddr 127.0.0.1 tcp dport 443 redirect to :{port}\n")
    return f"https://{urlsplit(endpoint).hostname}"


def _is_possible():
    if any(shutil.which(tool, path=_SEARCH_PATH) is None for tool in _TOOLS):
        return False
    return subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode == 0


def _set_up():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    _nft("add table ip nat\n"
         "add chain ip nat output { type nat hook output priority -100; }\n")


def _nft(rules):
    subprocess.run(["nft", "-f", "-"], input=rules.encode(), check=True)
