"""Make the data folder and its database; ``--demo`` adds a hall to try."""

from __future__ import annotations

import argparse
import json
import sys

from sqlalchemy.exc import IntegrityError

from server.certificates.keys import make_demo_key
from server.certificates.settings import FILE as SIGNING
from server.services.clock import utc_now
from server.services.demo import make_demo
from server.store.engine import migrate, open_engine

from .telling import database, for_us_alone, tell

HELP = "make the data folder and its database"
DEMO_KEY = "demo-certificate-key.pem"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="add the demo hall and write credentials.json")


def do(asked: argparse.Namespace) -> int:
    data, url = asked.data, database(asked)
    data.mkdir(mode=0o750, parents=True, exist_ok=True)
    migrate(url, data)
    if not asked.demo:
        return 0
    engine = open_engine(url)
    try:
        made = make_demo(engine, utc_now())
    except IntegrityError:
        return tell("the demo hall is there already; its credentials.json was written when it was made")
    finally:
        engine.dispose()
    path = data / "credentials.json"
    for_us_alone(path, json.dumps(made, indent=2).encode())
    if not (data / SIGNING).exists():
        for_us_alone(data / DEMO_KEY, make_demo_key("Liqu", utc_now()))
        said = f'# A demo\'s key, signed by itself.\n[key]\ndriver = "file"\nfile = "{DEMO_KEY}"\n'
        for_us_alone(data / SIGNING, said.encode())
    sys.stdout.write(f"demo hall 'main' made; sign-ins are in {path}\n")
    return 0
