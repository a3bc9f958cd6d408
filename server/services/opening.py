"""Before the first sign-in: a new hall with its first administrator, and a password that somebody lost.

For who looks after the machine: nobody else may do either.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from server.domain.hall import Hall
from server.domain.refusal import Refusal
from server.protocol.views import Text
from server.store import people
from server.store.halls import make_hall

from .demo import DEMO_HALL, hall_from
from .floor import Clock
from .halls import Halls
from .passwords import hashed
from .work import Ledger, Record

OPERATOR = "operator"
"""The actor in the journal of what was done on the machine itself."""


@dataclass(frozen=True, slots=True)
class NewHall:
    id: str
    name: Text
    zone: str
    admin: str
    """The first administrator's user name."""
    admin_name: str


class NotDone(Exception):
    """Why it was not done, and what to do."""


def planned(new: NewHall) -> Hall:
    """The hall as it begins: the usual services, guidance, catalogue and calendar; no counters, no notices,
    and shut until its manager has set it up."""
    usual = hall_from(json.loads(DEMO_HALL.read_text(encoding="utf-8")))
    return replace(
        usual, id=new.id, name=new.name, zone=new.zone, counters={}, notices=(), complaint_phone="", shut=True
    )


async def open_hall(engine: Engine, clock: Clock, new: NewHall) -> str:
    """Make the hall; its administrator's password, which stands nowhere else. Raises NotDone."""
    hall, password = planned(new), secrets.token_urlsafe(9)
    with engine.begin() as connection:
        if people.find_staff(connection, new.admin) is not None:
            raise NotDone(f"there is a user {new.admin} already: choose another name")
        make_hall(connection, hall, hall.day(clock()))
        people.save_staff(
            connection,
            people.StaffMember(
                user=new.admin,
                hall=hall.id,
                name=new.admin_name,
                badge="",
                duty=Text(zh="", en=""),
                roles=("admin", "manager"),
                password=hashed(password),
            ),
        )
    await _noted(
        engine, clock, hall.id, lambda ledger: ledger.note("hall.opened", hall.id, {"by": "machine"})
    )
    return password


async def new_password(engine: Engine, clock: Clock, user: str) -> str:
    """A new password for ``user``, whose sign-ins all end. Raises NotDone."""
    password = secrets.token_urlsafe(9)
    with engine.begin() as connection:
        member = people.find_staff(connection, user)
    if member is None:
        raise NotDone(f"there is no user {user}")
    if not member.active:
        raise NotDone(f"{user} may not sign in any more: a manager gives the right back under 人员")
    kept = hashed(password)

    def change(ledger: Ledger) -> None:
        people.save_staff(ledger.connection, replace(member, password=kept))
        people.end_sessions_of(ledger.connection, user)
        ledger.note("staff.changed", user, {"new_password": True, "by": "machine"})

    await _noted(engine, clock, member.hall, change)
    return password


async def _noted(engine: Engine, clock: Clock, hall: str, change: Callable[[Ledger], None]) -> None:
    halls = Halls(engine, clock, "")
    await halls.start()

    def write(ledger: Ledger) -> str | Refusal:
        change(ledger)
        return ""

    try:
        await halls.writer(hall).perform(Record(OPERATOR, write))
    finally:
        await halls.stop()
