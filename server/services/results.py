"""Results of tests: drafted by the item's form, signed by 检定员, 核验员 and 批准人, then immutable.

A result that is approved changes no more. What was wrong with it is put right by a later version, which takes
its place when it is approved in turn; until then the sample is not handed out.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from server.domain import lab as rules
from server.domain.catalogue import Item
from server.domain.refusal import Refusal
from server.domain.results import NOTHING, Content, Result, Room
from server.domain.samples import Move
from server.protocol import lab as l
from server.protocol.words import Conclusion
from server.store import credentials, orders, people, results

from . import signing
from .bench import look
from .case_finding import find_piece
from .halls import Halls
from .people import Who
from .stages import move, settle
from .work import Answer, Ledger, Once, Record

Change = Callable[[Ledger], str | Refusal]
MOST = 500
"""Results that wait for a signature, told at once."""


class Results:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls

    # Drafting ----------------------------------------------------------------------------------

    async def save(self, hall: str, code: str, body: l.ResultBody, who: Who, once: Once | None) -> None:
        """Write the draft of a sample's result; it may be unfinished.

        Raises Refused: sample_unknown, sample_state, result_state, result_final, credential_missing,
        values_bad, standard_unknown, standard_out, standard_expired, not_in_force.
        """
        id = uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            found = _at_the_bench(ledger, hall, code)
            if isinstance(found, Refusal):
                return found
            sample, item = found
            draft = _draft(ledger, sample, id)
            if isinstance(draft, Refusal):
                return draft
            day = ledger.floor.hall.day(ledger.now)
            connection = ledger.connection
            against = signing.may_sign(connection, ledger.floor.hall, who.user, "verifier", item, day)
            if against is not None:
                return against
            filled = _filled(ledger, item, draft, body.values, body.standards, day, body)
            if isinstance(filled, Refusal):
                return filled
            _put(ledger, filled, "result.saved")
            return filled.id

        await self._perform(hall, who, change, once)

    async def sign_test(self, hall: str, id: str, body: l.SignTest, who: Who, once: Once | None) -> str:
        """检定员 signs; answers the sample's code.

        Raises Refused: result_unknown, result_final, result_state, credential_missing, values_bad,
        standard_needed, standard_out, standard_expired, climate_missing, climate_unfit, not_in_force,
        not_authorised, sample_state.
        """

        def change(ledger: Ledger) -> str | Refusal:
            found = _known(ledger, hall, id)
            if isinstance(found, Refusal):
                return found
            result, sample, item = found
            if result.final:
                return Refusal("result_final")
            if result.state != "draft":
                return Refusal("result_state")
            room = signing.room_of(ledger, item, sample.section)
            if isinstance(room, Refusal):
                return room
            return _tested(ledger, result, sample, item, body.conclusion, who.user, room)

        return (await self._perform(hall, who, change, once)).body

    async def review(self, hall: str, id: str, who: Who, once: Once | None) -> str:
        """核验员 signs: another person than the 检定员. Answers the sample's code.

        Raises Refused: as ``sign_test``, and same_person.
        """

        def change(ledger: Ledger) -> str | Refusal:
            found = _known(ledger, hall, id)
            if isinstance(found, Refusal):
                return found
            result, sample, item = found
            against = rules.may_review(result, who.user) or signing.may_sign(
                ledger.connection, ledger.floor.hall, who.user, "reviewer", item, result.tested_on
            )
            if against is not None:
                return against
            sound = signing.sound(ledger, item, sample, result)
            if isinstance(sound, Refusal):
                return sound
            signed = replace(sound, state="reviewed", reviewer=who.user, reviewed_at=ledger.now)
            return _signed(ledger, signed, sample, "review")

        return (await self._perform(hall, who, change, once)).body

    async def approve(self, hall: str, id: str, who: Who, once: Once | None) -> str:
        """批准人 signs: the result is final, and its certificate is drafted. Answers the sample's code.

        Raises Refused: as ``review``, and what ``certificates.draft`` refuses.
        """

        def change(ledger: Ledger) -> str | Refusal:
            found = _known(ledger, hall, id)
            if isinstance(found, Refusal):
                return found
            result, sample, item = found
            against = rules.may_approve(result, who.user) or signing.may_sign(
                ledger.connection, ledger.floor.hall, who.user, "approver", item, result.tested_on
            )
            if against is not None:
                return against
            sound = signing.sound(ledger, item, sample, result)
            if isinstance(sound, Refusal):
                return sound
            return _approved(ledger, replace(sound, approver=who.user, approved_at=ledger.now), sample)

        return (await self._perform(hall, who, change, once)).body

    async def send_back(self, hall: str, id: str, body: l.SendBack, who: Who, once: Once | None) -> str:
        """Whoever would sign next wants it tested again, and says why. Answers the sample's code.

        Raises Refused: result_unknown, result_final, result_state, reason_needed, credential_missing.
        """

        def change(ledger: Ledger) -> str | Refusal:
            found = _known(ledger, hall, id)
            if isinstance(found, Refusal):
                return found
            result, sample, item = found
            if result.final:
                return Refusal("result_final")
            if result.state not in ("tested", "reviewed"):
                return Refusal("result_state")
            if not body.reason:
                return Refusal("reason_needed")
            kind: rules.CredentialKind = "reviewer" if result.state == "tested" else "approver"
            against = signing.may_sign(
                ledger.connection, ledger.floor.hall, who.user, kind, item, result.tested_on
            )
            if against is not None:
                return against
            back = replace(
                result,
                state="draft",
                verifier="",
                verified_at=None,
                reviewer="",
                reviewed_at=None,
                changed_at=ledger.now,
            )
            _put(ledger, back, "result.sent_back", reason=body.reason)
            if not _corrects(ledger.connection, result):
                moved = move(ledger, sample, "send_back", by=who.user)
                if isinstance(moved, Refusal):
                    return moved
                _settle(ledger, sample)
            return sample.code

        return (await self._perform(hall, who, change, once)).body

    async def correct(self, hall: str, code: str, body: l.SendBack, who: Who, once: Once | None) -> None:
        """Begin a new version of an approved result; a sample that was ready is not handed out until then.

        Raises Refused: sample_unknown, result_state, reason_needed, credential_missing, not_in_force.
        """
        id = uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            found = _piece(ledger, hall, code)
            if isinstance(found, Refusal):
                return found
            sample, item = found
            versions = results.of_sample(ledger.connection, sample.code)
            if not versions or versions[-1].state != "approved":
                return Refusal("result_state")
            if not body.reason:
                return Refusal("reason_needed")
            last, day = versions[-1], ledger.floor.hall.day(ledger.now)
            connection = ledger.connection
            against = signing.may_sign(connection, ledger.floor.hall, who.user, "verifier", item, day)
            if against is not None:
                return against
            edition = signing.edition(item, day)
            if isinstance(edition, Refusal):
                return edition
            new = Result(
                id=id,
                hall=hall,
                sample=sample.code,
                version=last.version + 1,
                state="draft",
                content=replace(last.content, room=None),
                regulation=edition,
                tested_on=day,
                made_at=ledger.now,
                changed_at=ledger.now,
                conclusion=last.conclusion,
            )
            results.add(connection, new)
            note = {"result": id, "version": new.version, "replaces": last.id, "reason": body.reason}
            ledger.note("result.corrected", sample.code, note)
            if sample.state == "ready":
                moved = move(ledger, sample, "correct", result=id)
                if isinstance(moved, Refusal):
                    return moved
                _settle(ledger, sample)
            return id

        await self._perform(hall, who, change, once)

    # From another system -----------------------------------------------------------------------

    async def take(self, hall: str, body: l.PartnerResult, who: Who, once: Once | None) -> Answer:
        """A result from another system: a draft, or signed by its named 检定员; answers ResultTaken.

        Raises Refused: as ``save`` and ``sign_test``; staff_unknown; bad_request for a day to come.
        """
        id = uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            at, connection = ledger.floor.hall, ledger.connection
            found = _at_the_bench(ledger, hall, body.sample)
            if isinstance(found, Refusal):
                return found
            sample, item = found
            member = people.find_staff(connection, body.verifier)
            if member is None or member.hall != hall or not member.active:
                return Refusal("staff_unknown")
            day = body.tested_on or at.day(ledger.now)
            if day > at.day(ledger.now):
                return Refusal("bad_request", {"where": "tested_on"})
            against = signing.may_sign(connection, at, body.verifier, "verifier", item, day)
            if against is not None:
                return against
            draft = _draft(ledger, sample, id)
            if isinstance(draft, Refusal):
                return draft
            filled = _filled(ledger, item, draft, body.values, body.standards, day, body)
            if isinstance(filled, Refusal):
                return filled
            filled = replace(filled, source=who.user)
            _put(ledger, filled, "result.received", source=who.user)
            if body.conclusion is not None:
                said = body.room
                room = Room(said.celsius, said.humidity, ledger.now) if said else None
                room_or = room or signing.room_of(ledger, item, sample.section)
                if isinstance(room_or, Refusal):
                    return room_or
                signed = _tested(ledger, filled, sample, item, body.conclusion, body.verifier, room_or)
                if isinstance(signed, Refusal):
                    return signed
            made = results.find(connection, hall, filled.id) or filled
            return l.ResultTaken(
                id=made.id,
                sample=sample.code,
                version=made.version,
                state=made.state,
                conclusion=made.conclusion,
            ).model_dump_json()

        return await self._halls.writer(hall).perform(Record(who.id, change, 201, once))

    # Waiting for signatures --------------------------------------------------------------------

    async def signing(self, hall: str, who: Who) -> list[l.SigningRow]:
        """The results that ``who`` could sign next, those due first."""
        return await asyncio.to_thread(self._halls.read, lambda at: self.to_sign(at, hall, who))

    def to_sign(self, connection: Connection, hall: str, who: Who) -> list[l.SigningRow]:
        """In a worker thread."""
        of, now = self._halls.floor(hall).hall, self._halls.now()
        waiting: list[tuple[Result, orders.Sample]] = []
        held = credentials.of_hall(connection, hall, who.user)
        items = of.offer.catalogue.items
        for state, kind in SIGNS_NEXT.items():
            for result in results.in_state(connection, hall, state)[:MOST]:
                sample = orders.find_sample(connection, hall, code=result.sample)
                if sample is None or sample.item not in items or result.verifier == who.user:
                    continue
                if rules.holds(held, kind, sample.item, result.tested_on):
                    waiting.append((result, sample))
        looked = look(connection, of, [sample for _, sample in waiting], who, now)
        told = []
        for result, sample in waiting:
            row = looked.row(sample)
            tester = looked.called.staff.get(result.verifier, result.verifier)
            told.append(
                l.SigningRow(
                    sample=sample.code,
                    order=row.order,
                    item=row.item,
                    section=sample.section,
                    result=result.id,
                    state=result.state,
                    conclusion=result.conclusion,
                    tested_by=tester,
                    at=result.changed_at,
                    due=row.due,
                    colour=row.colour,
                )
            )
        return sorted(told, key=lambda one: (one.due is None, one.due or date.max, one.at))

    async def _perform(self, hall: str, who: Who, change: Change, once: Once | None) -> Answer:
        return await self._halls.writer(hall).perform(Record(who.id, change, 200, once))


SIGNS_NEXT: Mapping[str, rules.CredentialKind] = {"tested": "reviewer", "reviewed": "approver"}


# In the hall's transaction ----------------------------------------------------------------------


def _piece(ledger: Ledger, hall: str, code: str) -> tuple[orders.Sample, Item] | Refusal:
    sample = find_piece(ledger.connection, hall, code)
    if isinstance(sample, Refusal):
        return sample
    item = ledger.floor.hall.offer.catalogue.items.get(sample.item)
    return (sample, item) if item else Refusal("item_unknown", {"item": sample.item})


def _at_the_bench(ledger: Ledger, hall: str, code: str) -> tuple[orders.Sample, Item] | Refusal:
    """A piece for which a result may be drafted: it is being tested, or its result is being corrected."""
    found = _piece(ledger, hall, code)
    if isinstance(found, Refusal):
        return found
    sample, _ = found
    versions = results.of_sample(ledger.connection, sample.code)
    last = versions[-1] if versions else None
    if last is not None and last.final:
        return Refusal("result_final")
    if last is not None and last.state != "draft":
        return Refusal("result_state")
    if sample.state != "testing" and (last is None or not _corrects(ledger.connection, last)):
        return Refusal("sample_state", {"state": sample.state})
    return found


def _known(ledger: Ledger, hall: str, id: str) -> tuple[Result, orders.Sample, Item] | Refusal:
    result = results.find(ledger.connection, hall, id)
    if result is None:
        return Refusal("result_unknown")
    found = _piece(ledger, hall, result.sample)
    return found if isinstance(found, Refusal) else (result, *found)


def _corrects(connection: Connection, result: Result) -> bool:
    """Whether an approved version stands before it: then the sample's own way is behind it."""
    return any(
        one.version < result.version and one.final for one in results.of_sample(connection, result.sample)
    )


