"""A hall's set-up, changed by its manager; every change is a line in the journal."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from server.domain import upkeep
from server.domain.commands import TakeBackNumbers
from server.domain.floor import Floor
from server.domain.hall import Counter, Hall, Hours, Rules, Service
from server.domain.refusal import Refusal
from server.protocol import admin as a
from server.protocol.commands import DeviceStatus, Emergency, Saying
from server.protocol.views import Text
from server.store import people
from server.store.engine import reading

from .halls import Halls
from .passwords import hashed
from .people import People, Who, new_device_token
from .work import Answer, Ledger, Note, Once, Rearrange, Record

SECRETS = 32
SILENT = timedelta(seconds=90)
"""A device that has not reported for so long is offline (it reports every 30 s)."""


def _text(named: a.Named | a.Told | Saying) -> Text:
    return Text(zh=named.zh, en=named.en)


def settings_view(hall: Hall) -> a.HallSettings:
    hours = hall.hours
    rules = {name: getattr(hall.rules, name) for name in Rules.__dataclass_fields__}
    return a.HallSettings.model_validate(
        {
            "name": hall.name.model_dump(),
            "zone": hall.zone,
            "hours": hours
            and {
                "opens": f"{hours.opens:%H:%M}",
                "closes": f"{hours.closes:%H:%M}",
                "weekdays": sorted(hours.weekdays),
            },
            "shut": hall.shut,
            "complaint_phone": hall.complaint_phone,
            "notices": [_page(page) for page in hall.notices],
            "guidance": [_page(page) for page in hall.guidance],
            "rules": {**rules, "head_starts": dict(hall.rules.head_starts)},
        }
    )


def _page(page: tuple[Text, Text]) -> dict[str, Any]:
    return {"title": page[0].model_dump(), "body": page[1].model_dump()}


def service_view(one: Service) -> a.ServiceSettings:
    return a.ServiceSettings.model_validate(
        {
            "id": one.id,
            "name": one.name.model_dump(),
            "prefix": one.prefix,
            "minutes": one.minutes,
            "bring": one.bring.model_dump(),
            "about": one.about.model_dump(),
            "green": one.green,
            "active": one.active,
        }
    )


def counter_view(one: Counter) -> a.CounterSettings:
    functions = [{"service": service, "tier": tier} for service, tier in one.functions]
    return a.CounterSettings.model_validate(
        {"number": one.number, "name": one.name.model_dump(), "functions": functions, "active": one.active}
    )


def _service(body: a.ServiceSettings) -> Service:
    return Service(
        id=body.id,
        name=_text(body.name),
        prefix=body.prefix,
        minutes=body.minutes,
        bring=_text(body.bring),
        about=_text(body.about),
        green=body.green,
        active=body.active,
    )


def _counter(body: a.CounterSettings) -> Counter:
    functions = tuple((one.service, one.tier) for one in body.functions)
    return Counter(body.number, _text(body.name), functions, body.active)


class Setup:
    """What a manager may do to a hall."""

    def __init__(self, halls: Halls, people_: People) -> None:
        self._halls = halls
        self._people = people_
        self._secrets = Secrets()
        self.parts_changed = asyncio.Event()
        """A device has told of a change here: whoever watches over alarms looks at once."""

    # The hall's own set-up ----------------------------------------------------------------------

    async def put_service(self, hall: str, body: a.ServiceSettings, who: Who, new: bool, once: Once) -> None:
        def change(floor: Floor) -> Hall | Refusal:
            known = floor.hall.services
            if new and body.id in known:
                return Refusal("already_exists", {"name": body.id})
            if not new and body.id not in known:
                return Refusal("service_unknown", {"service": body.id})
            return replace(floor.hall, services={**known, body.id: _service(body)})

        kind = "service.added" if new else "service.changed"
        await self._rearrange(hall, who, kind, body.id, body.model_dump(mode="json"), change, once)

    async def put_counter(self, hall: str, body: a.CounterSettings, who: Who, new: bool, once: Once) -> None:
        def change(floor: Floor) -> Hall | Refusal:
            known = floor.hall.counters
            if new and body.number in known:
                return Refusal("already_exists", {"name": body.number})
            if not new and body.number not in known:
                return Refusal("counter_unknown", {"counter": body.number})
            if any(one.service not in floor.hall.services for one in body.functions):
                return Refusal("service_unknown")
            if not body.active and floor.post(body.number).staff is not None:
                return Refusal("in_use", {"name": body.number})
            return replace(floor.hall, counters={**known, body.number: _counter(body)})

        kind = "counter.added" if new else "counter.changed"
        await self._rearrange(hall, who, kind, body.number, body.model_dump(mode="json"), change, once)

    async def put_settings(self, hall: str, body: a.HallSettings, who: Who, once: Once) -> None:
        opening = body.hours
        hours = None
        if opening is not None:
            opens, closes = time.fromisoformat(opening.opens), time.fromisoformat(opening.closes)
            hours = Hours(opens, closes, frozenset(opening.weekdays))

        def change(floor: Floor) -> Hall | Refusal:
            return replace(
                floor.hall,
                name=_text(body.name),
                zone=body.zone,
                hours=hours,
                shut=body.shut,
                complaint_phone=body.complaint_phone,
                notices=tuple((_text(page.title), _text(page.body)) for page in body.notices),
                guidance=tuple((_text(page.title), _text(page.body)) for page in body.guidance),
                rules=Rules(**body.rules.model_dump()),
            )

        await self._rearrange(hall, who, "hall.changed", hall, body.model_dump(mode="json"), change, once)

    async def set_emergency(self, hall: str, body: Emergency, who: Who, once: Once | None) -> None:
        def change(floor: Floor) -> Hall | Refusal:
            return replace(floor.hall, emergency=_text(body.text) if body.text else None)

        kind = "emergency.set" if body.text else "emergency.lifted"
        await self._rearrange(hall, who, kind, hall, body.model_dump(mode="json"), change, once)

    async def _rearrange(
        self,
        hall: str,
        who: Who,
        kind: str,
        subject: str,
        payload: dict[str, Any],
        change: Callable[[Floor], Hall | Refusal],
        once: Once | None,
    ) -> None:
        work = Rearrange(who.id, kind, subject, payload, change, once)
        await self._halls.writer(hall).perform(work)

    # Staff ------------------------------------------------------------------------------------

    async def staff(self, hall: str) -> list[a.StaffAnswer]:
        return [_staff_answer(one) for one in await asyncio.to_thread(self._list_staff, hall)]

    async def put_staff(
        self, hall: str, body: a.StaffSettings, who: Who, new: bool, once: Once
    ) -> a.StaffAnswer:
        """Add or change a staff member. Only an administrator may make or touch an administrator."""
        password = secrets.token_urlsafe(9) if new or body.new_password else None
        kept = await asyncio.to_thread(hashed, password) if password else None

        def write(ledger: Ledger) -> str | Refusal:
            connection = ledger.connection
            known = people.find_staff(connection, body.user)
            refused = _not_this_member(known, hall, body, who, new) or _still_sitting(ledger.floor, body)
            if refused is not None:
                return refused
            member = people.StaffMember(
                user=body.user,
                hall=hall,
                name=body.name,
                badge=body.badge,
                duty=_text(body.duty),
                roles=body.roles,
                password=kept or (known.password if known else ""),
                active=body.active,
            )
            people.save_staff(connection, member)
            if not body.active or kept:
                people.end_sessions_of(connection, body.user)
            payload = {"roles": list(body.roles), "active": body.active, "new_password": bool(password)}
            ledger.note("staff.added" if new else "staff.changed", body.user, payload)
            return _staff_answer(member).model_dump_json()

        answer = await self._record(hall, Record(who.id, write, 201, once))
        secret = self._secrets.of(who, once, password, answer.replayed)
        return a.StaffAnswer.model_validate_json(answer.body).model_copy(update={"password": secret})

    # Devices ----------------------------------------------------------------------------------

    async def devices(self, hall: str) -> list[a.DeviceAnswer]:
        return [self.device_answer(one) for one in await asyncio.to_thread(self._list_devices, hall)]

    async def add_device(self, hall: str, body: a.DeviceSettings, who: Who, once: Once) -> a.DeviceAnswer:
        """Add a device, or give the revoked one of that name a new token."""
        token = new_device_token(body.name)
        kept = await asyncio.to_thread(hashed, token)
        device = people.Device(body.name, hall, body.kind, kept, token_at=self._halls.now())

        def write(ledger: Ledger) -> str | Refusal:
            connection = ledger.connection
            known = people.find_device(connection, body.name)
            if known is not None and (known.active or known.hall != hall):
                return Refusal("already_exists", {"name": body.name})
            (people.renew_device if known else people.add_device)(connection, device)
            ledger.note("device.added", body.name, {"kind": body.kind})
            return self.device_answer(device).model_dump_json()

        answer = await self._record(hall, Record(who.id, write, 201, once))
        secret = self._secrets.of(who, once, token, answer.replayed)
        return a.DeviceAnswer.model_validate_json(answer.body).model_copy(update={"token": secret})

    async def revoke_device(self, hall: str, name: str, who: Who) -> None:
        def write(ledger: Ledger) -> str | Refusal:
            connection = ledger.connection
            device = people.find_device(connection, name)
            if device is None or device.hall != hall:
                return Refusal("device_unknown")
            people.set_device_active(connection, name, False)
            ledger.act(TakeBackNumbers(name))
            ledger.note("device.revoked", name, {})
            return ""

        await self._record(hall, Record(who.id, write, 204))

    async def _record(self, hall: str, work: Record) -> Answer:
        answer = await self._halls.writer(hall).perform(work)
        self._people.forget()
        return answer

    async def report(self, who: Who, status: DeviceStatus) -> None:
        """A device says how it is; a change of a part's state goes into the journal."""
        before, after = (upkeep.words(one) for one in (await self._seen_as(who, status), status))
        for part in upkeep.TOLD:
            if before[part] != after[part]:
                note = Note(who.id, f"device.{part}", who.user, {"was": before[part], "is": after[part]})
                await self._halls.writer(who.hall).perform(note)
        if before != after:
            self.parts_changed.set()

    async def _seen_as(self, who: Who, status: DeviceStatus) -> DeviceStatus:
        return await asyncio.to_thread(self._seen, who.user, status)

    def device_answer(self, device: people.Device) -> a.DeviceAnswer:
        status = DeviceStatus.model_validate(json.loads(device.status))
        now = self._halls.now()
        online = device.seen_at is not None and now - device.seen_at <= SILENT
        local = self._halls.floor(device.hall).hall.local
        broken = {"offline": "printer_offline", "none": None, "ready": None}
        # What keeps a printer from printing comes before paper that is only low.
        alarms = [broken.get(one, one) for one in (status.printer, status.certificates)]
        worst = next((one for one in alarms if one not in (None, "paper_low")), None)
        alarm = (worst or alarms[0] or alarms[1]) if online else "offline"
        return a.DeviceAnswer.model_validate(
            {
                "name": device.name,
                "kind": device.kind,
                "active": device.active,
                "seen_at": local(device.seen_at) if device.seen_at else None,
                "online": online,
                "version": status.version,
                "printer": status.printer,
                "detail": status.detail,
                "alarm": alarm if device.active else None,
            }
        )

    # Below: in worker threads.

    def _list_staff(self, hall: str) -> list[people.StaffMember]:
        with reading(self._halls.engine).begin() as connection:
            return people.list_staff(connection, hall)

    def _list_devices(self, hall: str) -> list[people.Device]:
        with reading(self._halls.engine).begin() as connection:
            return people.list_devices(connection, hall)

    def _seen(self, name: str, status: DeviceStatus) -> DeviceStatus:
        """How it was before."""
        now = self._halls.now()
        with self._halls.engine.begin() as connection:
            device = people.find_device(connection, name)
            before = DeviceStatus.model_validate(json.loads(device.status)) if device else DeviceStatus()
            known = upkeep.read_since(device.part_since) if device else {}
            since = upkeep.since(before, known, status, now)
            people.device_seen(connection, name, now, status.model_dump_json(), upkeep.write_since(since))
        return before


