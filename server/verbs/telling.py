"""What every verb needs: the database that is meant, a sentence for the caller, a file for nobody else."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from server.store.engine import sqlite_url


def database(asked: argparse.Namespace) -> str:
    """The address of the database that the caller means."""
    return asked.database or sqlite_url(asked.data)


def tell(sentence: str) -> int:
    """Say why it can't be done; the exit code for what the caller can put right."""
    sys.stderr.write(f"liqu-server: {sentence}\n")
    return 2


def for_us_alone(path: Path, content: bytes) -> None:
    # Made with its mode, not changed to it: no moment at which others can read it.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
