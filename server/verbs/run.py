"""Serve the halls until stopped."""

from __future__ import annotations

import argparse
import contextlib
import gc
import logging

import uvicorn

from server.app import make_app
from server.certificates.settings import FILE as SIGNING
from server.certificates.settings import read_signer
from server.channels.settings import opened, read_settings
from server.seals.key import open_seal_key
from server.services.outbox import Channels
from server.serving import serving
from server.store.engine import migrate, open_engine

from .telling import database

log = logging.getLogger(__name__)

HELP = "serve until stopped"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8600)
    parser.add_argument("--public-url", default="", help="the address customers' phones reach, for QR codes")


def do(asked: argparse.Namespace) -> int:
    data, url = asked.data, database(asked)
    host, port, public_url = asked.host, asked.port, asked.public_url
    migrate(url)
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
    app = make_app(
        engine, public_url or f"http://{shown}:{port}", channels=channels, signer=signer, seal=seal
    )
    server = uvicorn.Server(serving(app, host, port))
    log.info("serving at http://%s:%d", shown, port)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    return 0 if server.started else 2
