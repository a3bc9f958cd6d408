"""Status labels (状态标识): 合格, 准用 or 停用, of verified instruments and of our own equipment.

Scanning one tells the state of now, not that of the day on which it was printed.
"""

from __future__ import annotations

import asyncio
from datetime import date

from sqlalchemy import Connection

from server.domain.equipment import Equipment
from server.domain.hall import Hall
from server.domain.refusal import Refusal
from server.protocol import certificates as c
from server.protocol import codes
from server.protocol.language import both
from server.protocol.views import Text
from server.store import certificates, equipment, orders
from server.store.certificates import Certificate

from .certificate_sentences import LABEL_WHY, LABEL_WORDS, State
from .halls import Halls
from .refused import Refused


class StatusLabels:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls

    async def of(self, hall: str, text: str) -> c.StatusLabelView:
        """The label of the piece with this identity, flow or equipment code, as it is now.

        Raises Refused: sample_unknown, equipment_unknown, certificate_not_issued.
        """
        of = self._halls.floor(hall).hall
        read = codes.read(text.strip().rstrip("/").rsplit("/", 1)[-1])
        code = read.text if isinstance(read, codes.Code) else ""
        kind = read.kind if isinstance(read, codes.Code) else ""
        today, url = of.day(self._halls.now()), self._halls.base_url

        def look(connection: Connection) -> c.StatusLabelView | Refusal:
            if kind == "E":
                one = equipment.find(connection, hall, code=code)
                return of_equipment(of, one, today, url) if one else Refusal("equipment_unknown")
            sample = orders.find_sample(connection, hall, code=code) if kind in ("S", "F") else None
            if sample is None:
                return Refusal("sample_unknown")
            issued = [
                one for one in certificates.of_sample(connection, sample.code) if one.issued_at is not None
            ]
            if not issued:
                return Refusal("certificate_not_issued")
            return of_sample(of, issued[-1], today, url)

        found = await asyncio.to_thread(self._halls.read, look)
        if isinstance(found, Refusal):
            raise Refused(found)
        return found

    async def of_any_hall(self, code: str) -> c.StatusLabelView | None:
        """The equipment with this code, in whichever hall; None: there is none."""
        for hall in self._halls.ids():
            try:
                return await self.of(hall, code)
            except Refused:
                continue
        return None


def of_sample(hall: Hall, one: Certificate, today: date, base_url: str) -> c.StatusLabelView:
    """What an instrument's present certificate makes of it."""
    state: State = "good"
    why: str = ""
    if one.state != "issued":
        state, why = "stopped", "revoked"
    elif one.content.conclusion == "unqualified":
        state, why = "stopped", "unqualified"
    elif one.valid_until is not None and one.valid_until < today:
        state, why = "stopped", "past"
    elif one.content.conclusion == "calibrated":
        state, why = "limited", "calibrated"
    return c.StatusLabelView(
        kind="sample",
        code=one.sample,
        state=state,
        word=both("server", LABEL_WORDS[state]),
        why=both("server", LABEL_WHY[why]) if why else None,
        name=one.content.item,
        number=one.number,
        on=one.content.tested_on,
        until=one.valid_until,
        hall=hall.id,
        institution=_institution(hall),
        url=f"{base_url}/again/{one.sample}",
    )


def of_equipment(hall: Hall, one: Equipment, today: date, base_url: str) -> c.StatusLabelView:
    """What a piece of the institution's own is fit for."""
    colour = one.colour(today)
    state: State = "good" if colour == "green" else "limited" if colour == "yellow" else "stopped"
    why: Text | None = None
    if state == "stopped":
        sentence = LABEL_WHY["out" if one.state == "out_of_service" else "past"]
        why = both("server", sentence)
    elif state == "limited":
        why = Text(zh=one.limited_to, en=one.limited_to) if one.limited_to else None
    return c.StatusLabelView(
        kind="equipment",
        code=one.code,
        state=state,
        word=both("server", LABEL_WORDS[state]),
        why=why,
        name=one.name,
        number=one.number,
        on=None,
        until=one.until,
        hall=hall.id,
        institution=_institution(hall),
        url=f"{base_url}/check/{one.code}",
    )


def _institution(hall: Hall) -> Text:
    return hall.offer.papers.name if hall.offer.papers.name.zh else hall.name
