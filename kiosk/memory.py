"""The last tickets given here, in one small file, so that the staff can print them again without the server.

No personal data: a ticket is a number, a service and times. At most ``KEPT``; written whole, then renamed,
so that a power cut leaves the old file or the new one.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from server.device.files import write_whole as write_whole
from server.protocol.views import TicketIssued

from .alone import GivenAlone

log = logging.getLogger(__name__)

KEPT = 50
FILE = "tickets.json"


class TicketFile:
    """``ports.Memory`` in ``folder``. ``now`` gives the present with an offset."""

    def __init__(self, folder: Path, *, now: Callable[[], datetime]) -> None:
        self._path = folder / FILE
        self._now = now
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._tickets = self._read()

    def keep(self, ticket: TicketIssued) -> None:
        with self._lock:
            others = [known for known in self._tickets if known.id != ticket.id]
            self._tickets = [*others, ticket][-KEPT:]
            try:
                self._write()
            except OSError as error:
                log.error("can't keep the last tickets in %s: %s", self._path, error)

    def find(self, number: str) -> TicketIssued | None:
        with self._lock:
            for ticket in reversed(self._tickets):
                today = self._now().astimezone(ticket.issued_at.tzinfo).date()
                if ticket.number == number and ticket.issued_at.date() == today:
                    return ticket
        return None

    def _read(self) -> list[TicketIssued]:
        try:
            lines = json.loads(self._path.read_text(encoding="utf-8"))
            return [_ticket(line) for line in lines][-KEPT:]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, AttributeError, ValidationError) as error:
            log.error("the last tickets in %s can't be read and are left out: %s", self._path, error)
            return []

    def _write(self) -> None:
        text = json.dumps([ticket.model_dump(mode="json") for ticket in self._tickets], ensure_ascii=False)
        write_whole(self._path, text)


def _ticket(line: dict[str, object]) -> TicketIssued:
    """A number that was given while cut off is printed again as one."""
    kind = GivenAlone if line.get("alone") else TicketIssued
    return kind.model_validate(line)
