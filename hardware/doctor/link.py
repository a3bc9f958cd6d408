"""Checks of the way to the hall's server: name, port, certificate, the device's token, the clocks."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPSHandler, OpenerDirector, ProxyHandler, build_opener

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from .finding import Finding, fault, hint, well

PATIENCE = 5.0
"""Seconds for each answer."""
CLOCK_OFF = 5.0
"""Seconds by which the clocks may differ before somebody should know."""
NO_RIGHT = 4401
BAD_TOPIC = 4404
PART = "server link"


def server(url: str, topic: str, token: str, ca_file: Path | None = None) -> Iterator[Finding]:
    """Whether the server at ``url`` answers, is trusted, knows this device's ``token`` and shows ``topic``.

    ``topic`` empty: the device is nobody's yet.
    """
    try:
        trust = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except OSError as error:
        yield fault(
            PART, f"{ca_file}: {error.strerror or error}", "set [server] ca_file to the hall's ca.pem"
        )
        return
    where = urlsplit(url)
    if where.scheme == "http" and where.hostname not in ("127.0.0.1", "localhost", "::1"):
        yield hint(PART, f"{url} is not encrypted", "give the server a certificate: liqu-server tls")
    began = time.monotonic()
    try:
        with _opener(trust).open(f"{url}/healthz", timeout=PATIENCE) as answer:
            told = json.loads(answer.read(4096))
    except HTTPError as error:
        yield fault(
            PART, f"{url} answers {error.code}", "check [server] url: another program may listen there"
        )
        return
    except (URLError, OSError) as error:
        yield _unreached(url, error)
        return
    except ValueError:
        yield fault(PART, f"{url} is no Liqu server", "check [server] url")
        return
    took = 1000 * (time.monotonic() - began)
    version = told.get("version", "?") if isinstance(told, dict) else "?"
    yield well(PART, f"{url} answers in {took:.0f} ms, version {version}")
    if not topic:
        yield hint("token", "this device is paired with no hall", "type the code on its screen under 设备")
        return
    yield from _live(url.replace("http", "ws", 1), topic, token, trust if where.scheme == "https" else None)


def _opener(trust: ssl.SSLContext) -> OpenerDirector:
    # The hall's own network: no proxy from whoever set up the machine.
    return build_opener(ProxyHandler({}), HTTPSHandler(context=trust))


def _unreached(url: str, error: OSError) -> Finding:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ssl.SSLError):
        return fault(
            PART,
            f"{url}: its certificate does not hold: {getattr(reason, 'verify_message', '') or reason}",
            "set [server] ca_file to the hall's ca.pem, or renew the certificate: liqu-server tls --renew",
        )
    if isinstance(reason, socket.gaierror):
        return fault(
            PART, f"the name in {url} is unknown", "check [server] url and the network's name server"
        )
    if isinstance(reason, ConnectionRefusedError):
        return fault(PART, f"{url}: nothing listens there", "start the server; check address and port")
    return fault(PART, f"{url} can't be reached: {reason}", "check cable, switch and the server's firewall")


def _live(base: str, topic: str, token: str, trust: ssl.SSLContext | None) -> Iterator[Finding]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with connect(
            f"{base}/api/v1/live?topic={quote(topic)}",
            additional_headers=headers,
            open_timeout=PATIENCE,
            ssl=trust,
            proxy=None,
        ) as line:
            frame = json.loads(line.recv(timeout=PATIENCE))
    except ConnectionClosed as closed:
        code = closed.rcvd.code if closed.rcvd else 0
        if code == NO_RIGHT:
            yield fault("token", "the server does not know this device's token", "pair the device anew")
        elif code == BAD_TOPIC:
            yield fault("hall", f"the server has no {topic}", "correct [server] hall or [screen] counter")
        else:
            yield fault(
                PART, f"the live view was closed ({code})", "try again; then look at the server's log"
            )
        return
    except (OSError, InvalidHandshake, ValueError) as error:
        yield fault(
            PART, f"the live view can't be had: {error}", "let the proxy before the server pass websockets"
        )
        return
    if token:
        yield well("token", "the server knows this device")
    else:
        yield hint("token", "the device has none: it can't report how it is", "give it one, or pair it")
    off = (datetime.now(UTC) - datetime.fromisoformat(frame["at"])).total_seconds()
    if abs(off) > CLOCK_OFF:
        yield hint(
            "clock", f"{off:+.0f} s beside the server's", "let both take their time from the same NTP server"
        )
    else:
        yield well("clock", f"{off:+.1f} s beside the server's")
