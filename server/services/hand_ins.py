"""A number that a kiosk gave while it was cut off is taken once, and never lost without a word."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from server.domain.commands import Cancel, IssueOffline
from server.domain.floor import Ticket
from server.domain.handing_in import Bad, fault
from server.domain.leases import Block
from server.domain.upkeep import Paper
from server.protocol import offline as o
from server.protocol.language import both
from server.protocol.views import Text
from server.store import answers, floors, leases

from . import lease_sentences as s
from . import misfits, sentences
from .checkins import CheckIns
from .offering import both_with
from .people import Who
from .work import Ledger

log = logging.getLogger(__name__)

NOTHING = Text(zh="", en="")
KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Misfit:
    why: Bad
    number: str
    """Empty where the server does not know it."""


def take(
    ledger: Ledger, checkins: CheckIns, tickets: Sequence[o.OfflineTicket], who: Who, tells: bool
) -> tuple[o.HandedIn, ...]:
    """Take ``tickets`` in the transaction of ``ledger``. What does not fit is an alarm of the hall.

    ``tells``: whether there is anybody to be told by a message.
    """
    told, astray = [], []
    for one in tickets:
        taken = _take(ledger, checkins, one, who)
        if isinstance(taken, Misfit):
            number = taken.number or f"…{one.n:03d}"
            astray.append(Paper(one.id, one.code, one.lease, one.n, number, taken.why))
            why = both("server", s.BAD[taken.why])
            taken = o.HandedIn(id=one.id, outcome="bad", number=taken.number, why=why)
        told.append(taken)
    if astray and misfits.report(ledger, who.user, astray, tells):
        log.warning("%s handed in numbers that do not fit its blocks: see the health page", who.id)
    return tuple(told)


def _take(ledger: Ledger, checkins: CheckIns, one: o.OfflineTicket, who: Who) -> o.HandedIn | Misfit:
    hall = ledger.floor.hall.id
    today = ledger.floor.lent.get(one.lease)
    found = (ledger.floor.day, today) if today else leases.find(ledger.connection, hall, one.lease)
    if found is None:
        return Misfit("no_block", "")
    day, block = found
    number = f"{block.prefix}{one.n:03d}"
    if block.device != who.user:
        return Misfit("no_block", number)
    before = _known(ledger, one)
    if before == (hall, day, one.id, one.code, number):
        return o.HandedIn(id=one.id, outcome="known", number=number, why=NOTHING)
    if before is not None or one.n in block.used:
        return Misfit("used", number)
    if not block.first <= one.n <= block.last:
        return Misfit("not_in_block", number)
    at = block.true_time(one.issued_at.replace(tzinfo=one.issued_at.tzinfo or UTC), ledger.now)
    if day != ledger.floor.day:
        return _late(ledger, one, day, block, at, number)
    priority = one.priority if one.priority not in ("appointment", "green") else "ordinary"
    command = IssueOffline(
        one.id, one.code, who.user, block.id, one.n, at, priority=priority, language=one.language
    )
    wrong = fault(ledger.floor, command)
    if wrong is not None:
        return Misfit(wrong, number)
    why = NOTHING
    if not _in_place(ledger, one, who, command):
        why = _queued(ledger, checkins, one, command, at)
    return o.HandedIn(id=one.id, outcome="taken", number=number, why=why)


def _queued(
    ledger: Ledger, checkins: CheckIns, one: o.OfflineTicket, command: IssueOffline, at: datetime
) -> Text:
    """Checked in, where there is a voucher that is good; else an ordinary number. Answers why it is one."""
    why = NOTHING
    if one.voucher:
        refused = checkins.check_in_offline(ledger, one.voucher, command, at)
        if refused is None:
            return NOTHING
        reason = Text(zh=sentences.refusal(refused, "zh")[0], en=sentences.refusal(refused, "en")[0])
        why = both_with(s.NOT_CHECKED_IN, reason=reason)
    ledger.act(command)
    return why


def _in_place(ledger: Ledger, one: o.OfflineTicket, who: Who, command: IssueOffline) -> bool:
    """Whether ``one`` stands in the place of a ticket whose answer was lost on the way to its kiosk.

    That ticket is cancelled where it still waits; what was registered with it goes on under the new number. A
    request that has not come yet makes no ticket any more.
    """
    if not KEY.fullmatch(one.instead_of):
        return False
    told = answers.find(ledger.connection, who.id, one.instead_of)
    if told is None:
        # Its digest is that of no request: who comes with this key is refused.
        nothing = answers.Stored(who.id, one.instead_of, "", 409, "")
        answers.keep(ledger.connection, [nothing], ledger.now)
        return False
    lost = ledger.floor.tickets.get(_ticket_in(told.body))
    if lost is None or lost.state != "waiting":
        return False
    ledger.act(Cancel(lost.id, ""))
    booked = lost.priority == "appointment"
    ledger.act(
        replace(command, priority=lost.priority, callable_from=lost.callable_at if booked else None)
        if lost.priority != "green"
        else command
    )
    leases.retie(ledger.connection, lost.id, one.id)
    ledger.note("ticket.replaced", one.id, {"ticket": lost.id, "number": lost.number})
    return True


def _ticket_in(body: str) -> str:
    """The id of the ticket that an answer told of; empty when of none."""
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(told, dict):
        return ""
    inner = told.get("ticket")
    id = inner.get("id") if isinstance(inner, dict) else told.get("id")
    return id if isinstance(id, str) else ""


def _late(
    ledger: Ledger, one: o.OfflineTicket, day: date, block: Block, at: datetime, number: str
) -> o.HandedIn:
    """A number of a day that is over: it is kept, and nobody waits."""
    hall = ledger.floor.hall.id
    over = leases.issued_late(block, one.code, one.id, one.n, one.language, at, ledger.now)
    leases.keep_late(ledger.connection, hall, day, block, one.n, over)
    payload = {"number": number, "day": str(day), "issued_at": at.isoformat(), "lease": block.id}
    ledger.note("ticket.late", one.id, payload)
    return o.HandedIn(id=one.id, outcome="late", number=number, why=both("server", s.LATE))


def _known(ledger: Ledger, one: o.OfflineTicket) -> tuple[str, date, str, str, str] | None:
    """(hall, day, id, code, number) of the ticket that has this id or this code already."""
    floor = ledger.floor
    # What the same transaction has taken is not in the tables yet.
    here: Ticket | None = floor.ticket(one.id)
    for ticket in () if here else (*floor.tickets.values(), *floor.recent.values()):
        if ticket.code == one.code:
            here = ticket
    if here is not None:
        return floor.hall.id, floor.day, here.id, here.code, here.number
    found = floors.find_ticket(ledger.connection, id=one.id)
    found = found or floors.find_ticket(ledger.connection, code=one.code)
    return found and (found[0], found[1], found[2].id, found[2].code, found[2].number)
