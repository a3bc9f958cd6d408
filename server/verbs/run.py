"""Serve the halls until stopped."""

from __future__ import annotations

import argparse
import contextlib
import gc
import ipaddress
import logging
import signal
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from server.app import make_app
from server.certificates.settings import FILE as SIGNING
from server.certificates.settings import read_signer
from server.channels.settings import opened, read_settings
from server.seals.key import open_seal_key
from server.services.clock import SteadyClock
from server.services.outbox import Channels
from server.serving import allow_files, serving
from server.store.engine import migrate, open_engine, reading, sqlite_file
from server.store.holding import Hold, hold
from server.store.journal import last_instant
from server.store.wholeness import damage
from server.supervision import HUNG, Supervised, patience
from server.tls import folder
from server.tls.onward import Onward
from server.tls.serving import ServedTls

from .clock import RIGHT
from .telling import database, mended_by, tell

log = logging.getLogger(__name__)

HELP = "serve until stopped"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8600)
    parser.add_argument("--public-url", default="", help="the address customers' phones reach, for QR codes")
    parser.add_argument("--plain", action="store_true", help="http, though there is a certificate (see tls)")
    parser.add_argument("--http-port", type=int, help="where plain http is shown to https")
    parser.add_argument(
        "--proxy",
        action="append",
        default=[],
        type=address,
        help="a proxy's address or network, whose X-Forwarded-For and -Proto are believed; repeatable",
    )


def address(said: str) -> str:
    """Raises ValueError for what is neither an address nor a network."""
    return str(ipaddress.ip_network(said)) if "/" in said else str(ipaddress.ip_address(said))


def do(asked: argparse.Namespace) -> int:
    data, url = asked.data, database(asked)
    with hold(data, alone=sqlite_file(url) is not None) as held:
        found = looked_through(data, url, held)
        return tell(found) if found else serve(asked, data, url, held)


def looked_through(data: Path, url: str, held: Hold) -> str | None:
    """After a stop that was not clean: what to do about a database that is damaged. None: it is whole."""
    file = sqlite_file(url)
    if file is None or not held.unclean or not file.exists():
        return None
    patience(600)
    found = damage(file)
    if found is None:
        return None
    return f"{file} is damaged ({found}). {mended_by(data)}"


def halls_clock(data: Path, engine: Engine) -> SteadyClock:
    """The time that the halls go by, from the journal's last line on."""
    right = data / RIGHT

    def confirmed() -> bool:
        with contextlib.suppress(OSError):
            right.unlink()
            return True
        return False

    with reading(engine).begin() as connection:
        return SteadyClock(last_instant(connection), confirmed=confirmed)


def serve(asked: argparse.Namespace, data: Path, url: str, held: Hold) -> int:
    host, port, public_url = asked.host, asked.port, asked.public_url
    patience(600)
    migrate(url, data)
    settings = read_settings(data)
    channels = Channels(opened(settings), settings.routes, settings.days_before)
    signer = read_signer(data)
    if signer is None:
        log.warning("there is no %s: certificates are not signed, and say so", data / SIGNING)
    seal = open_seal_key(data)
    engine = open_engine(url)
    # A floor is many small frozen values that make no cycles: looking for cycles among them seldom is enough.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    shown = f"[{host}]" if ":" in host else host
    clock = halls_clock(data, engine)
    tls = ServedTls(data, clock) if folder.is_there(data) and not asked.plain else None
    base_url = public_url or (f"https://{tls.now.called()}:{port}" if tls else f"http://{shown}:{port}")
    app = make_app(engine, base_url, clock, channels=channels, signer=signer, seal=seal, data=data, tls=tls)
    if tls is not None and asked.http_port:
        app.state.background.append(Onward(host, asked.http_port, port).run)
    allow_files()

    def leaving() -> None:
        app.state.stopping = True

    alive: Callable[[], bool] = lambda: app.state.core.halls.answers(HUNG)  # noqa: E731
    server = Supervised(serving(app, host, port, tls, asked.proxy), alive, leaving, held.clear)
    log.info("serving at %s://%s:%d", "https" if tls else "http", shown, port)
    signal.signal(signal.SIGHUP, lambda *_: tls.look_again() if tls else None)
    held.mark()
    # uvicorn raises the signal again once all is written: that is the end of it, and a good one.
    signal.signal(signal.SIGTERM, lambda *_: None)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    return 0 if server.started else 2
