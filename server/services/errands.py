"""Errands: a manager asks a device to start anew, to print, to show its screen; the device answers.

A device hears of them over its live topic and in the answer to its own report, again and again until it has
answered or ten minutes are over: it does each id once.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import uuid
from datetime import timedelta
from typing import Final

from PIL import Image
from sqlalchemy import Connection

from server.domain.hall import Hall
from server.domain.refusal import Refusal
from server.protocol import devices as d
from server.store import errands, floors, people
from server.store.errands import Errand

from .halls import Halls
from .limits import Turns
from .people import Who
from .photos import BROKEN
from .progress import Followed
from .refused import refuse
from .renewal import needs_renewal
from .staff_names import Names, names
from .work import Ledger, Once, Record

WAITED: Final = timedelta(minutes=10)
"""A device that has not answered after so long is not asked any more."""
OPEN_AT_ONCE: Final = 20
LISTED: Final = 30
PICTURE_KEPT: Final = timedelta(hours=24)
KEPT: Final = timedelta(days=180)
"""How long an errand is listed; its line in the journal stays."""
MOST_BYTES: Final = 4 * 1024 * 1024
MOST_PIXELS: Final = 9_000_000
"""A panel of 2160 × 3840 has fewer."""
LONGEST: Final = 1920
"""Pixels of the longer side that are kept."""
ACTOR: Final = "server"


def key_of(device: str) -> str:
    """How the hub knows that a device's errands have changed."""
    return f"device:{device}"


