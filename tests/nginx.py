"""The shipped nginx configuration, run for real before servers of a test or a bench."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.waiting import free_port, until

SHIPPED = Path(__file__).resolve().parents[1] / "assets" / "deploy" / "nginx.conf"
SERVER = re.compile(r"^ *server 127\.0\.0\.1:\d+ (.*);\n", re.MULTILINE)
LISTEN = re.compile(r"^ *listen [^;]*;\n", re.MULTILINE)
BY_HALL = "hash $liqu_hall consistent;"
"""How the shipped one spreads."""


def nginx() -> str | None:
    """The program; on Debian it stands where only root looks."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@dataclass(frozen=True, slots=True)
class Balancer:
    port: int
    plain: int
    """The port that only sends people on to the other."""
    pid: int
    certificate: Path | None = None
    """The one that is to be trusted, where it speaks TLS."""


def configured(folder: Path, ports: Sequence[int], balance: str = "hall", tls: bool = False) -> Balancer:
    """Write ``nginx.conf`` to ``folder``: the shipped one with other places, ports and processes."""
    port, plain = free_port(), free_port()
    certificate = certify(folder) if tls else None
    text = SHIPPED.read_text(encoding="utf-8")
    known = SERVER.search(text)
    assert known is not None
    first = SERVER.sub(f"@{known[1]}@\n", text, count=1)
    text = SERVER.sub("", first).replace(
        f"@{known[1]}@", "".join(f"        server 127.0.0.1:{one} {known[1]};\n" for one in ports)
    )
    ways = iter((f"127.0.0.1:{plain}", None, f"127.0.0.1:{port}{' ssl http2' if tls else ''}", None))
    text = LISTEN.sub(lambda found: f"listen {way};\n" if (way := next(ways)) else "", text)
    text = text.replace("https://$host", f"https://$host:{port}")
    places = {
        # As whoever runs the tests: the places that it writes to are theirs.
        "user www-data;": "user root;" if os.geteuid() == 0 else "",
        "/run/nginx.pid": f"{folder}/nginx.pid",
        "/var/log/nginx/error.log": f"{folder}/nginx.log",
        "/etc/nginx/liqu/": f"{folder}/",
        "worker_rlimit_nofile 40000;": "",
        "http {": f"http {{ {temporary(folder)}",
    }
    if balance == "least_conn":
        places[BY_HALL] = "least_conn;"
    for shipped, ours in places.items():
        assert shipped in text, shipped
        text = text.replace(shipped, ours)
    if not tls:
        text = re.sub(r"^ *ssl_[a-z_]+ .*;\n", "", text, flags=re.MULTILINE)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    return Balancer(port, plain, 0, certificate)


def temporary(folder: Path) -> str:
    """Where it may write without being root."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)


def command(folder: Path, *more: str) -> list[str]:
    program = nginx()
    assert program is not None
    return [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), *more]


@contextlib.contextmanager
def balanced(
    folder: Path, ports: Sequence[int], balance: str = "hall", tls: bool = False
) -> Iterator[Balancer]:
    """nginx before the servers at ``ports``."""
    made = configured(folder, ports, balance, tls)
    running = subprocess.Popen(
        command(folder, "-g", "daemon off;"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until("nginx listening", lambda: listens(made.port))
        yield Balancer(made.port, made.plain, running.pid, made.certificate)
    finally:
        running.terminate()
        running.wait(20)


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
        return True
    return False


def certify(folder: Path) -> Path:
    """A certificate of its own for 127.0.0.1 and localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hall")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate = folder / "server.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "server-key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate
