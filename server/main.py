"""``liqu-server``: one verb a file in ``server/verbs``; here the command line and what errors say."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from server import logs
from server.certificates.settings import SettingsError as SigningError
from server.channels.settings import SettingsError
from server.seals.key import SealKeyError
from server.store.engine import NewerDatabase
from server.store.holding import Held
from server.tls.folder import TlsError
from server.verbs import backup, check, clock, hall, init, password, restore, run, tls
from server.verbs.telling import cannot, tell

VERBS = (init, hall, run, password, check, backup, restore, clock, tls)
MAKING = ("init", "restore")
"""Verbs that make the data folder where there is none."""


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="liqu-server", description="The server of Liqu's service halls.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in VERBS:
        name = verb.__name__.rpartition(".")[2].replace("_", "-")
        made = verbs.add_parser(name, help=verb.HELP, description=verb.__doc__)
        made.add_argument("--data", type=Path, required=True, help="the data folder")
        made.add_argument("--database", default="", help="postgresql+psycopg://… (else SQLite in the folder)")
        made.add_argument("--log", choices=logs.LEVELS, default="info", help="how much is written down")
        verb.options(made)
        made.set_defaults(do=verb.do)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: done; 1: what was checked is not well; 2: something the caller can put right."""
    asked = parser().parse_args(arguments)
    # Customers' names and phone numbers are in what it writes.
    os.umask(0o077)
    logs.set_up(asked.log)
    try:
        if asked.verb not in MAKING and not asked.data.is_dir():
            return tell(f"{asked.data} is not there: run 'liqu-server init --data {asked.data}' first")
        done: int = asked.do(asked)
        return done
    except (
        ModuleNotFoundError,
        SettingsError,
        SigningError,
        SealKeyError,
        NewerDatabase,
        Held,
        TlsError,
    ) as error:
        return tell(str(error))
    except OSError as error:
        return tell(f"{error.strerror or error}: {error.filename or asked.data}")
    except SQLAlchemyError as error:
        return tell(cannot(error, asked.data))


if __name__ == "__main__":
    sys.exit(main())
