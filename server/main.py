"""``liqu-server``: ``init`` makes the data folder, ``run`` serves, ``check`` proves the journal whole."""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from server.app import fast_loop, make_app, utc_now
from server.certificates.keys import make_demo_key
from server.certificates.settings import FILE as SIGNING
from server.certificates.settings import SettingsError as SigningError
from server.certificates.settings import read_signer
from server.channels.settings import SettingsError, opened, read_settings
from server.live.wire import LiveProtocol
from server.services.demo import make_demo
from server.services.outbox import Channels
from server.store import halls, journal
from server.store.engine import migrate, open_engine, reading, sqlite_url

log = logging.getLogger(__name__)

GRACE_SECONDS = 5
DEMO_KEY = "demo-certificate-key.pem"


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="liqu-server", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    init = verbs.add_parser("init", help="make the data folder and its database")
    init.add_argument("--demo", action="store_true", help="add the demo hall and write credentials.json")
    run = verbs.add_parser("run", help="serve until stopped")
    run.add_argument("--host", default="127.0.0.1")
    run.add_argument("--port", type=int, default=8600)
    run.add_argument("--public-url", default="", help="the address customers' phones reach, for QR codes")
    check = verbs.add_parser("check", help="prove that the journal is whole")
    for verb in (init, run, check):
        verb.add_argument("--data", type=Path, required=True, help="the data folder")
        verb.add_argument("--database", default="", help="postgresql+psycopg://… (else SQLite in the folder)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: done; 1: the journal is broken; 2: something the caller can put right."""
    asked = parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # It tells the address of every request, in which a gateway's key may stand.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # It warns of each pipeline cut short, as when a key stands in the table already: no news to anybody.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    try:
        url = asked.database or sqlite_url(asked.data)
        if asked.verb == "init":
            return _init(asked.data, url, asked.demo)
        if not asked.data.is_dir():
            return _tell(f"{asked.data} is not there: run 'liqu-server init --data {asked.data}' first")
        if asked.verb == "check":
            return _check(url)
        return _run(asked.data, url, asked.host, asked.port, asked.public_url)
    except (ModuleNotFoundError, SettingsError, SigningError) as error:
        return _tell(str(error))
    except OSError as error:
        return _tell(f"{error.strerror or error}: {error.filename or asked.data}")
    except SQLAlchemyError as error:
        return _tell(f"the database cannot be used: {error.__cause__ or error}")


def _init(data: Path, url: str, demo: bool) -> int:
    data.mkdir(parents=True, exist_ok=True)
    migrate(url)
    if not demo:
        return 0
    engine = open_engine(url)
    try:
        made = make_demo(engine, utc_now())
    except IntegrityError:
        return _tell("the demo hall is there already; its credentials.json was written when it was made")
    finally:
        engine.dispose()
    path = data / "credentials.json"
    _for_us_alone(path, json.dumps(made, indent=2).encode())
    if not (data / SIGNING).exists():
        _for_us_alone(data / DEMO_KEY, make_demo_key("Liqu", utc_now()))
        said = f'# A demo\'s key, signed by itself.\n[key]\ndriver = "file"\nfile = "{DEMO_KEY}"\n'
        _for_us_alone(data / SIGNING, said.encode())
    sys.stdout.write(f"demo hall 'main' made; sign-ins are in {path}\n")
    return 0


def _for_us_alone(path: Path, content: bytes) -> None:
    # Made with its mode, not changed to it: no moment at which others can read it.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _run(data: Path, url: str, host: str, port: int, public_url: str) -> int:
    migrate(url)
    settings = read_settings(data)
    channels = Channels(opened(settings), settings.routes, settings.days_before)
    signer = read_signer(data)
    if signer is None:
        log.warning("there is no %s: certificates are not signed, and say so", data / SIGNING)
    engine = open_engine(url)
    # A floor is many small frozen values that make no cycles: looking for cycles among them seldom is enough.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    shown = f"[{host}]" if ":" in host else host
    app = make_app(engine, public_url or f"http://{shown}:{port}", channels=channels, signer=signer)
    server = uvicorn.Server(serving(app, host, port))
    log.info("serving at http://%s:%d", shown, port)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    return 0 if server.started else 2


def serving(app: FastAPI, host: str, port: int) -> uvicorn.Config:
    """How the server is served, wherever it is: by the program and in tests."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop=fast_loop(),
        http="httptools",
        ws=LiveProtocol,
        ws_max_size=4096,
        ws_ping_interval=10,
        ws_ping_timeout=10,
        # Frames are made once for all clients; compressing them would make them anew for each.
        ws_per_message_deflate=False,
        access_log=False,
        # At "info" it names the address of every live link, and with it a visitor's ticket code.
        log_level="warning",
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _check(url: str) -> int:
    engine = open_engine(url)
    broken = False
    with reading(engine).begin() as connection:
        for hall in halls.hall_ids(connection):
            at = journal.check(connection, hall)
            broken = broken or at is not None
            verdict = "whole" if at is None else f"broken at line {at}"
            sys.stdout.write(f"{hall}: the journal is {verdict}\n")
    engine.dispose()
    return 1 if broken else 0


def _tell(sentence: str) -> int:
    sys.stderr.write(f"liqu-server: {sentence}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
