"""Take a backup while the server runs: database, settings and keys in one file, tried out by restoring it.

The file is for its owner alone: customers' names, keys and passwords are in it.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from server.backups.archive import BadBackup
from server.backups.databases import Refusing, database_at
from server.backups.taking import keep_newest, leave_word, take
from server.services.clock import utc_now

from .telling import database, tell

HELP = "take a backup while the server runs"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", type=Path, required=True, help="a file, or a folder to make one in")
    parser.add_argument("--keep", type=int, default=0, help="remove all but so many of the folder's backups")


def do(asked: argparse.Namespace) -> int:
    now = utc_now()
    if not asked.to.is_dir() and not asked.to.parent.is_dir():
        return tell(f"{asked.to.parent} is not there: make the folder first")
    try:
        taken = take(database_at(database(asked), asked.data), asked.data, asked.to, now)
    except (Refusing, BadBackup) as error:
        _word(asked, now, asked.to, str(error))
        return tell(f"no backup was made: {error}")
    except OSError as error:
        _word(asked, now, asked.to, str(error.strerror))
        raise
    _word(asked, now, taken.file, None)
    size = taken.file.stat().st_size
    sys.stdout.write(f"{taken.file}: {size / 1e6:.1f} MB, {len(taken.manifest.members)} files\n")
    for hall, facts in taken.manifest.facts.halls.items():
        sys.stdout.write(f"{hall}: the journal up to line {facts.seq}\n")
    if taken.untried is None:
        sys.stdout.write("restored in a place of its own and compared: it is good\n")
    else:
        sys.stdout.write(f"its contents were read back, but not restored to try: {taken.untried}\n")
    if asked.keep and asked.to.is_dir():
        for gone in keep_newest(asked.to, asked.keep):
            sys.stdout.write(f"removed {gone.name}\n")
    return 0


def _word(asked: argparse.Namespace, now: datetime, file: Path, fault: str | None) -> None:
    """A backup is worth as much where the data folder takes nothing more."""
    try:
        leave_word(asked.data, now, file, fault)
    except OSError as error:
        sys.stderr.write(f"liqu-server: the health page cannot be told: {error}\n")
