"""What every verb needs: the database that is meant, a sentence for the caller, a file for nobody else."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from server.services.machine import backup_word
from server.store.engine import sqlite_url, sync_folder
from server.store.faults import fault_of


def database(asked: argparse.Namespace) -> str:
    """The address of the database that the caller means."""
    return asked.database or sqlite_url(asked.data)


def tell(sentence: str) -> int:
    """Say why it can't be done; the exit code for what the caller can put right."""
    sys.stderr.write(f"liqu-server: {sentence}\n")
    return 2


def mended_by(data: Path) -> str:
    """What brings damaged data back."""
    word = backup_word(data)
    if word is None:
        return f"Restore a backup: liqu-server restore --data {data} --from FILE --replace"
    at, file = word
    how = f"liqu-server restore --data {data} --from {file} --replace"
    return f"Restore the backup of {at:%Y-%m-%d %H:%M} UTC: {how}"


def cannot(error: SQLAlchemyError, data: Path) -> str:
    """Why the database can't be used, and who must act."""
    why = str(getattr(error, "orig", None) or error.__cause__ or error).strip()
    match fault_of(error):
        case "disk_full":
            return f"the disk is full ({why}): make room beside {data}"
        case "disk_read_only":
            return f"nothing can be written ({why}): see that the disk is whole and {data} is ours to write"
        case "database_damaged":
            return f"the database is damaged ({why}). {mended_by(data)}"
        case "unavailable":
            return f"the database cannot be used: {why}"


def for_us_alone(path: Path, content: bytes) -> None:
    # Made with its mode, not changed to it: no moment at which others can read it.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        # A loss of power, or a disk that dies, must not leave an empty file behind.
        os.fsync(file.fileno())
    sync_folder(path.parent)
