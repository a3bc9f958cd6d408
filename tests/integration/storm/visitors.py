"""Customers, clerks, a kiosk and another system, all after the same few places.

They book, move, give up and check in at once, sharing the vouchers: what one moves another gives up at the
same moment, and two check in with the same paper.
"""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from server.domain.catalogue import Caps
from server.domain.hall import Hall
from server.domain.slots import Slot
from server.services.demo import DEMO_HALL, make_demo
from server.store.engine import migrate, open_engine, reading
from server.store.halls import load_hall
from server.store.offers import save_offer

from .crowd import Answered, Book, Client, Team, sign_in
from .processes import Served

Credentials = dict[str, dict[str, str]]
MANY = {"server.services.bookings.BURST": 100_000}
"""All come from one address: as many of the public as a storm has."""
CAPS = {
    "lensmeter": Caps(3, 5, 9),
    "price-scale": Caps(3, 60, 150),
    "electronic-sphygmomanometer": Caps(3, 6, 200),
}
INSTEAD: Final = "refractometer"
"""What some bring instead of what they booked: one piece of it takes less room than anything booked."""
LIGHT: Final = [{"item": INSTEAD, "pieces": 1}]
TODAY: Final = ("today-1", "today-2")
LATER: Final = ("later-1", "later-2")
AHEAD = 2
"""Days ahead that are booked besides today."""
OVER = {"not_booked", "already_checked_in", "appointment_cancelled"}
AS_EXPECTED = {"slot_full", "wrong_day", *OVER}
"""What somebody is told who was not quick enough. All else would be a fault."""


def make_busy_hall(folder: Path, database: str) -> Credentials:
    """The demo hall with few places, today and on the next days; it is night there: today's are all to come.

    So the hour at which the tests run does not matter. Answers the sign-ins.
    """
    now = datetime.now(UTC)
    ahead = (2 - now.hour) % 24
    ahead -= 24 * (ahead > 12)
    plan = json.loads(DEMO_HALL.read_text(encoding="utf-8"))
    plan["zone"] = f"Etc/GMT{-ahead:+d}"
    plan["devices"].append({"name": "partner-1", "kind": "partner"})
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    migrate(database)
    engine = open_engine(database)
    made = make_demo(engine, now, folder / "plan.json")
    with engine.begin() as connection:
        hall = load_hall(connection, "main")
        assert hall is not None
        save_offer(connection, "main", replace(hall.offer, **few_places(hall, now)))
    engine.dispose()
    return {"users": made["users"], "devices": made["devices"]}


def few_places(hall: Hall, now: datetime) -> dict[str, Any]:
    today = frozenset({hall.day(now).weekday()})
    others = frozenset(range(7)) - today
    slots = [
        Slot("today-1", "accept", time(10), time(11), 320, 50, today),
        Slot("today-2", "accept", time(11), time(12), 320, 50, today),
        Slot("later-1", "accept", time(10), time(11), 70, 9, others),
        Slot("later-2", "accept", time(10), time(11), 50, 12, others),
    ]
    catalogue = hall.offer.catalogue
    items = {id: replace(one, caps=CAPS.get(id, one.caps)) for id, one in catalogue.items.items()}
    light = {"caps": Caps(1, 1000, 1000), "setup_minutes": 0, "unit_minutes": 0.5, "while_you_wait": True}
    items[INSTEAD] = replace(items[INSTEAD], **light)  # type: ignore[arg-type]
    return {
        "slots": {one.id: one for one in slots},
        "catalogue": replace(catalogue, items=items),
        "rules": replace(hall.offer.rules, horizon_days=AHEAD),
    }


@dataclass(frozen=True, slots=True)
class Voucher:
    code: str
    number: str
    tail: str
    today: bool


@dataclass(slots=True)
class Vouchers:
    """Those that were given out lately: anybody may come with any of them."""

    of: list[Voucher] = field(default_factory=list)

    def forget(self, one: Voucher) -> None:
        with contextlib.suppress(ValueError):
            self.of.remove(one)

    def pick(self, dice: random.Random, today: bool = False) -> Voucher | None:
        """One of the last few, so that others have it in hand too."""
        known = [one for one in self.of[-24:] if one.today or not today][-8:]
        return dice.choice(known) if known else None


