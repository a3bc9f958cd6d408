"""A small hall's catalogue and timetable for the rules of booking."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

from server.domain.booking import Appointment
from server.domain.calendar import Calendar
from server.domain.catalogue import Authorisation, Caps, Catalogue, Dated, Fee, Item, Notice
from server.domain.slots import Line, Slot, Timetable
from server.protocol.views import Text

DAY = date(2026, 11, 23)
"""A Monday."""
NOW = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
"""Monday, 03:00 in the hall."""
ZONE = "Asia/Shanghai"
LONG_AGO = date(2000, 1, 1)


def text(zh: str) -> Text:
    return Text(zh=zh, en=zh)


LENS = Item(
    id="lensmeter",
    name=text("焦度计"),
    field="optics",
    section="optics",
    service="accept",
    regulations=(Dated(LONG_AGO, "JJG 580-2005"),),
    caps=Caps(order=3, slot=4, day=10),
    unit_minutes=10,
    setup_minutes=5,
)
GAUGE = Item(
    id="gauge",
    name=text("血压计"),
    field="medical",
    section="pressure",
    service="accept",
    regulations=(Dated(LONG_AGO, "JJG 270-2008"),),
    caps=Caps(order=20, slot=30, day=100),
    unit_minutes=4,
    rest_minutes=120,
    cycle_months=6,
    fragile=True,
    notice=Notice(2, text("水银血压计请竖直放置。")),
)
SCALE = Item(
    id="scale",
    name=text("电子计价秤"),
    field="trade",
    section="mass",
    service="accept",
    regulations=(Dated(LONG_AGO, "JJG 539-2016"), Dated(date(2027, 1, 8), "JJG 1204-2025（试行）")),
    caps=Caps(order=50, slot=60, day=200),
    unit_minutes=6,
    kind="calibration",
    while_you_wait=False,
    for_whom=frozenset({"company", "small_company", "sole_trader"}),
    fees=(
        Dated(LONG_AGO, Fee(Decimal(80))),
        Dated(date(2026, 12, 1), Fee(Decimal(80), 50, text("减半收费"))),
    ),
)
PUMP = Item(
    id="pump",
    name=text("燃油加油机"),
    field="fuel",
    section="flow",
    service="submit",
    regulations=(Dated(LONG_AGO, "JJG 443-2023"),),
    caps=Caps(1, 1, 1),
    unit_minutes=60,
    mode="on_site",
)
ITEMS = {item.id: item for item in (LENS, GAUGE, SCALE, PUMP)}
LICENCE = Authorisation("法计（2024）001", frozenset(ITEMS), date(2024, 1, 1), date(2028, 12, 31))
CATALOGUE = Catalogue(items=ITEMS, authorisations=(LICENCE,))
MORNING = Slot("am", "accept", time(9), time(10), minutes=60, pieces=8)
NOON = Slot("noon", "accept", time(11), time(12), minutes=60, pieces=8)
TABLE = Timetable(ZONE, Calendar(announced=frozenset({2026})), CATALOGUE, {"am": MORNING, "noon": NOON})


def lines(**pieces: int) -> tuple[Line, ...]:
    return tuple(Line(item, count) for item, count in pieces.items())


def appointment(**facts: object) -> Appointment:
    start, end = MORNING.span(DAY, ZONE)
    plain: dict[str, object] = {
        "id": "1",
        "code": "V",
        "number": "1",
        "hall": "main",
        "service": "accept",
        "day": DAY,
        "slot": "am",
        "starts_at": start,
        "ends_at": end,
        "lines": lines(lensmeter=1),
        "customer": "c1",
        "customer_type": "company",
        "channel": "web",
        "state": "booked",
        "made_at": NOW,
    }
    return Appointment(**{**plain, **facts})  # type: ignore[arg-type]
