"""Tickets as the server answers them, for the tests of what is printed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hardware.printers.base import Sheet, Width
from kiosk.alone import GivenAlone
from kiosk.printouts import Facts, compose_ticket
from server.protocol.views import Text, TicketIssued, WaitRange
from tests.ui import kiosk_visits as visits

HALL_ZONE = timezone(timedelta(hours=8))
URL = "http://192.0.2.20:8600/t/7K3M9QX2ABCDEFGH2345"
SLOT = (
    datetime(2026, 11, 21, 9, 30, tzinfo=HALL_ZONE),
    datetime(2026, 11, 21, 10, 0, tzinfo=HALL_ZONE),
)
PRINTED_AT = datetime(2026, 11, 21, 2, 15, tzinfo=UTC)

ORDINARY: dict[str, Any] = {
    "id": "1",
    "code": "7K3M9QX2ABCDEFGH2345",
    "number": "A016",
    "service": "accept",
    "service_name": Text(zh="立等受理", en="While-you-wait"),
    "state": "waiting",
    "priority": "ordinary",
    "language": "zh",
    "ahead": 6,
    "wait": WaitRange(low=10, high=15),
    "issued_at": datetime(2026, 11, 21, 9, 3, tzinfo=HALL_ZONE),
    "url": URL,
    "hall_name": Text(zh="计量检定服务大厅", en="Metrology Service Hall"),
    "bring": Text(
        zh="请备好：送检器具、铭牌清晰、联系电话。",
        en="Have ready: the instrument, a legible nameplate, your phone number.",
    ),
    "missed_rule": Text(
        zh="过号了请告诉工作人员，再叫3位就轮到您。",
        en="Missed your call? Tell the staff: it is your turn again after 3 others.",
    ),
    "complaint_phone": "12345",
}

LONG: dict[str, Any] = {
    "number": "G1024",
    "service_name": Text(
        zh="医疗卫生机构强制检定计量器具集中受理（血压计、心电图机）",
        en="Medical compulsory verification, batch acceptance (blood-pressure gauges, ECG)",
    ),
    "ahead": 128,
    "wait": WaitRange(low=90, high=150),
    "bring": Text(
        zh="请备好：送检器具及附件、上一周期检定证书、单位介绍信、经办人身份证、委托检定协议书（一式两份，加盖公章）；"
        "水银血压计请竖直放置，勿倒置。",
        en="",
    ),
}


def ticket(**changes: Any) -> TicketIssued:
    return TicketIssued(**(ORDINARY | changes))


def alone(*, booked: bool, **changes: Any) -> GivenAlone:
    """A number that was given without the server; ``booked``: for a voucher."""
    return GivenAlone(**(ORDINARY | changes), slot=SLOT if booked else None)


def composed(
    one: TicketIssued, width_mm: Width = 80, *, reprint: bool = False, visit: Facts | None = None
) -> Sheet:
    return compose_ticket(one, width_mm=width_mm, printed_at=PRINTED_AT, reprint=reprint, visit=visit)


def facts(*, left: bool = False, booked: bool = True) -> Facts:
    """What a ticket was taken for: done while one waits, or ``left`` there; ``booked`` or not."""
    order = visits.order(visits.LEFT if left else visits.LINES)
    if left:
        order = order.model_copy(update={"verdict": visits.VERDICT_LEFT})
    return Facts(order, SLOT if booked else None)
