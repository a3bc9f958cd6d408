"""Labels and certificates in a storm: a kiosk that prints both, and a lab that signs results all the while.

In a hall of their own beside the demo's. At the end each label that was told of is counted once, each copy of
a certificate too, and each certificate that was drafted has been issued once, under a number of its own.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from server.domain.refusal import Refusal
from server.services.halls import Halls
from server.services.work import Ledger, Record
from server.store import journal
from server.store import tables as t
from server.store.engine import open_engine, reading
from tests.certified import concluded
from tests.load.halls import BROUGHT, SLOT, Place, furnish

from .accounts import every_answer_is_kept
from .crowd import Book, Client, Team
from .processes import Served

PIECES = 2
EVERY = 0.8
"""Seconds between two results that the lab signs."""
MOST = 400
"""Certificates at most: making one takes as long as some kills."""


@dataclass(slots=True)
class Cases:
    """What was handed in, as the kiosk and the lab know it."""

    orders: list[tuple[str, str, str]] = field(default_factory=list)
    """Order, voucher, phone's tail."""
    signed: list[str] = field(default_factory=list)
    """Orders with a signed result."""


class Printer(Client):
    """A kiosk: checks people in, prints their labels and certificates, and tells what became of each."""

    def __init__(self, place: Place, cases: Cases, *other: Any) -> None:
        super().__init__(*other)
        self._place = place
        self._cases = cases
        self._hall = f"/halls/{place.id}"

    def work(self) -> None:
        chance = self.dice.random()
        if chance < 0.4 or not self._cases.signed:
            self._check_in()
        else:
            self._certificate()

    def end(self) -> None:
        """Nothing is left undone at a kiosk."""

    def _check_in(self) -> None:
        phone = f"139{self.dice.randrange(10**8):08d}"
        lines = [{"item": BROUGHT, "pieces": PIECES}]
        customer = {"type": "sole_trader", "name": "某", "company": "某某店", "phone": phone}
        body = {"day": self._place.day, "slot": SLOT, "lines": lines, "customer": customer}
        read = {"acknowledged": {BROUGHT: 1}, "consent": "1"}
        booked = self.ask(f"{self._hall}/appointments", body | read)
        assert booked.status == 201, booked
        came = self.ask(f"{self._hall}/check-ins", {"code": booked.body["code"]})
        assert came.status == 201, came
        order = came.body["order"]
        self._cases.orders.append((order["id"], booked.body["code"], phone[-4:]))
        for label in order["labels"]:
            outcome = "printed" if self.dice.random() < 0.9 else "failed"
            told = self.ask(f"/orders/{order['id']}/prints", {"outcome": outcome, "codes": [label["code"]]})
            assert told.status == 204, told

    def _certificate(self) -> None:
        order = self.dice.choice(self._cases.signed)
        proof = next({"code": code, "tail": tail} for id, code, tail in self._cases.orders if id == order)
        found = self.ask(f"{self._hall}/certificates/find", proof)
        assert found.status == 200, found
        for one in found.body["certificates"]:
            if one["state"] != "issued":
                continue
            job = self.ask(f"/certificates/{one['id']}/prints", proof)
            if job.status != 201:
                assert job.body["code"] == "quota_used", job
                continue
            outcome = self.dice.choice(("printed", "printed", "failed"))
            told = self.ask(f"/prints/{job.body['id']}", {"outcome": outcome})
            assert told.status == 204, told


class Lab:
    """Signs a result now and then: a second process on the same tables, as far as the server can tell."""

    def __init__(self, database: str, place: Place, cases: Cases) -> None:
        self._database = database
        self._place = place
        self._cases = cases
        self._stopping = threading.Event()
        self.signed = 0
        self._thread = threading.Thread(target=lambda: asyncio.run(self._work()))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(60)
        assert not self._thread.is_alive()

    async def _work(self) -> None:
        engine = open_engine(self._database)
        halls = Halls(engine, lambda: datetime.now(UTC), "http://hall.test")
        await halls.start()
        done: set[tuple[str, int]] = set()
        try:
            while not self._stopping.is_set() and len(done) < MOST:
                await asyncio.sleep(EVERY)
                waiting = [
                    (order, n)
                    for order, _, _ in self._cases.orders
                    for n in range(1, PIECES + 1)
                    if (order, n) not in done
                ]
                if waiting:
                    await self._sign(halls, *waiting[0])
                    done.add(waiting[0])
                    self.signed = len(done)
        finally:
            await halls.stop()
            engine.dispose()

    async def _sign(self, halls: Halls, order: str, position: int) -> None:
        def change(ledger: Ledger) -> str | Refusal:
            made = concluded(ledger, order, position)
            return made if isinstance(made, Refusal) else ""

        await halls.writer(self._place.id).perform(Record("server", change))
        if order not in self._cases.signed:
            self._cases.signed.append(order)


