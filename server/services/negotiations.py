"""Faults and what the customer says to them (故障协商): asked, answered by page or phone, escalated, done.

While an answer is waited for the sample rests and the promise's clock stands. What the customer agreed to is
done by the lab's people; what goes back untested is signed for by the supervisor and by the customer.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from server.domain import negotiation as rules
from server.domain.custody import CUSTOMER
from server.domain.hall import Hall
from server.domain.negotiation import Negotiation
from server.domain.refusal import Refusal
from server.domain.results import NOTHING, Result
from server.protocol import lab as l
from server.store import files, fulfilments, negotiations, orders, pauses, results
from server.store.engine import reading

from . import signing
from .bookings import Asker
from .case_finding import find_piece
from .halls import Halls
from .offering import item_name
from .people import Who
from .pickups import at_the_counter
from .proofs import Proofs
from .refused import Refused, refuse
from .staff_names import names
from .stages import move, settle
from .threads import seen_through
from .work import Ledger, Once, Record

log = logging.getLogger(__name__)

ACTOR: Final = "server"
LOOK: Final = 5.0
"""Seconds between two looks at the hall's clock."""
EVERY: Final = timedelta(minutes=1)
CLOSES: Final = time(17, 0)
"""When the last day of an answer ends, where the hall names no hours."""

Change = Callable[[Ledger], str | Refusal]


def answer_due(hall: Hall, now: datetime) -> datetime:
    """Until when an answer is waited for: the close of the last of the working days that are given."""
    day = hall.offer.calendar.after(hall.day(now), hall.offer.lab.reply_days)
    closes = hall.hours.closes if hall.hours else CLOSES
    return hall.local(now).replace(
        year=day.year,
        month=day.month,
        day=day.day,
        hour=closes.hour,
        minute=closes.minute,
        second=0,
        microsecond=0,
    )