def _draft(ledger: Ledger, sample: orders.Sample, id: str) -> Result | Refusal:
    """The sample's draft as it stands, or its first, written."""
    versions = results.of_sample(ledger.connection, sample.code)
    if versions:
        return versions[-1]
    first = Result(
        id=id,
        hall=sample.hall,
        sample=sample.code,
        version=1,
        state="draft",
        content=NOTHING,
        regulation="",
        tested_on=ledger.floor.hall.day(ledger.now),
        made_at=ledger.now,
        changed_at=ledger.now,
    )
    results.add(ledger.connection, first)
    return first


def _filled(
    ledger: Ledger,
    item: Item,
    draft: Result,
    told: Mapping[str, str],
    scanned: tuple[str, ...],
    day: date,
    body: l.ResultBody | l.PartnerResult,
) -> Result | Refusal:
    """The draft with what was written on its form."""
    values = rules.read_values(item.readings, told, complete=False)
    if isinstance(values, Refusal):
        return values
    named = signing.standards_named(ledger.connection, draft.hall, scanned, day)
    if isinstance(named, Refusal):
        return named
    edition = signing.edition(item, day)
    if isinstance(edition, Refusal):
        return edition
    content = Content(
        values=values,
        standards=named,
        place=body.place,
        remark=body.remark,
        maker=body.maker,
        model=body.model,
        interval=body.interval if isinstance(body, l.ResultBody) else False,
    )
    return replace(
        draft, content=content, regulation=edition, tested_on=day, changed_at=ledger.now, conclusion=None
    )


