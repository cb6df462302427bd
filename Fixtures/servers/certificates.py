"""A throw-away certificate authority with a server's, an expired server's and a client's certificate."""

import fcntl
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_LIFETIME_DAYS = 30
_RENEW_AFTER_SECONDS = 20 * 86400  # a shared directory never hands out a certificate that ends during a test run

# Key usages and key identifiers as RFC 5280 wants them, so that strict verifiers accept the chain.
_EXTENSIONS = """
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, DNS:*.localhost, DNS:*.blob.localhost, IP:127.0.0.1, IP:::1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectAltName = DNS:test-client
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


@dataclass(frozen=True)
class Certificates:
    """Paths of PEM files. The server's files hold the chain; the expired one ended yesterday."""

    authority: Path
    server: Path
    server_key: Path
    expired: Path
    expired_key: Path
    client: Path
    client_key: Path

    def client_fields(self):
        """The ready line's fields for a client of this authority."""
        return {
            "ca": str(self.authority),
            "clientCertificate": str(self.client),
            "clientKey": str(self.client_key),
        }


def ensure(directory):
    """The certificates in `directory`, made if there are none; launchers that start together share one set."""
    directory = Path(directory).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    found = Certificates(
        **{
            field: directory / name
            for field, name in {
                "authority": "ca.pem",
                "server": "server.pem",
                "server_key": "server.key",
                "expired": "expired.pem",
                "expired_key": "expired.key",
                "client": "client.pem",
                "client_key": "client.key",
            }.items()
        }
    )
    with open(directory / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # The client's certificate is made last: it stands for a finished set.
        if not found.client.exists() or time.time() - found.client.stat().st_mtime > _RENEW_AFTER_SECONDS:
            _make_all(directory, found)
    return found


def _make_all(directory, made):
    (directory / "extensions.cnf").write_text(_EXTENSIONS)
    _openssl(
        directory,
        "req",
        "-x509",
        *_NEW_KEY,
        "-days",
        str(_LIFETIME_DAYS),
        "-config",
        "extensions.cnf",
        "-extensions",
        "authority",
        "-subj",
        "/CN=throw-away test authority",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
    )
    _issue(directory, "server", "localhost", "server", _LIFETIME_DAYS)
    _issue(directory, "expired", "localhost", "server", -1)
    for chain in (made.server, made.expired):
        chain.write_bytes(chain.read_bytes() + made.authority.read_bytes())
    for key in directory.glob("*.key"):
        key.chmod(0o644)  # throw-away: read by servers that have given up root's rights
    _issue(directory, "client", "test-client", "client", _LIFETIME_DAYS)


_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def _issue(directory, name, common_name, extensions, days):
    """Sign a certificate; negative `days` make one that has already ended."""
    _openssl(
        directory,
        "req",
        *_NEW_KEY,
        "-config",
        "extensions.cnf",
        "-subj",
        f"/CN={common_name}",
        "-keyout",
        f"{name}.key",
        "-out",
        f"{name}.csr",
    )
    _openssl(
        directory,
        "x509",
        "-req",
        "-in",
        f"{name}.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-set_serial",
        f"0x{os.urandom(8).hex()}",
        "-days",
        str(days),
        "-extfile",
        "extensions.cnf",
        "-extensions",
        extensions,
        "-out",
        f"{name}.pem",
    )


def _openssl(directory, *arguments):
    subprocess.run(["openssl", *arguments], cwd=directory, check=True, capture_output=True)
