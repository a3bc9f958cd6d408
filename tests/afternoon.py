"""A little past one on a working day, whenever a test is run: the hall's zone and calendar are set so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

AFTER_LUNCH = 13
"""The hour on the hall's clock."""
Ask: TypeAlias = Callable[[str, str, object], Any]
"""(method, path under /api/v1, body) → the answer, as the manager."""


def afternoon(ask: Ask, hall: str = "main") -> tuple[date, str]:
    """Set ``hall``'s clock; answers its day, and the slot that begins next: its visitors are on time now."""
    now = datetime.now(UTC)
    settings = ask("GET", f"/halls/{hall}/settings", None)
    # The names of these zones say west where they mean east.
    zone = f"Etc/GMT{now.hour - AFTER_LUNCH:+d}"
    ask("PUT", f"/halls/{hall}/settings", settings | {"zone": zone})
    day = now.date()
    ask("PUT", f"/halls/{hall}/offer/calendar/days/{day}", {"works": True})
    return day, "accept-1330" if now.minute < 28 else "accept-1400"
