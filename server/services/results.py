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
from typing import Any

from sqlalchemy import Connection

from server.domain import lab as rules
from server.domain.refusal import Refusal
from server.domain.results import Result, Room
from server.protocol import lab as l
from server.store import bench, credentials, orders, people, results

from . import result_steps as steps
from . import signing
from .bench import Looked, look
from .halls import Halls
from .people import Who
from .stages import move
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
            found = steps.at_the_bench(ledger, hall, code)
            if isinstance(found, Refusal):
                return found
            sample, item = found
            draft = steps.draft(ledger, sample, id)
            if isinstance(draft, Refusal):
                return draft
            day = ledger.floor.hall.day(ledger.now)
            connection = ledger.connection
            against = signing.may_sign(connection, ledger.floor.hall, who.user, "verifier", item, day)
            if against is not None:
                return against
            filled = steps.filled(ledger, item, draft, body.values, body.standards, day, body)
            if isinstance(filled, Refusal):
                return filled
            steps.put(ledger, filled, "result.saved")
            return filled.id

        await self._perform(hall, who, change, once)

    async def sign_test(self, hall: str, id: str, body: l.SignTest, who: Who, once: Once | None) -> str:
        """检定员 signs; answers the sample's code.

        Raises Refused: result_unknown, result_final, result_state, credential_missing, values_bad,
        standard_needed, standard_out, standard_expired, climate_missing, climate_unfit, not_in_force,
        not_authorised, sample_state.
        """

        def change(ledger: Ledger) -> str | Refusal:
            found = steps.known(ledger, hall, id)
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
            return steps.tested(ledger, result, sample, item, body.conclusion, who.user, room)

        return (await self._perform(hall, who, change, once)).body

    async def review(self, hall: str, id: str, who: Who, once: Once | None) -> str:
        """核验员 signs: another person than the 检定员. Answers the sample's code.

        Raises Refused: as ``sign_test``, and same_person.
        """

        def change(ledger: Ledger) -> str | Refusal:
            found = steps.known(ledger, hall, id)
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
            return steps.sign(ledger, signed, sample, "review")

        return (await self._perform(hall, who, change, once)).body

    async def approve(self, hall: str, id: str, who: Who, once: Once | None) -> str:
        """批准人 signs: the result is final, and its certificate is drafted. Answers the sample's code.

        Raises Refused: as ``review``, and what ``certificates.draft`` refuses.
        """

        def change(ledger: Ledger) -> str | Refusal:
            found = steps.known(ledger, hall, id)
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
            return steps.approved(ledger, replace(sound, approver=who.user, approved_at=ledger.now), sample)

        return (await self._perform(hall, who, change, once)).body

    async def send_back(self, hall: str, id: str, body: l.SendBack, who: Who, once: Once | None) -> str:
        """Whoever would sign next wants it tested again, and says why. Answers the sample's code.

        Raises Refused: result_unknown, result_final, result_state, reason_needed, credential_missing.
        """

        def change(ledger: Ledger) -> str | Refusal:
            found = steps.known(ledger, hall, id)
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
            steps.put(ledger, back, "result.sent_back", reason=body.reason)
            if not steps.corrects(ledger.connection, result):
                moved = move(ledger, sample, "send_back", by=who.user)
                if isinstance(moved, Refusal):
                    return moved
                steps.settle(ledger, sample)
            return sample.code

        return (await self._perform(hall, who, change, once)).body

    async def correct(self, hall: str, code: str, body: l.SendBack, who: Who, once: Once | None) -> None:
        """Begin a new version of an approved result; a sample that was ready is not handed out until then.

        Raises Refused: sample_unknown, result_state, reason_needed, credential_missing, not_in_force.
        """
        id = uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            found = steps.piece(ledger, hall, code)
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
                steps.settle(ledger, sample)
            return id

        await self._perform(hall, who, change, once)

    # From another system -----------------------------------------------------------------------

    async def take(self, hall: str, body: l.PartnerResult, who: Who, once: Once | None) -> Answer:
        """A result from another system: a draft, or signed by its named 检定员; answers ResultTaken.

        Raises Refused: as ``save`` and ``sign_test``; staff_unknown; bad_request for a day to come, and for
        one before the sample was received.
        """
        id = uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            at, connection = ledger.floor.hall, ledger.connection
            found = steps.at_the_bench(ledger, hall, body.sample)
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
            order = orders.find(connection, id=sample.order)
            came = sample.received_at or (order.made_at if order else ledger.now)
            if day < at.day(came):
                # Nothing is tested before it is here: on such a day, what has lapsed since would still hold.
                return Refusal("bad_request", {"where": "tested_on"})
            draft = steps.draft(ledger, sample, id)
            if isinstance(draft, Refusal):
                return draft
            filled = steps.filled(ledger, item, draft, body.values, body.standards, day, body)
            if isinstance(filled, Refusal):
                return filled
            filled = replace(filled, source=who.user)
            steps.put(ledger, filled, "result.received", source=who.user)
            if body.conclusion is not None:
                said = body.room
                room = Room(said.celsius, said.humidity, ledger.now) if said else None
                room_or = room or signing.room_of(ledger, item, sample.section)
                if isinstance(room_or, Refusal):
                    return room_or
                signed = steps.tested(ledger, filled, sample, item, body.conclusion, body.verifier, room_or)
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
        of, now = self._halls.floor(hall).hall, self._halls.now()

        def read(at: Connection) -> list[l.SigningRow]:
            held = credentials.of_hall(at, hall, who.user)
            mine = [
                (result, sample)
                for result, sample in bench.waiting(at, hall, MOST)
                if result.r_verifier != who.user
                and rules.holds(held, SIGNS_NEXT[result.r_state], sample.item, result.r_tested_on)
            ]
            looked = look(at, of, [sample for _, sample in mine], who, now)
            told = [_signing_row(looked, result, sample) for result, sample in mine]
            return sorted(told, key=lambda one: (one.due is None, one.due or date.max, one.at))

        return await asyncio.to_thread(self._halls.read, read)

    def to_sign(self, connection: Connection, hall: str, who: Who) -> int:
        """How many results wait for a signature of ``who``. In a worker thread."""
        held = credentials.of_hall(connection, hall, who.user)
        return sum(
            row.results
            for row in bench.waiting_counts(connection, hall, who.user)
            if rules.holds(held, SIGNS_NEXT[row.state], row.item, row.tested_on)
        )

    async def _perform(self, hall: str, who: Who, change: Change, once: Once | None) -> Answer:
        return await self._halls.writer(hall).perform(Record(who.id, change, 200, once))


SIGNS_NEXT: Mapping[str, rules.CredentialKind] = {"tested": "reviewer", "reviewed": "approver"}


def _signing_row(looked: Looked, result: Any, sample: orders.Sample) -> l.SigningRow:
    row = looked.row(sample)
    return l.SigningRow(
        sample=sample.code,
        order=row.order,
        item=row.item,
        section=sample.section,
        result=result.r_id,
        state=result.r_state,
        conclusion=result.r_conclusion,
        tested_by=looked.called.staff.get(result.r_verifier, result.r_verifier),
        at=result.r_changed_at,
        due=row.due,
        colour=row.colour,
    )
