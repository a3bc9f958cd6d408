"""Cases on their way through the house, moved as the use cases move them, for tests of what follows.

``accepted`` and ``walked`` do in one transaction what acceptance, the lab and the press do in many: the same
``stages.move`` and ``stages.settle``, and the same rows for certificates.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update

from server.domain.certificates import Content
from server.domain.refusal import Refusal
from server.domain.samples import Move
from server.protocol import codes
from server.protocol.views import Text
from server.protocol.words import Conclusion
from server.services import stages
from server.services.work import Ledger, Record
from server.store import orders
from server.store import tables as t
from server.store.certificates import CONTENT
from tests.servers import ServerThread

from .visits import booked, checked_in

WAY: tuple[Move, ...] = ("receive", "queue", "start", "test", "review", "conclude", "issue")
"""Of a piece that goes through without trouble, up to ready."""
STATE_AFTER: dict[str, Move] = {
    "received": "receive",
    "queued": "queue",
    "testing": "start",
    "tested": "test",
    "reviewed": "review",
    "concluded": "conclude",
    "ready": "issue",
}
CLERK = "staff:clerk1"


def change(hall: ServerThread, do: Callable[[Ledger], Any], actor: str = CLERK, of: str = "main") -> None:
    """``do`` in a transaction of the hall's writer."""

    def written(ledger: Ledger) -> str | Refusal:
        do(ledger)
        return ""

    hall.run(hall.app.state.core.halls.writer(of).perform(Record(actor, written)))


def handed_in(hall: ServerThread, **other: Any) -> Any:
    """The CheckedIn of a booked visit of the shop with two lensmeters (or as ``other`` says)."""
    return checked_in(hall, booked(hall, **other)["code"])


def accepted(hall: ServerThread, case: Any, sections: Sequence[str] = ("光学",)) -> str:
    """Acceptance of all pieces; answers the order's id. Sections take turns among the pieces."""
    id: str = case["order"]["id"]

    def do(ledger: Ledger) -> None:
        order = orders.find(ledger.connection, id=id)
        assert order is not None
        today = ledger.floor.hall.day(ledger.now)
        due = ledger.floor.hall.offer.calendar.after(today, 5)
        for sample in orders.samples(ledger.connection, id):
            section = sections[(sample.position - 1) % len(sections)]
            move(ledger, replace(sample, holder="staff:clerk1", section=section, due=due), "receive")
        stages.settle(ledger, replace(order, state="accepted", accepted_at=ledger.now, due=due))

    change(hall, do)
    return id


def move(ledger: Ledger, sample: orders.Sample, what: Move, **facts: Any) -> orders.Sample:
    moved = stages.move(ledger, sample, what, **facts)
    assert isinstance(moved, orders.Sample), moved
    return moved


def walked(
    hall: ServerThread,
    order: str,
    upto: str = "ready",
    positions: Sequence[int] | None = None,
    conclusion: Conclusion = "qualified",
) -> None:
    """Take the pieces on their way up to the state ``upto``, whatever they have behind them."""
    last = WAY.index(STATE_AFTER[upto])

    def do(ledger: Ledger) -> None:
        for sample in orders.samples(ledger.connection, order):
            if positions is not None and sample.position not in positions:
                continue
            one = sample
            for what in WAY[: last + 1]:
                if WAY.index(what) <= _reached(one.state):
                    continue
                if what == "conclude":
                    one = replace(one, conclusion=conclusion)
                    add_certificate(ledger, one)
                if what == "issue":
                    issue(ledger, one.code)
                one = move(ledger, one, what)
        found = orders.find(ledger.connection, id=order)
        assert found is not None
        stages.settle(ledger, found)

    change(hall, do)


def _reached(state: str) -> int:
    return WAY.index(STATE_AFTER[state]) if state in STATE_AFTER else -1


