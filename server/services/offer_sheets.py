"""The catalogue as a file: exported, looked at before it is imported, imported whole or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from server.domain.catalogue import Item
from server.domain.floor import Floor
from server.domain.hall import Hall
from server.domain.refusal import Refusal
from server.protocol.offer import MOST_ITEMS, SheetReport
from server.protocol.sheets import Fault
from server.protocol.views import Text

from . import sheets
from . import sheets_words as w
from .halls import Halls
from .offer import item_body, item_from
from .people import Who
from .sheets_items import COLUMNS, exported, imported
from .work import Once, Rearrange

FAULTS_TOLD = 100


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sheet would make of the catalogue: ``items`` are all of them, as they would be."""

    items: dict[str, Item]
    report: SheetReport


def planned(content: bytes, hall: Hall) -> Plan:
    """What importing ``content`` into the hall as it is would do."""
    was = dict(hall.offer.catalogue.items)
    try:
        reading = imported(sheets.read(content), hall)
    except sheets.Unreadable as error:
        return Plan(was, _report(faults=(error.fault,)))
    if reading.faults:
        return Plan(was, _report(faults=reading.faults))
    asked = {body.id: item_from(body, was.get(body.id)) for body in reading.bodies}
    made = {**was, **asked}
    if len(made) > MOST_ITEMS:
        return Plan(was, _report((w.fault(0, "", w.TOO_MANY_ITEMS, w.ITEMS_LIMIT, most=MOST_ITEMS),)))
    new = tuple(id for id in asked if id not in was)
    changed = tuple(id for id in asked if id in was and asked[id] != was[id])
    report = SheetReport(
        new=new,
        changed=changed,
        unchanged=len(asked) - len(new) - len(changed),
        kept=len(made) - len(asked),
        faults=(),
        more_faults=0,
        applied=False,
    )
    return Plan(made, report)


def _report(faults: tuple[Fault, ...]) -> SheetReport:
    return SheetReport(
        new=(),
        changed=(),
        unchanged=0,
        kept=0,
        faults=faults[:FAULTS_TOLD],
        more_faults=max(0, len(faults) - FAULTS_TOLD),
        applied=False,
    )


def refused(report: SheetReport) -> Refusal:
    """A sheet with faults, as a refusal that tells their number and the first of them."""
    first = report.faults[0]
    wrong = Text(zh=f"{first.column} {first.wrong.zh}".strip(), en=first.wrong.en)
    count = len(report.faults) + report.more_faults
    return Refusal("sheet_bad", {"count": str(count), "row": str(first.row), "wrong": wrong})


class OfferSheets:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls

    async def csv(self, hall: str) -> bytes:
        at = self._halls.floor(hall).hall
        return await asyncio.to_thread(lambda: sheets.write_csv([one.zh for one in COLUMNS], exported(at)))

    async def xlsx(self, hall: str) -> bytes:
        at = self._halls.floor(hall).hall
        heads, wide = [one.zh for one in COLUMNS], [one.wide for one in COLUMNS]
        return await asyncio.to_thread(lambda: sheets.write_xlsx("检定目录", heads, exported(at), wide))

    async def look(self, hall: str, content: bytes) -> SheetReport:
        """What importing would do now; nothing is changed."""
        plan = await asyncio.to_thread(planned, content, self._halls.floor(hall).hall)
        return plan.report

    async def take(self, hall: str, content: bytes, who: Who, once: Once) -> SheetReport:
        """Import it whole. Raises Refused: sheet_bad; nothing changed then."""
        seen = self._halls.floor(hall).hall
        before = await asyncio.to_thread(planned, content, seen)
        payload: dict[str, object] = {}
        done = [before.report]

        def change(floor: Floor) -> Hall | Refusal:
            hall = floor.hall
            # Planned beforehand, so as not to hold up the queue; anew if somebody changed the set-up since.
            same = hall.offer is seen.offer and hall.services == seen.services
            plan = before if same else planned(content, hall)
            if plan.report.faults:
                return refused(plan.report)
            done[0] = plan.report
            payload.update(_journal(plan))
            catalogue = replace(hall.offer.catalogue, items=plan.items)
            return replace(hall, offer=replace(hall.offer, catalogue=catalogue))

        work = Rearrange(who.id, "catalogue.imported", hall, payload, change, once)
        await self._halls.writer(hall).perform(work)
        return done[0].model_copy(update={"applied": True})


def _journal(plan: Plan) -> dict[str, object]:
    """What the journal keeps: the items that are new or changed, as they are from now on."""
    touched = (*plan.report.new, *plan.report.changed)
    return {
        "new": list(plan.report.new),
        "changed": list(plan.report.changed),
        "items": [item_body(plan.items[id]).model_dump(mode="json") for id in touched],
        "notices": {id: one.version for id in touched if (one := plan.items[id].notice) is not None},
    }