class Papers(Team):
    """The kiosk and the lab."""

    def __init__(self, database: str, servers: Sequence[Served], seed: int) -> None:
        super().__init__()
        [self.place] = furnish(database, 1, 1, 1)
        self._database = database
        self._cases = Cases()
        [(name, token)] = self.place.kiosks.items()
        who = (name, f"device:{name}", token, servers, self.book, random.Random(seed))
        self._clients.append(Printer(self.place, self._cases, *who))
        self.lab = Lab(database, self.place, self._cases)

    def start(self) -> None:
        super().start()
        self.lab.start()

    def stop(self) -> Book:
        self.lab.stop()
        return super().stop()

    def issued(self) -> bool:
        """Whether nothing is left to be made."""
        engine = open_engine(self._database)
        try:
            with reading(engine).begin() as connection:
                open_ones = connection.scalar(
                    select(func.count())
                    .select_from(t.certificates)
                    .where(t.certificates.c.state == "drafted")
                )
            return open_ones == 0
        finally:
            engine.dispose()


@dataclass(frozen=True, slots=True)
class Counted:
    """What came out."""

    labels: int
    copies: int
    certificates: int


def count(database: str, papers: Papers) -> Counted:
    """Hold the tables against what was answered. Fails on any label, copy or certificate miscounted."""
    book, hall = papers.book, papers.place.id
    engine = open_engine(database)
    try:
        with reading(engine).begin() as connection:
            assert journal.check(connection, hall) is None, "the journal's chain is broken"
            every_answer_is_kept(connection, Book([one for one in book.answers if "/find" not in one.path]))
            lines = connection.execute(select(t.journal).where(t.journal.c.hall == hall)).all()
            jobs = connection.execute(select(t.prints)).all()
            certificates = connection.execute(select(t.certificates)).all()
            files = set(connection.scalars(select(t.files.c.id)))
            samples = set(connection.scalars(select(t.samples.c.code)))
    finally:
        engine.dispose()
    done = [one for one in book.answers if one.status < 300]
    told = Tally(one.path.split("/")[2] for one in done if one.path.startswith("/orders/"))
    labels = [row for row in lines if row.kind.startswith("labels.")]
    assert Tally(row.subject for row in labels) == told, "labels miscounted"
    for row in labels:
        assert set(json.loads(row.payload)["codes"]) <= samples
    given = [label for one in done if one.path.endswith("/check-ins") for label in codes_in(one.body)]
    assert len(set(given)) == len(given) == len(samples), "a label given twice, or for nobody"
    assert set(given) == samples
    asked = [one.body["id"] for one in done if one.path.startswith("/certificates/")]
    assert sorted(asked) == sorted(row.id for row in jobs), "a copy set aside twice, or none"
    ended = Tally(one.path.split("/")[2] for one in done if one.path.startswith("/prints/"))
    assert ended == Tally(row.id for row in jobs if row.outcome != "printing"), "a copy's end was lost"
    issued = Tally(row.subject for row in lines if row.kind == "certificate.issued")
    assert issued == Tally(row.sample for row in certificates if row.state == "issued"), "issued twice"
    assert set(issued.values()) <= {1}
    assert len(certificates) == papers.lab.signed == len(issued), "signed, and not issued"
    assert len({row.number for row in certificates}) == len(certificates)
    assert {row.file for row in certificates} <= files
    assert len({row.file for row in certificates}) == len(files), "a file of no certificate"
    return Counted(sum(told.values()), len(jobs), len(certificates))


def codes_in(came: Any) -> list[str]:
    return [label["code"] for label in came["order"]["labels"]]