def add_certificate(ledger: Ledger, sample: orders.Sample, state: str = "drafted") -> str:
    """A result and its certificate, without contents: their own tests are elsewhere."""
    result, certificate = uuid.uuid4().hex, uuid.uuid4().hex
    today = ledger.floor.hall.day(ledger.now)
    version = len(
        ledger.connection.execute(select(t.results.c.id).where(t.results.c.sample == sample.code)).all()
    )
    ledger.connection.execute(
        insert(t.results).values(
            id=result,
            hall=sample.hall,
            sample=sample.code,
            version=version + 1,
            state="approved",
            source="",
            content="{}",
            regulation="JJG 580-2005",
            tested_on=today,
            conclusion=sample.conclusion,
            verifier="verifier1",
            reviewer="reviewer1",
            approver="approver1",
            made_at=ledger.now,
            changed_at=ledger.now,
        )
    )
    good = sample.conclusion == "qualified"
    ledger.connection.execute(
        insert(t.certificates).values(
            id=certificate,
            hall=sample.hall,
            order=sample.order,
            sample=sample.code,
            result=result,
            number=f"T-{certificate[:12]}",
            code=codes.code_of("Z", secrets.randbits(80)),
            kind="verification" if good else "failure_notice",
            state=state,
            content=CONTENT.dump_json(content_of(ledger, sample)).decode(),
            signed=False,
            made_at=ledger.now,
            valid_until=date(today.year + 1, today.month, today.day) if good else None,
            reason="",
            # Claimed for ever: the press shall leave it alone.
            next_at=ledger.now.replace(year=ledger.now.year + 50),
        )
    )
    return certificate


def content_of(ledger: Ledger, sample: orders.Sample) -> Content:
    """What stands on it, as far as anybody reads it here."""
    hall, today = ledger.floor.hall, ledger.floor.hall.day(ledger.now)
    return Content(
        institution=hall.name,
        address=Text(zh="", en=""),
        postcode="",
        phone="",
        authorisation="",
        client="明亮眼镜店",
        who="明***店",
        item=hall.offer.catalogue.items[sample.item].name,
        model="",
        serial=sample.serial,
        maker="",
        regulation="JJG 580-2005",
        conclusion=sample.conclusion or "qualified",
        verifier="",
        reviewer="",
        approver="",
        tested_on=today,
        approved_on=today,
        valid_until=None,
        room=None,
        place="",
    )


def issue(ledger: Ledger, sample: str) -> None:
    table = t.certificates.c
    ledger.connection.execute(
        update(t.certificates)
        .where(table.sample == sample, table.state == "drafted")
        .values(state="issued", issued_at=ledger.now)
    )


def ready(hall: ServerThread, case: Any = None, **other: Any) -> tuple[Any, str]:
    """(the CheckedIn, its order's id) of a case that is ready to be collected."""
    one = case or handed_in(hall, **other)
    order = accepted(hall, one)
    walked(hall, order)
    return one, order


def shelve(hall: ServerThread, order: str) -> None:
    """All pieces lie on a shelf: anybody at the counter may take them from there."""

    def do(ledger: Ledger) -> None:
        for sample in orders.samples(ledger.connection, order):
            orders.save_sample(ledger.connection, replace(sample, holder="shelf:pickup"))
        ledger.note("test.shelved", order, {})

    change(hall, do)


def rows(hall: ServerThread, statement: Any) -> list[Any]:
    return hall.app.state.core.halls.read(lambda at: at.execute(statement).all())


def pickup(hall: ServerThread, order: str) -> Any:
    """The row of the order's newest pick-up code."""
    table = t.pickups.c
    return rows(hall, select(t.pickups).where(table.order == order).order_by(table.made_at))[-1]


def labels(case: Any) -> list[str]:
    return [one["code"] for one in case["order"]["labels"]]


def write(hall: ServerThread, statement: Any) -> None:
    """Change the tables past all rules, as no use case does."""
    hall.app.state.core.halls.write(lambda at: at.execute(statement))
