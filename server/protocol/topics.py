"""Live topics: what a websocket client may ask for, and who may ask.

``board:HALL``, ``hall:HALL`` (its head alone: few bytes, and few changes), ``counter:HALL:N``,
``ticket:CODE`` and ``case:CODE`` are public; ``kiosk:HALL`` is for kiosks and staff, ``desk:HALL:N`` for
staff, ``device:NAME`` for that device itself. Close codes: 4404 bad topic, 4401 missing right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["board", "hall", "counter", "ticket", "case", "desk", "kiosk", "device"]

CLOSE_BAD_TOPIC = 4404
CLOSE_NO_RIGHT = 4401

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
"""A hall's or service's id, a device's name."""
COUNTER = re.compile(r"[A-Za-z0-9-]{1,8}")
CODE = re.compile(r"[0-9A-Z]{16,26}")
"""A ticket's or a case's public code."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A parsed topic. ``subject``: the hall's id, a ticket's or case's code, a device's name; ``counter``: ''
    for most."""

    kind: Kind
    subject: str
    counter: str = ""

    def __str__(self) -> str:
        tail = f":{self.counter}" if self.counter else ""
        return f"{self.kind}:{self.subject}{tail}"

    @property
    def public(self) -> bool:
        return self.kind in ("board", "hall", "counter", "ticket", "case")


def parse_topic(text: str) -> Topic | None:
    """The topic that ``text`` names, or None when it names none."""
    match text.split(":"):
        case [("board" | "hall" | "kiosk") as kind, hall] if NAME.fullmatch(hall):
            return Topic(kind, hall)
        case ["device" as kind, device] if NAME.fullmatch(device):
            return Topic(kind, device)
        case [("counter" | "desk") as kind, hall, counter] if NAME.fullmatch(hall) and COUNTER.fullmatch(
            counter
        ):
            return Topic(kind, hall, counter)
        case [("ticket" | "case") as kind, code] if CODE.fullmatch(code):
            return Topic(kind, code)
        case _:
            return None