def _tested(
    ledger: Ledger,
    result: Result,
    sample: orders.Sample,
    item: Item,
    conclusion: Conclusion,
    user: str,
    room: Room,
) -> str | Refusal:
    """``result`` signed by its 检定员."""
    told = {one.reading: one.text for one in result.content.values}
    values = rules.read_values(item.readings, told, complete=True)
    if isinstance(values, Refusal):
        return values
    against = rules.may_conclude(item, values, conclusion)
    if against is not None:
        return against
    signed = replace(
        result,
        state="tested",
        content=replace(result.content, values=values, room=room),
        conclusion=conclusion,
        verifier=user,
        verified_at=ledger.now,
    )
    sound = signing.sound(ledger, item, sample, signed)
    if isinstance(sound, Refusal):
        return sound
    return _signed(ledger, sound, sample, "test")


def _signed(ledger: Ledger, result: Result, sample: orders.Sample, what: Move) -> str | Refusal:
    """A signature is written; the sample goes on with it, unless this corrects what it has behind it."""
    _put(ledger, result, f"result.{result.state}")
    if not _corrects(ledger.connection, result):
        moved = move(ledger, sample, what, result=result.id)
        if isinstance(moved, Refusal):
            return moved
        _settle(ledger, sample)
    return sample.code


def _approved(ledger: Ledger, signed: Result, sample: orders.Sample) -> str | Refusal:
    """The last signature: earlier versions are superseded, and the certificate is drafted."""
    # The certificates' side is made beside this one; it is looked for when it is needed.
    from . import certificates

    connection = ledger.connection
    result = replace(signed, state="approved", changed_at=ledger.now)
    earlier = [one for one in results.of_sample(connection, sample.code) if one.state == "approved"]
    _put(ledger, result, "result.approved")
    for one in earlier:
        superseded = replace(one, state="superseded", changed_at=ledger.now)
        results.save(connection, superseded)
        ledger.note("result.superseded", sample.code, {"result": one.id, "by": result.id})
    concluded = replace(sample, conclusion=result.conclusion)
    if earlier:
        orders.save_sample(connection, concluded)
    else:
        moved = move(ledger, concluded, "conclude", result=result.id, conclusion=result.conclusion)
        if isinstance(moved, Refusal):
            return moved
        concluded = moved
    order = orders.find(connection, id=sample.order)
    if order is None:
        return Refusal("order_unknown")
    drafted = certificates.draft(ledger, order, concluded, result)
    if isinstance(drafted, Refusal):
        return drafted
    settle(ledger, order)
    return sample.code


def _put(ledger: Ledger, result: Result, kind: str, **facts: str) -> None:
    """``result`` as it is now, with its line in the journal."""
    results.save(ledger.connection, result)
    note = {
        "result": result.id,
        "version": result.version,
        "state": result.state,
        "conclusion": result.conclusion,
        "values": {one.reading: one.text for one in result.content.values},
        **facts,
    }
    ledger.note(kind, result.sample, note)


def _settle(ledger: Ledger, sample: orders.Sample) -> None:
    order = orders.find(ledger.connection, id=sample.order)
    if order is not None:
        settle(ledger, order)
