"""Notices of alarms: that one began, and that it is over; put into the outbox with the change itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from server.domain.messages import of_machine
from server.domain.upkeep import Alarm
from server.protocol.outbox import MessageKind
from server.store import outbox

from .work import Ledger


def tell(
    ledger: Ledger, one: Alarm, of: str, kind: MessageKind, at: datetime, numbers: Sequence[str] = ()
) -> None:
    """``of``: the kind of its device; ``at``: when it began or ended; ``numbers``: those it is about."""
    facts = {
        "alarm": one.id,
        "device": one.device,
        "of": of,
        "part": one.part,
        "trouble": one.kind,
        "at": at.isoformat(),
    }
    if numbers:
        facts["numbers"] = " ".join(numbers)
    outbox.put(ledger.connection, [of_machine(one.id, one.hall, kind, ledger.now, facts)])
