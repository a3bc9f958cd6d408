"""The press: makes, signs and issues what was drafted, beside the requests, in every server process.

A certificate is claimed in the table, made in a thread outside the hall's transaction, and issued in one
transaction with its file: whoever stores first has issued it, and what another process made of the same draft
is thrown away. A process that dies in between leaves a claim whose lease ends by itself. So each is issued
exactly once, under the number that it was drafted with, in the order of drafting.
"""

from __future__ import annotations

import asyncio
import logging
import random
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from server.domain.certificates import Made, Sheet
from server.domain.refusal import Refusal
from server.store import certificates, files, orders
from server.store.certificates import Certificate

from .certificates import supersede
from .halls import Halls
from .refused import Refused
from .stages import move, settle
from .threads import seen_through
from .work import Ledger, Record

log = logging.getLogger(__name__)

POLL = 1.0
"""Seconds after which it is looked whether another process drafted something."""
GAP = 0.05
"""Seconds between looks, however much changes in the halls."""
BATCH = 8
LEASE = timedelta(seconds=60)
"""After which a claimed certificate of which nothing was heard may be made by somebody else."""
FIRST_WAIT, LONGEST_WAIT = 5.0, 900.0
"""Seconds before another try of what could not be made; doubled each time."""
ACTOR = "server"


class Maker(Protocol):
    """Makes the file of a certificate: ``server.certificates.making``. In any thread."""

    def make(self, sheet: Sheet) -> Made:
        """The file. Raises whatever stands against it, such as a token that was pulled."""


class Press:
    """Runs in every server process."""

    def __init__(self, halls: Halls, maker: Maker, dice: Callable[[], float] = random.random) -> None:
        self._halls = halls
        self._maker = maker
        self._dice = dice
        self._woken = asyncio.Event()
        self._lost = False

    def wake(self) -> None:
        """Something changed in a hall: look at once."""
        self._woken.set()

    async def run(self) -> None:
        """Make what is drafted until cancelled; what is being made then is finished or left to its lease."""
        if self._halls.engine.dialect.name == "sqlite":
            # One server has the file: claims that stand in it are of one that is gone.
            await seen_through(lambda: self._halls.write(certificates.let_go))
        while True:
            self._woken.clear()
            try:
                if await self.look():
                    continue
            except Exception:
                # Whatever it was, the certificates that come after it must not wait for ever.
                log.exception("the press stumbled; the next round tries again")
            try:
                async with asyncio.timeout(POLL):
                    await self._woken.wait()
            except TimeoutError:
                continue
            await asyncio.sleep(GAP)

    async def settle(self) -> None:
        """Make all that can be made now, and go on when it is issued or put off."""
        while await self.look():
            pass

    async def look(self) -> bool:
        """Make a batch of what is drafted; whether there was any."""
        try:
            token, claimed = await seen_through(self._claim)
        except SQLAlchemyError as error:
            if not self._lost:
                log.error("certificates cannot be read: %s", error.__cause__ or error)
            self._lost = True
            return False
        if self._lost:
            log.warning("certificates can be read again")
        self._lost = False
        for one in claimed:
            await self._one(one, token)
        return bool(claimed)

    async def _one(self, one: Certificate, token: str) -> None:
        sheet = sheet_of(one, self._halls)
        try:
            made = await seen_through(lambda: self._maker.make(sheet))
        except Exception as error:
            fault = type(error).__name__
            if one.tries == 0:
                log.error("certificate %s could not be made: %s", one.number, fault, exc_info=error)
            await self._put_off(one, token, fault)
            return
        file = files.File(
            id=uuid.uuid4().hex,
            hall=one.hall,
            kind="certificate",
            subject=one.id,
            media="application/pdf",
            content=made.pdf,
            made_at=sheet.at,
            made_by=ACTOR,
        )
        try:
            await self._halls.writer(one.hall).perform(
                Record(ACTOR, lambda ledger: issue(ledger, one.id, file, made))
            )
        except (Refused, SQLAlchemyError) as error:
            log.error("certificate %s could not be issued: %s", one.number, error)
            await self._put_off(one, token, "store")

    async def _put_off(self, one: Certificate, token: str, fault: str) -> None:
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(one.tries, 16)) * (1 + self._dice() / 4)
        at = self._halls.now() + timedelta(seconds=wait)
        try:
            await seen_through(
                lambda: self._halls.write(
                    lambda connection: certificates.postpone(connection, one.id, token, at, fault[:80])
                )
            )
        except SQLAlchemyError:
            # Its lease will end.
            log.error("certificate %s could not be put off", one.number)

    # Below: in worker threads.

    def _claim(self) -> tuple[str, list[Certificate]]:
        halls, now = self._halls.ids(), self._halls.now()
        token = uuid.uuid4().hex
        if not self._halls.read(lambda at: certificates.waits(at, halls, now)):
            return token, []
        claimed = self._halls.write(lambda at: certificates.claim(at, halls, token, now, now + LEASE, BATCH))
        return token, claimed


def sheet_of(one: Certificate, halls: Halls) -> Sheet:
    """What is to be made of a draft, now."""
    url = f"{halls.base_url}/check/{one.code}"
    return Sheet(one.number, one.kind, one.code, url, halls.now(), one.content)


def issue(ledger: Ledger, id: str, file: files.File, made: Made) -> str | Refusal:
    """The drafted certificate with its file, issued; what it replaces is superseded, its sample is ready.

    Nothing happens where it was issued already.
    """
    connection = ledger.connection
    one = certificates.find(connection, id=id)
    if one is None or one.state != "drafted":
        return ""
    files.add(connection, file)
    issued = replace(
        one,
        state="issued",
        file=file.id,
        signed=made.signed,
        pages=made.pages,
        issued_at=ledger.now,
        next_at=None,
        claim=None,
        fault="",
    )
    certificates.save(connection, issued)
    facts = {"certificate": one.id, "number": one.number, "signed": made.signed, "sha256": file.sha256}
    ledger.note("certificate.issued", one.sample, facts)
    for old in certificates.of_sample(connection, one.sample):
        if old.id != one.id and old.state == "issued":
            supersede(ledger, old, one.id)
    sample = orders.find_sample(connection, one.hall, code=one.sample)
    order = orders.find(connection, id=one.order)
    if sample is not None and order is not None and sample.state == "concluded":
        moved = move(ledger, sample, "issue", certificate=one.id)
        if isinstance(moved, Refusal):
            return moved
        settle(ledger, order)
    return ""
