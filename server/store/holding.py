"""Who has the data folder: a lock that a running server holds, and the mark of a stop that was not clean.

The lock ends with the process, however that ends. The mark is what the file says: ``running`` from a start to
the clean stop after it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = "server.lock"
PATIENCE = 10.0
"""Seconds that a start waits for the server before it to end."""
RUNNING = b"running\n"


class Held(Exception):
    """Another process has the folder: its sentence says so."""


class Hold:
    """The folder is ours. ``unclean``: who had it before did not end by itself."""

    def __init__(self, descriptor: int, unclean: bool) -> None:
        self._descriptor = descriptor
        self.unclean = unclean

    def mark(self) -> None:
        """From here on a stop counts as unclean until ``clear``."""
        self._write(RUNNING)

    def clear(self) -> None:
        """All that was acknowledged is written, and the database is closed."""
        self._write(b"")

    def _write(self, content: bytes) -> None:
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, content, 0)
        os.fsync(self._descriptor)


def owned_as(path: Path, folder: Path) -> None:
    """What root makes in the server's folder is the server's own."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


@contextmanager
def hold(folder: Path, *, alone: bool, patience: float | None = None) -> Iterator[Hold]:
    """Have the folder: ``alone``, or beside others of the same kind (servers on one PostgreSQL).

    Raises Held when who has it does not end within ``patience`` seconds (else ``PATIENCE``); OSError.
    """
    descriptor = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    owned_as(folder / FILE, folder)
    try:
        end = time.monotonic() + (PATIENCE if patience is None else patience)
        while True:
            try:
                fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise Held(f"a server is running on {folder}: stop it first") from None
                time.sleep(0.05)
        yield Hold(descriptor, alone and os.pread(descriptor, len(RUNNING), 0) == RUNNING)
    finally:
        os.close(descriptor)
