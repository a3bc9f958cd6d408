"""Where cut sheets fall: numbered PNG files in a folder, each there whole or not at all."""

from __future__ import annotations

import logging
import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from threading import Condition

from .paper import Cutting, picture

log = logging.getLogger(__name__)

REMEMBERED = 500
"""Sheets listed; the files of older ones stay."""


@dataclass(frozen=True, slots=True)
class Caught:
    """A sheet in the tray."""

    path: Path
    problems: tuple[str, ...]


class Tray:
    """Writes sheets as ``0001.png`` on, counting on from what the folder holds already."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._changed = Condition()
        self._sheets: deque[Caught] = deque(maxlen=REMEMBERED)
        self._number = max((int(p.stem) for p in folder.glob("*.png") if p.stem.isdecimal()), default=0)
        self._caught = 0

    def catch(self, cutting: Cutting) -> None:
        with self._changed:
            self._number += 1
            path = self._folder / f"{self._number:04d}.png"
            unfinished = path.with_suffix(".part")
            picture(cutting).save(unfinished, format="PNG")
            os.replace(unfinished, path)
            self._sheets.append(Caught(path, cutting.problems))
            self._caught += 1
            log.info("sheet %s%s", path.name, f": {'; '.join(cutting.problems)}" if cutting.problems else "")
            self._changed.notify_all()

    @property
    def sheets(self) -> list[Caught]:
        """Those caught since the start, oldest first, at most REMEMBERED."""
        with self._changed:
            return list(self._sheets)

    def wait_for(self, count: int, limit: float = 10.0) -> list[Caught]:
        """The sheets once at least ``count`` were caught. Raises TimeoutError after ``limit`` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._caught >= count, limit):
                raise TimeoutError(f"{self._caught} of {count} sheets after {limit:g} s")
            return list(self._sheets)
