"""A live frame as a client reads it: whatever came over the wire, it is one of ours or a ValueError."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Frame:
    """``view``: of the topic, as JSON; None for a heartbeat. ``at``: the server's time, with its offset."""

    topic: str
    at: datetime
    view: Any


def read_frame(text: str | bytes) -> Frame:
    """The frame in ``text``. Raises ValueError for anything else, however deep or odd it is."""
    try:
        told = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(told, dict):
        raise ValueError("not an object")
    topic, at = told.get("topic"), told.get("at")
    if not isinstance(topic, str) or not isinstance(at, str):
        raise ValueError("no topic, or no time")
    when = datetime.fromisoformat(at)
    if when.tzinfo is None:
        raise ValueError("a time without its offset")
    return Frame(topic, when, told.get("view"))


HEARTBEAT = "heartbeat"
"""The topic of the frame that says only that the line is alive."""