class Negotiations:
    def __init__(self, halls: Halls, proofs: Proofs) -> None:
        self._halls = halls
        self._proofs = proofs

    # Asking ------------------------------------------------------------------------------------

    async def hold(self, hall: str, code: str, body: l.Hold, who: Who, once: Once | None) -> None:
        """A fault was found while testing: the sample is held and its customer is asked.

        Raises Refused: sample_unknown, sample_state, file_bad.
        """
        id = uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            connection = ledger.connection
            sample = find_piece(connection, hall, code)
            if isinstance(sample, Refusal):
                return sample
            known = {photo for photo, _, _ in files.of_subject(connection, hall, sample.code)}
            if not set(body.photos) <= known:
                return Refusal("file_bad")
            one = Negotiation(
                id=id,
                hall=hall,
                order=sample.order,
                sample=sample.code,
                state="proposed",
                fault=body.fault,
                options=body.options,
                opened_at=ledger.now,
                opened_by=who.user,
                due_at=answer_due(ledger.floor.hall, ledger.now),
            )
            negotiations.add(connection, one)
            pauses.begin(connection, hall, one.order, "negotiation", ledger.now, one.sample)
            moved = move(
                ledger, sample, "hold", question=id, options=list(body.options), photos=list(body.photos)
            )
            if isinstance(moved, Refusal):
                return moved
            _settle(ledger, sample)
            return id

        await self._perform(hall, who.id, change, once)

    async def propose(self, hall: str, id: str, body: l.Propose, who: Who, once: Once | None) -> str:
        """Ask anew, after a no or when nobody answered; answers the sample's code.

        Raises Refused: negotiation_unknown, negotiation_over.
        """

        def change(ledger: Ledger) -> str | Refusal:
            one = _known(ledger.connection, hall, id)
            if isinstance(one, Refusal):
                return one
            due = answer_due(ledger.floor.hall, ledger.now)
            anew = rules.proposed(one, body.fault, body.options, due)
            if isinstance(anew, Refusal):
                return anew
            _put(ledger, anew, "question.asked", options=list(body.options))
            pauses.begin(ledger.connection, hall, one.order, "negotiation", ledger.now, one.sample)
            return one.sample

        return await self._perform(hall, who.id, change, once)

    # Answering ---------------------------------------------------------------------------------

    async def answer(self, id: str, body: l.AnswerBody, asker: Asker, once: Once | None) -> None:
        """What the customer says: with proof of the case, or told to staff on the phone.

        Raises Refused: negotiation_unknown, negotiation_over, option_unknown, too_many_requests, forbidden.
        """
        one = await asyncio.to_thread(self._halls.read, lambda at: negotiations.find(at, id))
        by = CUSTOMER
        if asker.who is not None and asker.who.is_("clerk", "lab", "manager", "admin"):
            if one is None or one.hall != asker.who.hall:
                raise refuse("negotiation_unknown")
            by = asker.who.user
        else:
            await self._proven(one, body, asker)
            assert one is not None  # noqa: S101 - there is no proof of what is not there

        def change(ledger: Ledger) -> str | Refusal:
            now_is = negotiations.find(ledger.connection, id)
            if now_is is None:
                return Refusal("negotiation_unknown")
            said = rules.answered(now_is, body.option, body.remark, by, ledger.now)
            if isinstance(said, Refusal):
                return said
            how = "page" if by == CUSTOMER else "staff"
            _put(ledger, said, "question.answered", answer=body.option, how=how)
            pauses.end(ledger.connection, said.order, "negotiation", ledger.now, said.sample)
            return ""

        await self._perform(one.hall, asker.actor, change, once)

    async def _proven(self, one: Negotiation | None, body: l.AnswerBody, asker: Asker) -> None:
        """The case of ``one`` is that of the proof; one answer for whatever is wrong with it."""
        try:
            found = await self._proofs.find(body.code, body.tail, asker, staff_without=False)
        except Refused as refused:
            if refused.refusal.code == "too_many_requests":
                raise
            raise refuse("negotiation_unknown") from None
        if one is None or not found.proven or found.order.id != one.order:
            raise refuse("negotiation_unknown")

    # Doing -------------------------------------------------------------------------------------

    async def sign(self, hall: str, id: str, body: l.SignReturn, who: Who, once: Once | None) -> str:
        """Sign for what goes back untested; answers the sample's code.

        Raises Refused: negotiation_unknown, negotiation_open, negotiation_over; forbidden, for a supervisor's
        signature by somebody who is none.
        """
        if body.role == "supervisor" and not who.is_("manager", "admin"):
            raise refuse("forbidden")

        def change(ledger: Ledger) -> str | Refusal:
            one = _known(ledger.connection, hall, id)
            if isinstance(one, Refusal):
                return one
            if one.state != "agreed":
                return Refusal("negotiation_over" if one.state == "executed" else "negotiation_open")
            if not one.signed(body.role):
                mark = rules.Signature(body.role, who.user, ledger.now)
                signed = replace(one, signatures=(*one.signatures, mark))
                _put(ledger, signed, "question.signed", role=body.role)
            return one.sample

        return await self._perform(hall, who.id, change, once)

    async def execute(self, hall: str, id: str, who: Who, once: Once | None) -> str:
        """Do what the customer agreed to; answers the sample's code.

        Raises Refused: negotiation_unknown, negotiation_open, negotiation_over, signature_needed,
        wrong_custodian, credential_missing, not_in_force, sample_state.
        """
        result_id = uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            connection = ledger.connection
            one = _known(connection, hall, id)
            if isinstance(one, Refusal):
                return one
            done = rules.executed(one, ledger.now)
            if isinstance(done, Refusal):
                return done
            ended, what = done
            sample = orders.find_sample(connection, hall, code=one.sample)
            if sample is None:
                return Refusal("sample_unknown")
            _put(ledger, ended, "question.executed", answer=one.answer)
            if what == "judge":
                judged = _judged(ledger, sample, one, who, result_id)
                if isinstance(judged, Refusal):
                    return judged
            elif what == "give_back":
                # Whoever gives it back has it: nothing changes hands behind somebody's back.
                if not at_the_counter(sample.holder, who.user):
                    called = names(connection, ledger.floor.hall).holder(sample.holder).name
                    return Refusal("wrong_custodian", {"holder": called})
                sample = replace(sample, holder=CUSTOMER, held_since=ledger.now)
            moved = move(ledger, sample, what, question=id, by=who.user)
            if isinstance(moved, Refusal):
                return moved
            _settle(ledger, moved)
            return sample.code

        return await self._perform(hall, who.id, change, once)

    # Seeing ------------------------------------------------------------------------------------

    async def listed(self, hall: str) -> list[l.QuestionRow]:
        """The questions that are open, those due first."""
        of = self._halls.floor(hall).hall

        def find(at: Connection) -> list[l.QuestionRow]:
            return views(at, of, negotiations.in_states(at, hall, rules.OPEN))

        return await asyncio.to_thread(self._halls.read, find)

    # Time --------------------------------------------------------------------------------------

    async def look(self) -> None:
        """Mark the questions whose time is over, in every hall."""
        halls, now = self._halls.ids(), self._halls.now()

        def over() -> list[str]:
            with reading(self._halls.engine).begin() as connection:
                return negotiations.overdue(connection, halls, now)

        for hall in await seen_through(over):
            await self._halls.writer(hall).perform(Record(ACTOR, _escalate))

    async def _perform(self, hall: str, actor: str, change: Change, once: Once | None) -> str:
        return (await self._halls.writer(hall).perform(Record(actor, change, 200, once))).body


