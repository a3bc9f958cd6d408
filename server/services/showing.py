"""Appointments, orders and labels as those with proof of them see them: the customer only masked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias, cast

from sqlalchemy import Connection

from server.domain.booking import Appointment, may_change
from server.domain.customers import mask, mask_phone
from server.domain.eligibility import Verdict
from server.domain.hall import Hall
from server.protocol import booking as b
from server.protocol.language import both
from server.protocol.views import Text
from server.store import bookings, floors, journal, orders
from server.store.halls import unpack

from . import sentences as s
from .offering import item_name, judge, line_view, verdict_view

STAGES: dict[str, b.Stage] = {
    "appointment.booked": "booked",
    "appointment.moved": "moved",
    "appointment.cancelled": "cancelled",
    "appointment.checked_in": "checked_in",
    "order.registered": "registered",
    "labels.printed": "labelled",
}
"""Kinds of journal lines that are stages of a visit."""
Moment: TypeAlias = tuple[b.Stage, datetime]
AHEAD: tuple[b.Stage, ...] = ("checked_in", "registered", "labelled", "ready", "collected")
"""Stages that are still to come, in order, until the journal has them."""


def timeline(
    connection: Connection, hall: Hall, subjects: Iterable[str], just_now: Sequence[Moment], *, over: bool
) -> tuple[b.Step, ...]:
    """The stages of one case: those of its journal with their time, then those to come.

    ``subjects``: the ids of its appointment and its order. ``just_now``: what the same transaction adds.
    ``over``: nothing more will come.
    """
    lines = [
        (line.seq, STAGES[line.kind], _when(line))
        for subject in subjects
        for line in journal.history(connection, hall.id, subject)
        if line.kind in STAGES
    ]
    moments = [(kind, at) for _, kind, at in sorted(lines)] + list(just_now)
    done = [b.Step(kind=kind, at=hall.local(at), text=both("server", s.STAGES[kind])) for kind, at in moments]
    if over:
        return tuple(done)
    reached = {step.kind for step in done}
    missing = (kind for kind in AHEAD if kind not in reached)
    return (*done, *(b.Step(kind=kind, at=None, text=both("server", s.STAGES[kind])) for kind in missing))


def _when(line: Any) -> datetime:
    """When it was: a check-in without the server is written down later, with its true time in the line."""
    told = unpack(line.payload).get("at") if line.kind == "appointment.checked_in" else None
    return datetime.fromisoformat(told) if told else cast(datetime, line.at)


def appointment_view(
    connection: Connection,
    hall: Hall,
    base_url: str,
    one: Appointment,
    now: datetime,
    just_now: b.Stage | None = None,
) -> b.AppointmentView:
    """``just_now``: the stage that the same transaction reaches."""
    rules = hall.offer.rules
    customer = bookings.find_customer(connection, one.customer)
    order = orders.find(connection, appointment=one.id)
    ticket = floors.find_ticket(connection, id=one.ticket) if one.ticket else None
    lines = tuple(line for line, _ in order.lines) if order else one.lines
    known = [line for line in lines if line.item in hall.offer.catalogue.items]
    said = judge(hall, known, 0, now, True, today=False)
    service = hall.services.get(one.service)
    who = mask(one.customer_type, customer.name, customer.company) if customer else ""
    return b.AppointmentView(
        code=one.code,
        number=one.number,
        hall=hall.id,
        hall_name=hall.name,
        zone=hall.zone,
        service=one.service,
        service_name=service.name if service else Text(zh=one.service, en=one.service),
        day=one.day,
        slot=one.slot,
        starts_at=hall.local(one.starts_at),
        ends_at=hall.local(one.ends_at),
        state=one.state,
        channel=one.channel,
        customer_type=one.customer_type,
        who=who,
        phone=mask_phone(customer.phone) if customer else "",
        lines=tuple(_acknowledged(line_view(hall, line, one.day), one) for line in lines),
        verdict=verdict_view(hall, known, said, one.day),
        made_at=hall.local(one.made_at),
        moved=one.moved,
        may_change=may_change(one, rules, "customer", "", now) is None,
        change_until=hall.local(one.starts_at - timedelta(minutes=rules.cut_off_minutes)),
        timeline=timeline(
            connection,
            hall,
            [one.id, *([order.id] if order else [])],
            [(just_now, now)] if just_now else [],
            over=one.state in ("cancelled", "no_show"),
        ),
        ticket_url=f"{base_url}/t/{ticket[2].code}" if ticket else None,
        url=f"{base_url}/v/{one.code}",
        complaint_phone=hall.complaint_phone,
    )


def _acknowledged(line: b.LineView, one: Appointment) -> b.LineView:
    """The line with the version of its notice that was read, though a newer one may stand by now."""
    version = one.notices.get(line.item)
    if line.notice is None or version is None:
        return line
    return line.model_copy(update={"notice": line.notice.model_copy(update={"version": version})})


def label_view(hall: Hall, order: orders.Order, one: orders.Sample, count: int) -> b.LabelView:
    """The label of one of an order's ``count`` pieces."""
    items = hall.offer.catalogue.items
    return b.LabelView(
        code=one.code,
        order=order.number,
        item=item_name(hall, one.item),
        index=one.position,
        count=count,
        hall=hall.name,
        due=order.due,
        fragile=one.item in items and items[one.item].fragile,
    )


def order_view(
    hall: Hall,
    order: orders.Order,
    samples: list[orders.Sample],
    said: Verdict,
    *,
    only: str = "",
    base_url: str = "",
) -> b.OrderView:
    """``only``: the label of this one sample; else of all. ``base_url``: tells the way to the case's page, to
    who has just handed in."""
    lines = [line for line, _ in order.lines]
    known = [line for line in lines if line.item in hall.offer.catalogue.items]
    labels = tuple(
        label_view(hall, order, one, len(samples)) for one in samples if not only or one.code == only
    )
    return b.OrderView(
        id=order.id,
        number=order.number,
        lines=tuple(line_view(hall, line, order.day, regulation) for line, regulation in order.lines),
        verdict=verdict_view(hall, known, said, order.day),
        labels=labels,
        again=order.labelled_at is not None,
        code=(order.code or "") if base_url else "",
        url=f"{base_url}/c/{order.code}" if base_url and order.code else "",
    )


def sample_view(one: orders.Sample, order: orders.Order, count: int) -> b.SampleView:
    return b.SampleView(
        code=one.code,
        flow=one.flow,
        order=order.number,
        item=one.item,
        index=one.position,
        count=count,
        foreign=one.foreign,
        state=one.state,
    )
