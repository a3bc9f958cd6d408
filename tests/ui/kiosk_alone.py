"""The kiosk while it is cut off: what stands on its screens."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from kiosk import alone as a
from kiosk import model as m
from kiosk import visit as v
from kiosk.day_list import digest
from server.protocol.offline import ListedVoucher
from server.protocol.views import TicketIssued
from tests.ui import kiosk_visits as visits

SERVICES = ("accept", "submit", "pickup", "consult", "green")


def standing(at: datetime) -> a.Standing:
    return a.Standing(
        lent=True,
        services=SERVICES,
        vouchers=True,
        left=93,
        given=7,
        waiting=7,
        since=at - timedelta(minutes=6),
    )


def listed(at: datetime) -> ListedVoucher:
    return ListedVoucher(
        digest=digest(visits.CODE),
        starts_at=at.replace(hour=10, minute=0),
        ends_at=at.replace(hour=11, minute=0),
        service="accept",
        who="明亮****店",
        pieces=3,
    )


def given(ticket: TicketIssued, *, slot: bool = False) -> a.GivenAlone:
    """``ticket`` as this kiosk gives it by itself."""
    one = listed(ticket.issued_at)
    known = ticket.model_dump() | {"ahead": 0, "wait": {"low": 0, "high": 0}}
    return a.GivenAlone(**known, slot=(one.starts_at, one.ends_at) if slot else None)


def states(base: m.State, equipped: m.State, ticket: TicketIssued, press: m.Press) -> dict[str, m.State]:
    """``base``: a kiosk of services alone; ``equipped``: one that has everything."""
    at = ticket.issued_at
    usual = standing(at)
    some = replace(usual, services=("submit", "pickup", "consult"), left=31)
    none = replace(usual, services=(), left=0, given=100, waiting=100)
    lost = replace(equipped, link="lost", alone=usual)
    one, plain = given(ticket, slot=True), given(ticket)
    code = visits.CODE
    still = m.StillThere(m.Holding(plain, "out_of_paper", 900.0), 1012.0, 12)

    def on(screen: m.Screen, standing: a.Standing = usual) -> m.State:
        return replace(lost, screen=screen, alone=standing)

    return {
        "r0-alone-home": lost,
        "r0-alone-home-no-list": replace(lost, alone=replace(usual, vouchers=False)),
        "r0-alone-home-used-up": replace(lost, alone=none),
        "r0-alone-home-restarted": replace(lost, catalogue=None),
        "r1-alone-home-plain": replace(base, link="lost", alone=replace(usual, vouchers=False)),
        "r1-alone-home-plain-some": replace(base, link="lost", alone=replace(some, vouchers=False)),
        "r1-alone-home-plain-none": replace(base, link="lost", alone=replace(none, vouchers=False)),
        "r2-alone-services": on(v.Services()),
        "r2-alone-services-some": on(v.Services(), some),
        "r3-alone-choosing": on(m.Choosing("accept")),
        **{
            f"r4-alone-{paper}": on(m.Holding(plain, paper, 999.0))  # type: ignore[arg-type]
            for paper in ("printing", "printed", "out_of_paper", "unknown", "none")
        },
        "r5-alone-checked-in": on(m.Holding(one, "printed", 999.0)),
        "r5-alone-checked-in-no-paper": on(m.Holding(one, "none", 999.0)),
        "r5-alone-still-there": on(still),
        "r6-alone-arrived": on(a.ArrivedAlone(code, listed(at))),
        "r6-alone-arrived-used": on(a.ArrivedAlone(code, listed(at), "A017")),
        "r6-alone-arrived-unknown": on(a.ArrivedAlone(code)),
        "r6-alone-arrived-used-up": on(a.ArrivedAlone(code, listed(at)), none),
        "r7-alone-instead": on(m.Unreached(press)),
        "r8-alone-staff": on(m.StaffMenu(), replace(usual, bad=("A031", "B044"))),
        "r8-alone-staff-damaged": on(m.StaffMenu(), a.Standing(since=usual.since, damaged=True)),
        "r9-alone-after-hours": replace(lost, alone=replace(usual, over=True)),
    }
