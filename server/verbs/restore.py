"""Bring a backup back. The server must be stopped; what is there is moved aside, never deleted.

Nothing is touched before the file has been read to its end and held against its own manifest.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from server.backups.archive import BadBackup
from server.backups.databases import Refusing, database_at
from server.backups.taking import restore
from server.services.clock import utc_now
from server.store.holding import hold

from .telling import database, tell

HELP = "bring a backup back"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="file", type=Path, required=True, help="the backup's file")
    parser.add_argument("--replace", action="store_true", help="move what is there aside first")


def do(asked: argparse.Namespace) -> int:
    if not asked.file.is_file():
        return tell(f"{asked.file} is no file")
    asked.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Alone, also on PostgreSQL: servers of this folder must not go on with what they hold in memory.
    with hold(asked.data, alone=True, patience=0.0) as held:
        try:
            here = database_at(database(asked), asked.data)
            manifest, kept = restore(here, asked.data, asked.file, utc_now(), replace=asked.replace)
        except (BadBackup, Refusing) as error:
            return tell(f"nothing was restored, and nothing changed: {error}")
        held.clear()
    sys.stdout.write(
        f"restored the backup of {manifest.at:%Y-%m-%d %H:%M:%S} UTC (Liqu {manifest.version})\n"
    )
    for hall, facts in manifest.facts.halls.items():
        when = f" of {facts.at}" if facts.at else ""
        sys.stdout.write(
            f"{hall}: {facts.tables.get('tickets', 0)} tickets; the journal is whole up to line "
        )
        sys.stdout.write(f"{facts.seq}{when}\n")
    if kept:
        sys.stdout.write(f"what was there is kept: {kept}\n")
    return 0