class Watch:
    """Looks regularly after questions whose time is over."""

    def __init__(self, halls: Halls, asked: Negotiations) -> None:
        self._halls = halls
        self._asked = asked
        self._next: datetime | None = None

    async def run(self) -> None:
        while True:
            now = self._halls.now()
            if self._next is None or now >= self._next:
                self._next = now + EVERY
                try:
                    await self._asked.look()
                except (SQLAlchemyError, Refused) as error:
                    log.warning("questions could not be looked through: %s", type(error).__name__)
                except Exception:
                    log.exception("questions could not be looked through; the next round tries again")
            await asyncio.sleep(LOOK)


def views(connection: Connection, hall: Hall, found: Sequence[Negotiation]) -> list[l.QuestionRow]:
    told = []
    for one in found:
        sample = orders.find_sample(connection, hall.id, code=one.sample)
        order = orders.find(connection, id=one.order)
        back = one.answer in ("return_untested", "other_institution")
        told.append(
            l.QuestionRow(
                id=one.id,
                sample=one.sample,
                order=order.number if order else "",
                item=item_name(hall, sample.item if sample else ""),
                state=one.state,
                fault=one.fault,
                options=one.options,
                answer=one.answer,
                remark=one.remark,
                opened_at=one.opened_at,
                due_at=one.due_at,
                escalated=one.escalated_at is not None,
                answered_at=one.answered_at,
                by_customer=one.answered_by == CUSTOMER,
                needs_signatures=one.state == "agreed" and back,
                signed=tuple(mark.role for mark in one.signatures),
            )
        )
    return told


# In the hall's transaction ----------------------------------------------------------------------


def _known(connection: Connection, hall: str, id: str) -> Negotiation | Refusal:
    one = negotiations.find(connection, id)
    return one if one is not None and one.hall == hall else Refusal("negotiation_unknown")


def _put(ledger: Ledger, one: Negotiation, kind: str, **facts: object) -> None:
    negotiations.save(ledger.connection, one)
    ledger.note(kind, one.sample, {"question": one.id, "state": one.state, **facts})
    ledger.touch(one.order)


def _escalate(ledger: Ledger) -> str | Refusal:
    hall = ledger.floor.hall.id
    for one in negotiations.in_states(ledger.connection, hall, ("proposed",)):
        late = rules.timed_out(one, ledger.now)
        if late is not None:
            _put(ledger, late, "question.timed_out")
    return ""


def _judged(ledger: Ledger, sample: orders.Sample, one: Negotiation, who: Who, id: str) -> Result | Refusal:
    """The result that says 不合格 for the fault, signed by who carries it out as its 检定员."""
    hall, connection = ledger.floor.hall, ledger.connection
    item = hall.offer.catalogue.items.get(sample.item)
    if item is None:
        return Refusal("item_unknown", {"item": sample.item})
    day = hall.day(ledger.now)
    against = signing.may_sign(connection, hall, who.user, "verifier", item, day)
    if against is not None:
        return against
    edition = signing.edition(item, day)
    if isinstance(edition, Refusal):
        return edition
    versions = results.of_sample(connection, sample.code)
    draft = versions[-1] if versions and versions[-1].state == "draft" else None
    content = replace(draft.content if draft else NOTHING, remark=one.fault)
    made = Result(
        id=draft.id if draft else id,
        hall=hall.id,
        sample=sample.code,
        version=draft.version if draft else len(versions) + 1,
        state="tested",
        content=content,
        regulation=edition,
        tested_on=day,
        made_at=draft.made_at if draft else ledger.now,
        changed_at=ledger.now,
        conclusion="unqualified",
        verifier=who.user,
        verified_at=ledger.now,
    )
    (results.save if draft else results.add)(connection, made)
    ledger.note(
        "result.tested", sample.code, {"result": made.id, "conclusion": "unqualified", "fault": one.id}
    )
    sound = signing.sound(ledger, item, sample, made)
    return sound if isinstance(sound, Refusal) else made


def _settle(ledger: Ledger, sample: orders.Sample) -> None:
    order = orders.find(ledger.connection, id=sample.order)
    if order is not None:
        settle(ledger, order, fulfilled=fulfilments.fulfilled(ledger.connection, order.id))
