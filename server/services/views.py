"""The views by audience, computed from a floor. The privacy filter is here: nothing else leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from server.domain.estimate import not_before, wait_range
from server.domain.floor import CallMade, Floor, Post, Ticket
from server.domain.hall import Counter, Service
from server.domain.ranking import Choice, Why, callable_now, choose, line_up
from server.protocol import views as v
from server.protocol.language import both
from server.protocol.words import CounterState

from . import disclosure, sentences
from .shelf import NOTHING, Shelf

CALLS_SHOWN = timedelta(minutes=2)
LISTED = 50
EMPTY = v.Text(zh="", en="")
DISCLOSED = disclosure.Pages()


def head(floor: Floor, now: datetime) -> v.HallHead:
    hall = floor.hall
    gives = hall.gives_numbers(now)
    reason = None
    if hall.shut:
        reason = both("server", sentences.SHUT)
    elif not gives:
        reason = both("server", sentences.OUT_OF_HOURS, hours=hall.hours)
    return v.HallHead(
        id=hall.id,
        name=hall.name,
        state="open" if gives else "closed",
        closed_reason=reason,
        zone=hall.zone,
        hours=str(hall.hours) if hall.hours else None,
        complaint_phone=hall.complaint_phone,
        emergency=hall.emergency,
    )


def wait(floor: Floor, service: str, now: datetime) -> v.WaitRange:
    """For one who takes an ordinary number now."""
    low, high = wait_range(floor, service, None, 0, now)
    return v.WaitRange(low=low, high=high)


def ticket_wait(floor: Floor, ticket: Ticket, now: datetime) -> v.WaitRange:
    if ticket.state != "waiting":
        return v.WaitRange(low=0, high=0)
    place = wait_range(floor, ticket.service, ticket.place, ticket.skip, now)
    low, high = not_before(place, ticket.callable_at, now)
    return v.WaitRange(low=low, high=high)


def service(floor: Floor, one: Service, now: datetime) -> v.ServiceView:
    front = sorted(islice(callable_now(floor, one.id, now), 12), key=lambda ticket: ticket.skip > 0)
    return v.ServiceView(
        id=one.id,
        name=one.name,
        prefix=one.prefix,
        waiting=len(floor.queue(one.id)),
        wait=wait(floor, one.id, now),
        open_counters=sum(1 for _ in floor.open_posts(one.id)),
        next=tuple(ticket.number for ticket in front[:5]),
    )


def services(floor: Floor, now: datetime) -> tuple[v.ServiceView, ...]:
    return tuple(service(floor, one, now) for one in floor.hall.services.values() if one.active)


def state_of(floor: Floor, post: Post) -> CounterState:
    if post.staff is None:
        return "closed"
    if post.paused:
        return "paused"
    ticket = floor.tickets.get(post.ticket or "")
    if ticket is None:
        return "open"
    return "called" if ticket.state == "called" else "serving"


def counter(floor: Floor, one: Counter) -> v.CounterView:
    post = floor.post(one.number)
    ticket = floor.tickets.get(post.ticket or "")
    return v.CounterView(
        counter=one.number,
        name=one.name,
        number=ticket.number if ticket else None,
        state=state_of(floor, post),
        services=tuple(name for name, _ in one.functions),
    )


def counters(floor: Floor) -> tuple[v.CounterView, ...]:
    return tuple(counter(floor, one) for one in floor.hall.counters.values() if one.active)


def badge(post: Post) -> v.StaffBadge | None:
    if post.staff is None:
        return None
    duty = v.Text(zh=post.duty_zh, en=post.duty_en)
    return v.StaffBadge(name=post.staff_name, badge=post.badge, duty=duty)


def call(made: CallMade, floor: Floor) -> v.Call:
    return v.Call(
        id=made.id,
        number=made.number,
        counter=made.counter,
        at=floor.hall.local(made.at),
        language=made.language,
        service=made.service,
    )


def calls(floor: Floor, now: datetime, only: str = "") -> tuple[v.Call, ...]:
    return tuple(
        call(made, floor)
        for made in floor.calls
        if now - made.at <= CALLS_SHOWN and (not only or made.counter == only)
    )


def notices(pages: Sequence[tuple[v.Text, v.Text]]) -> tuple[v.Notice, ...]:
    return tuple(v.Notice(title=title, body=body) for title, body in pages)


def board(floor: Floor, now: datetime, shelf: Shelf = NOTHING) -> v.Board:
    """``shelf``: what the tables say of cases, masked."""
    return v.Board(
        hall=head(floor, now),
        calls=calls(floor, now),
        counters=counters(floor),
        services=services(floor, now),
        notices=(
            *notices(floor.hall.notices),
            *DISCLOSED.of(floor.hall, floor.hall.day(now), disclosure.BOARD),
        ),
        ready=shelf.ready,
        progress=shelf.progress,
    )


def panel(floor: Floor, number: str, now: datetime) -> v.CounterPanel | None:
    one = floor.hall.counters.get(number)
    if one is None:
        return None
    post = floor.post(number)
    ticket = floor.tickets.get(post.ticket or "")
    shown = counter(floor, one)
    return v.CounterPanel(
        hall=head(floor, now),
        counter=number,
        name=one.name,
        state=shown.state,
        number=shown.number,
        service=_name(floor, ticket.service) if ticket else None,
        staff=badge(post),
        calls=calls(floor, now, only=number),
    )


def _name(floor: Floor, id: str) -> v.Text:
    known = floor.hall.services.get(id)
    return known.name if known else v.Text(zh=id, en=id)


def ticket(floor: Floor, one: Ticket, now: datetime) -> v.TicketView:
    known = floor.hall.services.get(one.service)
    wait = ticket_wait(floor, one, now)
    # A number that was given without the server was promised no range: it is told what is true now.
    promised = v.WaitRange(low=one.promised[0], high=one.promised[1]) if one.handed_in_at is None else wait
    return v.TicketView(
        id=one.id,
        code=one.code,
        hall=head(floor, now),
        number=one.number,
        service=one.service,
        service_name=_name(floor, one.service),
        later=tuple(_name(floor, id) for id in one.later),
        state=one.state,
        priority=one.priority,
        language=one.language,
        ahead=floor.ahead(one),
        wait=wait,
        promised=promised,
        counter=one.counter,
        issued_at=floor.hall.local(one.issued_at),
        called_at=floor.hall.local(one.called_at) if one.called_at else None,
        recalls=one.recalls,
        bring=known.bring if known else EMPTY,
        missed_rule=sentences.missed_rule(floor.hall.rules),
        url=f"/t/{one.code}",
    )


def issued(floor: Floor, one: Ticket, now: datetime, base_url: str) -> v.TicketIssued:
    known = floor.hall.services.get(one.service)
    return v.TicketIssued(
        id=one.id,
        code=one.code,
        number=one.number,
        service=one.service,
        service_name=_name(floor, one.service),
        state=one.state,
        priority=one.priority,
        language=one.language,
        ahead=floor.ahead(one),
        # Just issued, it has what was promised; asked for again, it has what is true by then.
        wait=v.WaitRange(low=one.promised[0], high=one.promised[1])
        if now == one.issued_at and one.handed_in_at is None
        else ticket_wait(floor, one, now),
        issued_at=floor.hall.local(one.issued_at),
        url=f"{base_url}/t/{one.code}",
        hall_name=floor.hall.name,
        bring=known.bring if known else EMPTY,
        missed_rule=sentences.missed_rule(floor.hall.rules),
        complaint_phone=floor.hall.complaint_phone,
    )


def line(floor: Floor, one: Ticket, now: datetime) -> v.TicketLine:
    since = one.callable_at
    if one.state == "parked":
        since = one.held_since or since
    elif one.state == "missed":
        since = one.missed_at or since
    until = now if one.state in ("waiting", "parked", "missed") else one.called_at or now
    undoable = one.undo is not None and one.undo_until is not None and now <= one.undo_until
    return v.TicketLine(
        id=one.id,
        number=one.number,
        service=one.service,
        service_name=_name(floor, one.service),
        state=one.state,
        priority=one.priority,
        hold=one.hold,
        language=one.language,
        waited=max(0, int((until - since).total_seconds() // 60)),
        since=floor.hall.local(since),
        recalls=one.recalls,
        returns=one.returns,
        later=one.later,
        counter=one.counter,
        undo=one.undo if undoable else None,
        undo_until=floor.hall.local(one.undo_until) if undoable and one.undo_until else None,
        offline=one.handed_in_at is not None,
    )


def desk(
    floor: Floor, number: str, now: datetime, histories: Mapping[str, tuple[v.HistoryLine, ...]]
) -> v.Desk | None:
    one = floor.hall.counters.get(number)
    if one is None:
        return None
    post = floor.post(number)
    at = floor.tickets.get(post.ticket or "")
    choice = choose(floor, one, now)
    front = line_up(floor, one, now, LISTED)
    if isinstance(choice, Choice):
        front = [choice.ticket, *(other for other in front if other.id != choice.ticket.id)][:LISTED]
    why: Why = choice.why if isinstance(choice, Choice) else choice
    missed = [floor.tickets[id] for id in reversed(floor.missed[-floor.hall.rules.missed_kept :])]
    mine = (*floor.recent.values(), *floor.tickets.values())
    undoable = sorted(
        (other for other in mine if other.undo and other.undo_counter in (number, None)),
        key=lambda other: (other.undo_until or now, other.order),
    )
    parked = sorted(
        (other for other in floor.tickets.values() if other.state == "parked"),
        key=lambda other: (other.held_since or now, other.order),
    )
    return v.Desk(
        hall=head(floor, now),
        counter=number,
        name=one.name,
        state=state_of(floor, post),
        staff=badge(post),
        staff_user=post.staff,
        ticket=line(floor, at, now) if at else None,
        history=histories.get(at.id, ()) if at else (),
        waiting=tuple(line(floor, other, now) for other in front),
        waiting_total=sum(len(floor.queue(name)) for name, _ in one.functions),
        next_why=sentences.why(why),
        missed=tuple(line(floor, other, now) for other in missed),
        parked=tuple(line(floor, other, now) for other in parked),
        undoable=tuple(told for told in (line(floor, other, now) for other in undoable) if told.undo),
        services=services(floor, now),
        counters=counters(floor),
    )


def kiosk(floor: Floor, now: datetime, base_url: str) -> v.KioskHome:
    active = [one for one in floor.hall.services.values() if one.active]
    return v.KioskHome(
        hall=head(floor, now),
        services=services(floor, now),
        bring={one.id: one.bring for one in active},
        about={one.id: one.about for one in active},
        now_serving=calls(floor, now),
        notices=(
            *notices(floor.hall.notices),
            *DISCLOSED.of(floor.hall, floor.hall.day(now), disclosure.KIOSK),
        ),
        guidance=notices(floor.hall.guidance),
        url=base_url,
    )


def hall(floor: Floor, now: datetime) -> v.HallView:
    top = head(floor, now)
    return v.HallView(
        id=top.id,
        name=top.name,
        state=top.state,
        zone=top.zone,
        services=services(floor, now),
        counters=counters(floor),
    )


def counter_answer(floor: Floor, number: str, now: datetime) -> v.CounterAnswer:
    one = floor.hall.counters[number]
    post = floor.post(number)
    at = floor.tickets.get(post.ticket or "")
    return v.CounterAnswer(
        counter=number,
        name=one.name,
        state=state_of(floor, post),
        staff=badge(post),
        services=tuple(name for name, _ in one.functions),
        ticket=line(floor, at, now) if at else None,
    )
