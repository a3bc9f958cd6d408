"""``evolve(floor, event) -> Floor``: applies what has happened. Total, and without rules."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from . import events as e
from .floor import CallMade, Floor, Pace, Place, Post, Ticket

CALLS_KEPT = 60
RECENT_KEPT = 60


def evolve(floor: Floor, event: e.Event) -> Floor:
    match event:
        case e.TicketIssued(ticket, n):
            return replace(
                floor,
                tickets={**floor.tickets, ticket.id: ticket},
                queues=_queued(floor.queues, ticket),
                issued={**floor.issued, ticket.prefix: n},
                orders=ticket.order,
            )
        case e.TicketHandedIn(ticket, block, n):
            return replace(
                floor,
                tickets={**floor.tickets, ticket.id: ticket},
                queues=_queued(floor.queues, ticket),
                lent={**floor.lent, block: floor.lent[block].with_used(n)},
                orders=ticket.order,
            )
        case e.NumbersLent(block):
            return replace(floor, lent={**floor.lent, block.id: block})
        case e.NumbersTakenBack(block, at):
            return replace(floor, lent={**floor.lent, block: replace(floor.lent[block], returned_at=at)})
        case e.CounterOpened(counter, staff, name, badge, duty_zh, duty_en, at):
            return _post(floor, Post(counter, staff, name, badge, duty_zh, duty_en, since=at))
        case e.CounterClosed(counter, at):
            return _post(floor, Post(counter, since=at))
        case e.CounterPaused(counter, at):
            return _post(floor, replace(floor.post(counter), paused=True, since=at))
        case e.CounterResumed(counter, at):
            return _post(floor, replace(floor.post(counter), paused=False, since=at))
        case e.TicketCalled(call, green, passed, again):
            return _called(floor, call, green, passed, again)
        case e.TicketRecalled(call):
            ticket = floor.tickets[call.ticket]
            return replace(
                _ticket(floor, replace(ticket, recalls=ticket.recalls + 1)), calls=_calls(floor.calls, call)
            )
        case e.TicketStarted(id, at):
            floor = _ticket(floor, replace(floor.tickets[id], state="serving", started_at=at))
            counter = floor.tickets[id].counter or ""
            return _post(floor, replace(floor.post(counter), since=at))
        case e.TicketDone(id, at, spent, until):
            ticket = floor.tickets[id]
            over = replace(
                ticket, state="done", ended_at=at, undo="done", undo_until=until, undo_counter=ticket.counter
            )
            floor = _paced(floor, ticket.service, spent)
            return _over(_freed(floor, ticket, at), over)
        case e.TicketMissed(id, at, until):
            ticket = floor.tickets[id]
            gone = replace(
                ticket,
                state="missed",
                missed_at=at,
                counter=None,
                undo="miss",
                undo_until=until,
                undo_counter=ticket.counter,
            )
            return replace(_ticket(_freed(floor, ticket, at), gone), missed=(*floor.missed, id))
        case e.TicketParked(id, hold, at, until):
            ticket = floor.tickets[id]
            held = replace(
                ticket,
                state="parked",
                hold=hold,
                held_since=at,
                counter=None,
                undo="park",
                undo_until=until,
                undo_counter=ticket.counter,
            )
            return _ticket(_freed(floor, ticket, at), held)
        case e.TicketReturned(id, at, ranked_at, skip, missed):
            ticket = floor.tickets[id]
            back = _waiting_again(ticket, ticket.service, at, ranked_at)
            # What it was missed at stays until it is called: it tells why the ticket stands where it does.
            missed_at = ticket.missed_at if missed else None
            back = replace(back, skip=skip, returns=ticket.returns + missed, missed_at=missed_at)
            floor = replace(floor, missed=tuple(one for one in floor.missed if one != id))
            return replace(_ticket(floor, back), queues=_queued(floor.queues, back))
        case e.TicketTransferred(id, service, later, at, ranked_at, spent):
            ticket = floor.tickets[id]
            moved = replace(_waiting_again(ticket, service, at, ranked_at), later=later)
            floor = _paced(_freed(floor, ticket, at), ticket.service, spent)
            return replace(_ticket(floor, moved), queues=_queued(floor.queues, moved))
        case e.TicketCancelled(id, at, until):
            ticket = floor.tickets[id]
            floor = replace(floor, queues=_unqueued(floor.queues, ticket))
            return _over(
                floor, replace(ticket, state="cancelled", ended_at=at, undo="cancel", undo_until=until)
            )
        case e.StepUndone(id, step, counter, at):
            return _undone(floor, id, step, counter, at)
        case e.TicketExpired(id, at):
            ticket = floor.tickets[id]
            floor = replace(floor, queues=_unqueued(floor.queues, ticket))
            floor = _freed(floor, ticket, at) if ticket.counter else floor
            return _over(floor, replace(ticket, state="expired", ended_at=at, undo=None, undo_until=None))
        case e.DayEnded(_, at):
            posts = {counter: Post(counter, since=at) for counter in floor.posts}
            return replace(floor, posts=posts, recent={}, calls=(), missed=())
        case _:
            assert_never(event)


def _called(floor: Floor, call: CallMade, green: bool, passed: tuple[str, ...], again: bool) -> Floor:
    ticket = floor.tickets[call.ticket]
    called = replace(
        ticket,
        state="called",
        counter=call.counter,
        called_at=call.at,
        started_at=None,
        recalls=0,
        skip=0,
        missed_at=None,
        undo=None,
        undo_until=None,
        undo_counter=None,
    )
    tickets = {**floor.tickets, ticket.id: called}
    for id in passed:
        tickets[id] = replace(tickets[id], skip=max(0, tickets[id].skip - 1))
    since_green = floor.since_green if again else 0 if green else floor.since_green + 1
    floor = replace(
        floor,
        tickets=tickets,
        queues=_unqueued(floor.queues, ticket),
        calls=_calls(floor.calls, call),
        since_green=since_green,
    )
    return _post(floor, replace(floor.post(call.counter), ticket=ticket.id, since=call.at))


def _waiting_again(ticket: Ticket, service: str, at: datetime, ranked_at: datetime) -> Ticket:
    held = int((at - ticket.held_since).total_seconds()) if ticket.held_since else 0
    return replace(
        ticket,
        service=service,
        state="waiting",
        callable_at=at,
        ranked_at=ranked_at,
        counter=None,
        hold=None,
        held_since=None,
        held_seconds=ticket.held_seconds + held,
        missed_at=None,
        undo=None,
        undo_until=None,
        undo_counter=None,
    )


def _undone(floor: Floor, id: str, step: str, counter: str | None, at: datetime) -> Floor:
    ticket = floor.tickets.get(id) or floor.recent[id]
    back = replace(ticket, ended_at=None, undo=None, undo_until=None, undo_counter=None)
    recent = {key: value for key, value in floor.recent.items() if key != id}
    floor = replace(floor, recent=recent, missed=tuple(one for one in floor.missed if one != id))
    if step == "cancel":
        back = replace(back, state="waiting")
        return replace(_ticket(floor, back), queues=_queued(floor.queues, back))
    if step == "miss":
        back = replace(back, state="called", counter=counter, missed_at=None)
    else:
        held = int((at - back.held_since).total_seconds()) if back.held_since else 0
        back = replace(
            back,
            state="serving",
            counter=counter,
            hold=None,
            held_since=None,
            held_seconds=back.held_seconds + held,
        )
    if step == "done" and ticket.ended_at and ticket.called_at:
        spent = (ticket.ended_at - ticket.called_at).total_seconds() / 60
        pace = floor.paces.get(ticket.service, Pace())
        floor = replace(floor, paces={**floor.paces, ticket.service: pace.without(spent)})
    floor = _ticket(floor, back)
    return _post(floor, replace(floor.post(counter or ""), ticket=id, since=at))


def _ticket(floor: Floor, ticket: Ticket) -> Floor:
    return replace(floor, tickets={**floor.tickets, ticket.id: ticket})


def _over(floor: Floor, ticket: Ticket) -> Floor:
    tickets = {key: value for key, value in floor.tickets.items() if key != ticket.id}
    recent = {**floor.recent, ticket.id: ticket}
    while len(recent) > RECENT_KEPT:
        recent.pop(next(iter(recent)))
    missed = tuple(one for one in floor.missed if one != ticket.id)
    return replace(floor, tickets=tickets, recent=recent, missed=missed)


def _post(floor: Floor, post: Post) -> Floor:
    return replace(floor, posts={**floor.posts, post.counter: post})


def _freed(floor: Floor, ticket: Ticket, at: datetime) -> Floor:
    """The counter that had ``ticket`` has none."""
    if ticket.counter is None or ticket.counter not in floor.posts:
        return floor
    return _post(floor, replace(floor.posts[ticket.counter], ticket=None, since=at))


def _paced(floor: Floor, service: str, spent: float) -> Floor:
    return replace(floor, paces={**floor.paces, service: floor.paces.get(service, Pace()).with_(spent)})


def _calls(calls: tuple[CallMade, ...], call: CallMade) -> tuple[CallMade, ...]:
    return (*calls[-CALLS_KEPT + 1 :], call)


def _queued(queues: Mapping[str, tuple[Place, ...]], ticket: Ticket) -> dict[str, tuple[Place, ...]]:
    queue = list(queues.get(ticket.service, ()))
    insort(queue, ticket.place)
    return {**queues, ticket.service: tuple(queue)}


def _unqueued(queues: Mapping[str, tuple[Place, ...]], ticket: Ticket) -> Mapping[str, tuple[Place, ...]]:
    queue = queues.get(ticket.service, ())
    at = bisect_left(queue, ticket.place)
    if at == len(queue) or queue[at] != ticket.place:
        return queues
    return {**queues, ticket.service: queue[:at] + queue[at + 1 :]}