def screenshot(content: bytes) -> bytes:
    """The picture as a PNG of its own making: nothing but pixels comes along.

    Raises ValueError when it is no PNG of a screen.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as found:
            if found.width * found.height > MOST_PIXELS:
                raise ValueError("too many pixels")
            plain = found.convert("RGB")
    except BROKEN as error:
        raise ValueError("not a picture") from error
    plain.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    made = io.BytesIO()
    plain.save(made, "PNG")
    return made.getvalue()


class Errands:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls
        self._asked = Turns(halls.now, burst=30, a_minute=30)
        self._pictures = asyncio.Semaphore(1)

    # A manager ---------------------------------------------------------------------------------

    async def ask(
        self, hall: str, device: str, body: d.ErrandAsked, who: Who, once: Once | None
    ) -> d.ErrandView:
        """Ask a device of the hall for something.

        Raises Refused: device_unknown, errand_unfit, ticket_unknown, errands_full, too_many_requests.
        """
        self._asked.take(who.id)
        id = uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            refused = _unfit(ledger, hall, device, body)
            if refused is not None:
                return refused
            since = ledger.now - WAITED
            if len(errands.open_of(ledger.connection, device, since, OPEN_AT_ONCE)) >= OPEN_AT_ONCE:
                return Refusal("errands_full", {"most": str(OPEN_AT_ONCE)})
            one = Errand(id, hall, device, body.kind, body.subject, who.user, ledger.now)
            errands.add(ledger.connection, one)
            ledger.note("errand.asked", device, {"errand": id, "kind": body.kind, "subject": body.subject})
            ledger.touch(key_of(device))
            of = ledger.floor.hall
            return view(of, names(ledger.connection, of), one).model_dump_json()

        answer = await self._halls.writer(hall).perform(Record(who.id, change, 201, once))
        return d.ErrandView.model_validate_json(answer.body)

    async def listed(self, hall: str, device: str) -> list[d.ErrandView]:
        """The newest first. Raises Refused: device_unknown."""
        of = self._halls.floor(hall).hall

        def look(at: Connection) -> list[d.ErrandView] | None:
            known = people.find_device(at, device)
            if known is None or known.hall != hall:
                return None
            called = names(at, of)
            return [view(of, called, one) for one in errands.of_device(at, hall, device, LISTED)]

        found = await asyncio.to_thread(self._halls.read, look)
        if found is None:
            raise refuse("device_unknown")
        return found

    async def picture(self, hall: str, id: str) -> bytes:
        """The PNG of a screen, while it is kept. Raises Refused: not_found."""
        old = self._halls.now() - PICTURE_KEPT

        def look(at: Connection) -> bytes | None:
            one = errands.find(at, id)
            kept = one is not None and one.hall == hall and one.at >= old
            return errands.picture(at, hall, id) if kept else None

        found = await asyncio.to_thread(self._halls.read, look)
        if not found:
            raise refuse("not_found")
        return found

    # The device --------------------------------------------------------------------------------

    async def tasks(self, who: Who) -> d.DeviceTasks:
        """What the device is to do, told in answer to its report: from now on it knows."""

        found = await asyncio.to_thread(self._halls.read, lambda at: self._tasks(at, who.user))
        if found.errands:
            await asyncio.to_thread(self._halls.write, lambda at: errands.taken(at, who.user))
        return found

    async def followed(self, device: str) -> Followed | None:
        """What the device is to do, for its live topic; None: there is no such device."""

        def look(at: Connection) -> Followed | None:
            known = people.find_device(at, device)
            if known is None or not known.active:
                return None
            return Followed(key_of(device), known.hall, self._tasks(at, device))

        return await asyncio.to_thread(self._halls.read, look)

    async def ended(self, who: Who, id: str, body: d.ErrandEnded, once: Once | None) -> None:
        """The device says how it went; told again it stays as it was. Raises Refused: errand_unknown."""

        def change(ledger: Ledger) -> str | Refusal:
            one = errands.find(ledger.connection, id)
            if one is None or one.device != who.user or one.hall != who.hall:
                return Refusal("errand_unknown")
            if one.state in ("done", "failed"):
                return ""
            # One that comes late is told all the same: it was done.
            errands.end(ledger.connection, id, body.outcome, ledger.now, body.remark)
            facts = {"errand": id, "kind": one.kind, "remark": body.remark}
            ledger.note(f"errand.{body.outcome}", one.device, facts)
            ledger.touch(key_of(one.device))
            return ""

        await self._halls.writer(who.hall).perform(Record(who.id, change, 204, once))

    async def put_picture(self, who: Who, id: str, content: bytes) -> None:
        """The picture of the screen that was asked for.

        Raises Refused: errand_unknown, file_too_large, file_bad.
        """
        if len(content) > MOST_BYTES:
            raise refuse("file_too_large", most=str(MOST_BYTES // 1024 // 1024))
        # Before anything is made of the picture: whoever was not asked for one has nothing to send.
        await asyncio.to_thread(self._halls.read, lambda at: _wanted(at, who, id))
        async with self._pictures:
            try:
                plain = await asyncio.to_thread(screenshot, content)
            except ValueError:
                raise refuse("file_bad") from None

        def change(ledger: Ledger) -> str | Refusal:
            errands.put_picture(ledger.connection, id, plain)
            facts = {"errand": id, "sha256": hashlib.sha256(plain).hexdigest()}
            ledger.note("errand.pictured", who.user, facts)
            return ""

        await self._halls.writer(who.hall).perform(Record(who.id, change, 204))

    # Time --------------------------------------------------------------------------------------

    async def look(self) -> None:
        """End what no device has answered in time."""
        halls, until = self._halls.ids(), self._halls.now() - WAITED
        late = await asyncio.to_thread(self._halls.read, lambda at: errands.overdue(at, halls, until))

        def change(ledger: Ledger) -> str | Refusal:
            for one in errands.late(ledger.connection, ledger.floor.hall.id, ledger.now - WAITED):
                errands.end(ledger.connection, one.id, "over", ledger.now, "")
                ledger.note("errand.over", one.device, {"errand": one.id, "kind": one.kind})
                ledger.touch(key_of(one.device))
            return ""

        for hall in late:
            await self._halls.writer(hall).perform(Record(ACTOR, change))

    async def tidy(self) -> None:
        """Forget pictures after a day, and errands after half a year."""
        now = self._halls.now()
        await asyncio.to_thread(
            self._halls.write, lambda at: errands.forget(at, now - PICTURE_KEPT, now - KEPT)
        )

    def _tasks(self, at: Connection, device: str) -> d.DeviceTasks:
        since = self._halls.now() - WAITED
        found = errands.open_of(at, device, since, OPEN_AT_ONCE)
        known = people.find_device(at, device)
        return d.DeviceTasks(
            errands=tuple(
                d.Errand(id=one.id, kind=one.kind, subject=one.subject, at=one.at) for one in found
            ),
            renew_token=known is not None and needs_renewal(known, self._halls.now()),
        )


def view(hall: Hall, called: Names, one: Errand) -> d.ErrandView:
    return d.ErrandView(
        id=one.id,
        device=one.device,
        kind=one.kind,
        subject=one.subject,
        by=called.person(one.by).name,
        at=hall.local(one.at),
        state=one.state,
        ended_at=hall.local(one.ended_at) if one.ended_at else None,
        remark=one.remark,
        picture=f"/api/v1/halls/{hall.id}/errands/{one.id}/picture" if one.pictured else None,
    )


def _unfit(ledger: Ledger, hall: str, device: str, body: d.ErrandAsked) -> Refusal | None:
    """What stands against asking this of that device."""
    known = people.find_device(ledger.connection, device)
    if known is None or known.hall != hall or not known.active:
        return Refusal("device_unknown")
    printing = body.kind in ("reprint", "test_print")
    if known.kind not in ("kiosk", "display") or (printing and known.kind != "kiosk"):
        return Refusal("errand_unfit")
    if bool(body.subject) != (body.kind == "reprint"):
        return Refusal("bad_request", {"where": "subject"})
    if body.kind == "reprint":
        floor = ledger.floor
        if floors.find_number(ledger.connection, hall, floor.day, body.subject) is None:
            return Refusal("ticket_unknown")
    return None


def _wanted(at: Connection, who: Who, id: str) -> None:
    """Raises Refused: errand_unknown, unless this device was asked for a picture that is not there yet."""
    one = errands.find(at, id)
    if one is None or one.device != who.user or one.hall != who.hall or one.kind != "screenshot":
        raise refuse("errand_unknown")
