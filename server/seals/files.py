"""Seals as files: ``DATA/seals/HALL/DAY.json``, and copies of them that are kept elsewhere."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from server.domain.seals import Signed, from_file

FOLDER = "seals"
MOST_BYTES = 64 * 1024 * 1024


class SealFolder:
    """Keeps seals under ``folder``, each once: a file that is there already stays as it is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, hall: str, day: date, content: bytes) -> None:
        """Keep one, whole or not at all. Raises OSError."""
        folder = self._folder / hall
        path = folder / f"{day.isoformat()}.json"
        if path.exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f".{day.isoformat()}.{os.getpid()}"
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)


def read_copies(path: Path) -> Iterator[tuple[str, Signed | None]]:
    """(where it is, the seal; None: the file holds none) of each JSON file at or under ``path``.

    A file is one seal or a list of them. Raises OSError.
    """
    found = sorted(path.rglob("*.json")) if path.is_dir() else [path]
    for one in found:
        if one.stat().st_size > MOST_BYTES:
            yield str(one), None
            continue
        content = one.read_bytes()
        try:
            said = json.loads(content)
            each = [json.dumps(part).encode() for part in said] if isinstance(said, list) else [content]
            for part in each:
                yield str(one), from_file(part)
        except ValueError:
            yield str(one), None
