"""What became of each label printed here, in one small file, until the server has heard of it.

A label is put down before it is sent to the printer, and its end afterwards: after a power cut, one that
was begun counts as unknown, and whoever comes back for the rest is told which came out. No personal data:
codes of samples and ids of orders. At most ``KEPT`` lines; written whole, then renamed, as ``memory`` does.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from .devices import Paper
from .memory import write_whole

log = logging.getLogger(__name__)

KEPT = 4000
DAYS = 3
"""Days after which a label that the server heard of is forgotten."""
FILE = "labels.json"

Outcome = Literal["printed", "failed", "unknown"]


class Line(BaseModel):
    """One label once. ``outcome`` None: it was begun and has not ended."""

    model_config = ConfigDict(frozen=True)

    id: str
    at: datetime
    order: str
    code: str
    reprint: bool
    outcome: Outcome | None = None
    told: bool = False


_LINES = TypeAdapter(list[Line])


class Report(BaseModel):
    """Labels of one order that ended alike, to be told together. ``key`` stays the same for the same ones."""

    model_config = ConfigDict(frozen=True)

    key: str
    order: str
    outcome: Outcome
    codes: tuple[str, ...]
    reprint: bool
    lines: tuple[str, ...]


class LabelFile:
    """``ports.LabelMemory`` in ``folder``. ``now`` gives the present with an offset. Safe from any thread."""

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        self._path = folder / FILE
        self._now = now
        self._new_id = new_id
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._lines = self._read()

    def begun(self, order: str, code: str, *, reprint: bool) -> str:
        """A label goes to the printer; the line to end it by."""
        line = Line(id=self._new_id(), at=self._now(), order=order, code=code, reprint=reprint)
        with self._lock:
            self._lines.append(line)
            self._write()
        return line.id

    def ended(self, line: str, paper: Paper) -> None:
        """What became of it."""
        with self._lock:
            self._lines = [
                one.model_copy(update={"outcome": outcome_of(paper)}) if one.id == line else one
                for one in self._lines
            ]
            self._write()

    def seen(self, order: str, code: str, *, reprint: bool) -> None:
        """A person saw that it came out."""
        self.ended(self.begun(order, code, reprint=reprint), "printed")

    def here(self, order: str) -> tuple[str, ...]:
        """The codes of this order that came out here for certain."""
        with self._lock:
            return tuple(
                dict.fromkeys(
                    line.code for line in self._lines if line.order == order and line.outcome == "printed"
                )
            )

    def untold(self) -> tuple[Report, ...]:
        """What the server has not heard of, oldest first."""
        with self._lock:
            lines = [line for line in self._lines if line.outcome and not line.told]
        reports = []
        for (order, outcome, reprint), group in groupby(
            lines, key=lambda line: (line.order, line.outcome, line.reprint)
        ):
            alike = tuple(group)
            ids = tuple(line.id for line in alike)
            reports.append(
                Report(
                    key=str(uuid.uuid5(uuid.NAMESPACE_OID, ",".join(ids))),
                    order=order,
                    outcome=outcome or "unknown",
                    codes=tuple(line.code for line in alike),
                    reprint=reprint,
                    lines=ids,
                )
            )
        return tuple(reports)

    def told(self, report: Report) -> None:
        """The server has heard it."""
        heard = set(report.lines)
        with self._lock:
            self._lines = [
                line.model_copy(update={"told": True}) if line.id in heard else line for line in self._lines
            ]
            self._write()

    def _read(self) -> list[Line]:
        try:
            lines = _LINES.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return []
        except (OSError, ValidationError) as error:
            log.error("the labels in %s can't be read and are left out: %s", self._path, error)
            return []
        # What was under way when the power went may have come out: only a person can tell.
        return [line if line.outcome else line.model_copy(update={"outcome": "unknown"}) for line in lines]

    def _write(self) -> None:
        old = self._now() - timedelta(days=DAYS)
        self._lines = [line for line in self._lines if not line.told or line.at >= old][-KEPT:]
        try:
            write_whole(self._path, _LINES.dump_json(self._lines).decode())
        except OSError as error:
            log.error("can't keep what became of labels in %s: %s", self._path, error)


def outcome_of(paper: Paper) -> Outcome:
    """What became of a paper, in the journal's words."""
    if paper in ("printed", "unknown"):
        return "printed" if paper == "printed" else "unknown"
    return "failed"
