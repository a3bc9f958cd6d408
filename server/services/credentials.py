"""Who may sign what and until when (资格), who was trained in what (培训), and what of all that lapses."""

from __future__ import annotations

import asyncio
import uuid
from datetime import date, timedelta

from sqlalchemy import Connection

from server.domain import lab as rules
from server.domain.hall import Hall
from server.domain.lab import Credential
from server.domain.refusal import Refusal
from server.protocol import lab_book as k
from server.protocol.language import both
from server.protocol.views import Text
from server.store import credentials, equipment, people

from . import lab_sentences as s
from .halls import Halls
from .people import Who
from .staff_names import names
from .work import Ledger, Once, Record


class Credentials:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls

    async def people(self, hall: str) -> k.PeopleView:
        """The people at the benches, their credentials and training, and the due list."""
        of = self._halls.floor(hall).hall
        today = of.day(self._halls.now())
        return await asyncio.to_thread(self._halls.read, lambda at: _view(at, of, today))

    async def put(self, hall: str, id: str, body: k.CredentialBody, who: Who, once: Once | None) -> str:
        """Enter a credential (``id`` empty) or say it anew; answers its id.

        Raises Refused: staff_unknown, credential_unknown; bad_request, for what ends before it begins.
        """
        new = id or uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            connection = ledger.connection
            member = people.find_staff(connection, body.user)
            if member is None or member.hall != hall:
                return Refusal("staff_unknown")
            if body.until < body.since:
                return Refusal("bad_request", {"where": "until"})
            stray = [item for item in body.items if item not in ledger.floor.hall.offer.catalogue.items]
            if stray:
                return Refusal("item_unknown", {"item": stray[0]})
            if id and credentials.find(connection, hall, id) is None:
                return Refusal("credential_unknown")
            made = Credential(
                id=new,
                hall=hall,
                user=body.user,
                kind=body.kind,
                number=body.number,
                items=frozenset(body.items),
                title=body.title,
                since=body.since,
                until=body.until,
            )
            (credentials.save if id else credentials.add)(connection, made)
            ledger.note("credential.changed" if id else "credential.added", new, body.model_dump(mode="json"))
            return new

        return (await self._halls.writer(hall).perform(Record(who.id, change, 201, once))).body

    async def remove(self, hall: str, id: str, who: Who, once: Once | None) -> None:
        """It was entered by mistake, or was withdrawn. Raises Refused: credential_unknown."""

        def change(ledger: Ledger) -> str | Refusal:
            one = credentials.find(ledger.connection, hall, id)
            if one is None:
                return Refusal("credential_unknown")
            credentials.remove(ledger.connection, id)
            ledger.note("credential.removed", id, {"user": one.user, "kind": one.kind, "number": one.number})
            return ""

        await self._halls.writer(hall).perform(Record(who.id, change, 204, once))


def _view(connection: Connection, hall: Hall, today: date) -> k.PeopleView:
    staff = [one for one in people.list_staff(connection, hall.id)]
    held = credentials.of_hall(connection, hall.id)
    having = {one.user for one in held}
    called = names(connection, hall)
    soon = today + timedelta(days=hall.offer.lab.due_days)

    def state(one: Credential) -> str:
        if one.since > today:
            return "later"
        return "lapsed" if one.until < today else "soon" if one.until <= soon else "valid"

    return k.PeopleView(
        people=tuple(
            k.PersonAtBench(user=one.user, name=one.name, duty=one.duty, active=one.active)
            for one in staff
            if "lab" in one.roles or one.user in having
        ),
        credentials=tuple(
            k.CredentialView.model_validate(
                {
                    "id": one.id,
                    "user": one.user,
                    "name": called.staff.get(one.user, one.user),
                    "kind": one.kind,
                    "number": one.number,
                    "items": tuple(sorted(one.items)),
                    "title": one.title,
                    "since": one.since,
                    "until": one.until,
                    "state": state(one),
                }
            )
            for one in held
        ),
        due=tuple(due_rows(connection, hall, today)),
    )


def due_rows(connection: Connection, hall: Hall, today: date) -> list[k.DueRow]:
    """What has lapsed or will soon: credentials, training, traceability, intermediate checks; first first."""
    called = names(connection, hall)
    days = hall.offer.lab.due_days
    limit = today + timedelta(days=days)
    rows = [
        k.DueRow(
            what="training" if one.kind == "training" else "credential",
            name=both("server", s.CREDENTIALS[one.kind]),
            detail=" ".join(part for part in (one.title, one.number) if part),
            who=called.staff.get(one.user, one.user),
            until=one.until,
            lapsed=one.until < today,
        )
        for one in rules.lapsing(credentials.of_hall(connection, hall.id), today, days)
    ]
    for one in equipment.of_hall(connection, hall.id):
        if one.state == "out_of_service":
            continue
        if one.until is not None and one.until <= limit:
            rows.append(
                _of_equipment("traceability", one.name, one.certificate, one.number, one.until, today)
            )
        due = one.check_due()
        if due is not None and due <= limit:
            rows.append(_of_equipment("check", one.name, "", one.number, due, today))
    return sorted(rows, key=lambda one: (one.until, one.what, one.who))


def _of_equipment(what: str, name: Text, detail: str, number: str, until: date, today: date) -> k.DueRow:
    return k.DueRow.model_validate(
        {
            "what": what,
            "name": name,
            "detail": detail,
            "who": number,
            "until": until,
            "lapsed": until < today,
        }
    )
