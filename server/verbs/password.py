"""Give somebody a new password, said this once; all their sign-ins end."""

from __future__ import annotations

import argparse
import asyncio
import sys

from server.services.clock import utc_now
from server.services.opening import NotDone, new_password
from server.store.engine import open_engine

from .telling import database, tell

HELP = "give somebody who lost it a new password"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", required=True)


def do(asked: argparse.Namespace) -> int:
    engine = open_engine(database(asked))
    try:
        password = asyncio.run(new_password(engine, utc_now, asked.user))
    except NotDone as error:
        return tell(str(error))
    finally:
        engine.dispose()
    sys.stdout.write(f"{asked.user} signs in with {password} from now on - it is said this once\n")
    return 0
