"""The maintenance log (维护记录): who did what to which machine; as a list and as a table to take away."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection

from server.domain.hall import Hall
from server.domain.refusal import Refusal
from server.protocol import devices as d
from server.protocol.language import catalogue
from server.protocol.words import Language
from server.store import alarms, people, upkeep
from server.store.upkeep import Upkeep

from . import sheets
from .alarm_sentences import device_name
from .alarms import end, take
from .halls import Halls
from .people import Who
from .staff_names import Names, names
from .work import Ledger, Once, Record


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


LISTED: Final = 200
IN_A_TABLE: Final = 20_000
"""Lines of a table at most: the newest."""
KINDS: Final[Mapping[d.UpkeepKind, str]] = {
    "check": _("巡检"),
    "cleaning": _("清洁"),
    "paper": _("换纸"),
    "repair": _("维修"),
    "exchange": _("更换"),
    "other": _("其他"),
}
HEADS: Final = (_("日期时间"), _("设备"), _("设备名称"), _("类别"), _("内容"), _("经手人"), _("对应告警"))
YES: Final = _("是")


class UpkeepLog:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls

    async def enter(self, hall: str, body: d.UpkeepDone, who: Who, once: Once | None) -> d.UpkeepLine:
        """A line for the log; an alarm that it answers is taken care of, and one of numbers that do not fit
        is over.

        Raises Refused: device_unknown, alarm_unknown.
        """
        id = uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            connection = ledger.connection
            device = people.find_device(connection, body.device)
            if device is None or device.hall != hall:
                return Refusal("device_unknown")
            if body.alarm is not None:
                alarm = alarms.find(connection, hall, body.alarm)
                if alarm is None or alarm.device != body.device:
                    return Refusal("alarm_unknown")
                take(ledger, alarm, who.user)
                if alarm.of_papers and alarm.until is None:
                    end(ledger, alarm, device)
            one = Upkeep(id, hall, body.device, body.kind, body.remark, who.user, ledger.now, body.alarm)
            upkeep.add(connection, one)
            facts = {"line": id, "kind": body.kind, "remark": body.remark, "alarm": body.alarm}
            ledger.note("upkeep.done", body.device, facts)
            of = ledger.floor.hall
            return _line(of, names(connection, of), one).model_dump_json()

        answer = await self._halls.writer(hall).perform(Record(who.id, change, 201, once))
        return d.UpkeepLine.model_validate_json(answer.body)

    async def listed(self, hall: str, device: str) -> list[d.UpkeepLine]:
        """The newest first; of one device, where one is named."""
        of = self._halls.floor(hall).hall

        def look(at: Connection) -> list[d.UpkeepLine]:
            called = names(at, of)
            return [_line(of, called, one) for one in upkeep.listed(at, hall, device, most=LISTED)]

        return await asyncio.to_thread(self._halls.read, look)

    async def csv(self, hall: str, language: Language) -> bytes:
        """All of the log, the newest first."""
        of = self._halls.floor(hall).hall
        say = catalogue("server", language)

        def look(at: Connection) -> bytes:
            called = names(at, of)
            kinds = {one.name: one.kind for one in people.list_devices(at, hall)}
            rows = []
            for one in upkeep.listed(at, hall, most=IN_A_TABLE):
                where = device_name(one.device, kinds.get(one.device, ""))
                rows.append(
                    (
                        f"{of.local(one.at):%Y-%m-%d %H:%M}",
                        one.device,
                        where.en if language == "en" else where.zh,
                        say(KINDS[one.kind]),
                        one.remark,
                        called.person(one.by).name,
                        say(YES) if one.alarm else "",
                    )
                )
            return sheets.write_csv([say(head) for head in HEADS], rows)

        return await asyncio.to_thread(self._halls.read, look)


def _line(hall: Hall, called: Names, one: Upkeep) -> d.UpkeepLine:
    return d.UpkeepLine(
        id=one.id,
        device=one.device,
        kind=one.kind,
        remark=one.remark,
        by=called.person(one.by).name,
        at=hall.local(one.at),
        alarm=one.alarm,
    )