class Visitor(Client):
    """One who books. ``trusted``: the hall's own, who need no proof and may check people in."""

    def __init__(self, trusted: bool, hall: Hall, vouchers: Vouchers, *other: Any) -> None:
        super().__init__(*other)
        self.trusted = trusted
        self._hall = hall
        self._vouchers = vouchers
        self._sent: dict[str, tuple[str, object]] = {}
        self._first_day = hall.day(datetime.now(UTC))

    def work(self) -> None:
        one = self._vouchers.pick(self.dice)
        chance = self.dice.random()
        if one is None or chance < 0.4:
            self.book_a_place()
        elif chance < 0.6:
            lines = self._lines() if self.dice.random() < 0.5 else None
            where = self._place(one.today)
            change = self._proof(one) | where | {"lines": lines, **self._read()}
            self._learn(one, self.ask("/appointments/reschedule", change))
        elif chance < 0.75 or not self.trusted:
            self._learn(one, self.ask("/appointments/cancel", self._proof(one)))
        else:
            one = self._vouchers.pick(self.dice, today=True)
            if one is not None:
                self.check_in(one, lines=LIGHT if self.dice.random() < 0.2 else None)

    def book_a_place(self, today: bool | None = None, lines: object = None) -> Voucher | None:
        """None when there was no room."""
        phone = f"139{self.dice.randrange(10**8):08d}"
        today = self.dice.random() < 0.4 if today is None else today
        body = self._place(today) | {
            "lines": lines or self._lines(),
            "customer": {"type": "sole_trader", "name": "某某甲", "phone": phone, "company": "明亮眼镜店"},
            "consent": "1",
            **self._read(),
        }
        answer = self.ask("/halls/main/appointments", body)
        if answer.status != 201:
            return None
        made = Voucher(answer.body["code"], answer.body["number"], phone[-4:], today)
        self._vouchers.of.append(made)
        return made

    def check_in(self, one: Voucher, **other: Any) -> Any:
        body = {"code": self.dice.choice((one.code, one.number)), **other}
        answer = self.ask("/halls/main/check-ins", body)
        self._learn(one, answer)
        return answer

    def _learn(self, one: Voucher, answer: Answered) -> None:
        """Who is told that a voucher is no good any more throws it away."""
        if answer.status >= 300 and answer.body["code"] in OVER:
            self._vouchers.forget(one)

    def end(self) -> None:
        """What was answered first is still answered so."""
        mine = [one for one in list(self.book.answers) if one.key in self._sent and one.status < 300]
        for one in mine[:5]:
            self._same_again(one, one.key, *self._sent[one.key])

    def _send(self, server: Served, key: str, path: str, body: object) -> tuple[int, bool, Any] | None:
        self._sent[key] = (path, body)
        return super()._send(server, key, path, body)

    def _proof(self, one: Voucher) -> dict[str, Any]:
        code = self.dice.choice((one.code, one.number))
        return {"code": code, "tail": "" if self.trusted else one.tail}

    def _place(self, today: bool) -> dict[str, str]:
        ahead = 0 if today else self.dice.randint(1, AHEAD)
        slot = self.dice.choice(TODAY if today else LATER)
        return {"day": (self._first_day + timedelta(days=ahead)).isoformat(), "slot": slot}

    def _lines(self) -> list[dict[str, object]]:
        items = self.dice.sample([*CAPS], self.dice.choice((1, 1, 2)))
        return [{"item": item, "pieces": self.dice.randint(1, 2)} for item in items]

    def _read(self) -> dict[str, Any]:
        notices = {id: self._hall.offer.catalogue.items[id].notice for id in (*CAPS, INSTEAD)}
        return {"acknowledged": {id: notice.version for id, notice in notices.items() if notice}}


class Visitors(Team):
    """Three of the public, another system, a kiosk and two clerks."""

    def __init__(self, database: str, credentials: Credentials, servers: Sequence[Served], seed: int) -> None:
        super().__init__()
        self.hall = hall_in(database)
        self.vouchers = Vouchers()
        dice = random.Random(seed)
        devices = credentials["devices"]
        names = [(f"web-{n}", "public", "") for n in range(3)]
        names += [(one, f"device:{one}", devices[one]) for one in ("partner-1", "kiosk-1")]
        for user in ("clerk1", "clerk2"):
            names.append((user, f"staff:{user}", sign_in(servers[0], user, credentials["users"][user])))
        self.people = [
            Visitor(
                name.startswith(("kiosk", "clerk")),
                self.hall,
                self.vouchers,
                name,
                actor,
                token,
                servers,
                self.book,
                random.Random(dice.random()),
            )
            for name, actor, token in names
        ]
        self._clients.extend(self.people)

    def at_desk(self, servers: Sequence[Served], which: str, seed: int) -> Visitor:
        """The kiosk or a clerk, at these servers only."""
        one = next(person for person in self.people if person.name == which)
        who = (one.name, one.actor, one.token, servers, self.book, random.Random(seed))
        return Visitor(True, self.hall, self.vouchers, *who)


def hall_in(database: str) -> Hall:
    engine = open_engine(database)
    try:
        with reading(engine).begin() as connection:
            hall = load_hall(connection, "main")
        assert hall is not None
        return hall
    finally:
        engine.dispose()


def refused_but(book: Book) -> set[str]:
    """Codes of refusals that nobody should have met."""
    return set(book.refused) - AS_EXPECTED