def _staff_answer(member: people.StaffMember) -> a.StaffAnswer:
    return a.StaffAnswer(
        user=member.user,
        name=member.name,
        badge=member.badge,
        duty=member.duty,
        roles=member.roles,
        active=member.active,
    )


def _not_this_member(
    known: people.StaffMember | None, hall: str, body: a.StaffSettings, who: Who, new: bool
) -> Refusal | None:
    if new and known is not None:
        return Refusal("already_exists", {"name": body.user})
    if not new and (known is None or known.hall != hall):
        return Refusal("staff_unknown")
    administrator = "admin" in body.roles or (known is not None and "admin" in known.roles)
    return Refusal("forbidden") if administrator and not who.is_("admin") else None


def _still_sitting(floor: Floor, body: a.StaffSettings) -> Refusal | None:
    """Nobody who is gone can leave a counter: who sits at one must leave it first."""
    sitting = not body.active and floor.post_of(body.user) is not None
    return Refusal("in_use", {"name": body.user}) if sitting else None


class Secrets:
    """Passwords and tokens made lately, for those whose answer was lost on the way and who ask again.

    They are kept by this process only, the newest few, and never written down.
    """

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, str], str] = OrderedDict()

    def of(self, who: Who, once: Once, made: str | None, replayed: bool) -> str | None:
        """The secret of this answer: ``made`` now, or at the first asking (None: forgotten since)."""
        key = (who.id, once.key)
        if replayed:
            return self._made.get(key)
        if made is not None:
            self._made[key] = made
        while len(self._made) > SECRETS:
            self._made.popitem(last=False)
        return made
