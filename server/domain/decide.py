"""``decide(floor, command, now)``: every rule of the queue. Pure; answers events, or a refusal.

The ticket's transitions stand in ``STEPS``: a step from a state that is not listed is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from server.protocol.errors import RefusalCode
from server.protocol.words import TicketState

from . import commands as c
from . import events as e
from .estimate import not_before, wait_range
from .floor import CallMade, Floor, Post, Ticket
from .hall import Counter, Rules, minutes
from .handing_in import hand_in, lend, take_back
from .leases import next_number
from .ranking import Choice, Why, choose, is_green
from .refusal import Refusal

Step: TypeAlias = c.Recall | c.Start | c.Done | c.Miss | c.Park | c.Transfer | c.Cancel
Decision: TypeAlias = Sequence[e.Event] | Refusal

STEPS: Mapping[type, tuple[TicketState, RefusalCode]] = {
    c.Recall: ("called", "ticket_not_called"),
    c.Start: ("called", "ticket_not_called"),
    c.Miss: ("called", "ticket_not_called"),
    c.Done: ("serving", "ticket_not_serving"),
    c.Park: ("serving", "ticket_not_serving"),
    c.Transfer: ("serving", "ticket_not_serving"),
    c.Cancel: ("waiting", "ticket_not_waiting"),
}
"""Command → the one state it starts from, and the refusal from any other."""


def decide(floor: Floor, command: c.Command, now: datetime) -> Decision:
    """What happens on ``command`` at ``now``, in order; or the refusal. Never raises on bad input."""
    match command:
        case c.Issue():
            return _issue(floor, command, now)
        case c.IssueOffline():
            return hand_in(floor, command, now)
        case c.LendNumbers():
            return lend(floor, command, now)
        case c.TakeBackNumbers():
            return take_back(floor, command, now)
        case c.OpenCounter() | c.CloseCounter() | c.PauseCounter() | c.ResumeCounter():
            return _counter(floor, command, now)
        case c.CallNext():
            return _call_next(floor, command, now)
        case c.CallTicket():
            return _call_ticket(floor, command, now)
        case c.Resume():
            return _resume(floor, command.ticket, now)
        case c.Undo():
            return _undo(floor, command, now)
        case c.Recall() | c.Start() | c.Done() | c.Miss() | c.Park() | c.Transfer() | c.Cancel():
            return _step(floor, command, now)
        case c.EndDay():
            expired = [e.TicketExpired(id, now) for id in floor.tickets]
            return [*expired, e.DayEnded(floor.day, now)]
        case _:
            assert_never(command)


def _issue(floor: Floor, command: c.Issue, now: datetime) -> Decision:
    hall = floor.hall
    if not hall.gives_numbers(now):
        return Refusal("hall_closed", {"hours": str(hall.hours) if hall.hours and not hall.shut else ""})
    service = hall.services.get(command.service)
    if service is None or any(later not in hall.services for later in command.later):
        return Refusal("service_unknown", {"service": command.service})
    for wanted in (service, *(hall.services[later] for later in command.later)):
        if not wanted.active:
            return Refusal("service_closed", {"service": wanted.name})
    if floor.waiting() >= hall.rules.most_waiting:
        return Refusal("queue_full", {"count": str(hall.rules.most_waiting)})
    # Who comes with a voucher checks in with it: nobody takes an appointment's place by saying so.
    if (command.priority == "appointment") != (command.callable_from is not None):
        return Refusal("priority_forbidden")
    priority = "green" if service.green else command.priority
    n = next_number(floor.lent, service.prefix, floor.issued.get(service.prefix, 0))
    order = floor.orders + 1
    callable_at = max(now, command.callable_from or now)
    ranked_at = callable_at - minutes(hall.rules.head_starts.get(priority, 0))
    wait = wait_range(floor, service.id, (ranked_at, order, command.id), 0, now)
    ticket = Ticket(
        id=command.id,
        code=command.code,
        number=f"{service.prefix}{n:03d}",
        prefix=service.prefix,
        order=order,
        service=service.id,
        later=command.later,
        state="waiting",
        priority=priority,
        language=command.language,
        issued_at=now,
        callable_at=callable_at,
        ranked_at=ranked_at,
        promised=not_before(wait, callable_at, now),
    )
    return [e.TicketIssued(ticket, n, command.reason)]


def _counter(
    floor: Floor, command: c.OpenCounter | c.CloseCounter | c.PauseCounter | c.ResumeCounter, now: datetime
) -> Decision:
    counter = floor.hall.counters.get(command.counter)
    if counter is None or not counter.active:
        return Refusal("counter_unknown", {"counter": command.counter})
    post = floor.post(command.counter)
    if isinstance(command, c.OpenCounter):
        elsewhere = floor.post_of(command.staff)
        if post.staff == command.staff:
            return []
        if post.staff is not None:
            return Refusal("counter_taken", {"counter": command.counter, "name": post.staff_name})
        if elsewhere is not None:
            return Refusal("staff_elsewhere", {"counter": elsewhere.counter})
        who = (command.name, command.badge, command.duty_zh, command.duty_en)
        return [e.CounterOpened(command.counter, command.staff, *who, now)]
    if (
        isinstance(command, c.CloseCounter)
        and command.for_another
        and post.staff not in (None, command.staff)
    ):
        return _left(floor, post, now)
    refused = _not_at(post, command.staff)
    if refused:
        return refused
    if post.ticket is not None and not isinstance(command, c.ResumeCounter):
        return _busy(floor, post)
    match command:
        case c.CloseCounter():
            return [e.CounterClosed(command.counter, now)]
        case c.PauseCounter():
            return Refusal("counter_paused") if post.paused else [e.CounterPaused(command.counter, now)]
        case c.ResumeCounter():
            return [e.CounterResumed(command.counter, now)] if post.paused else Refusal("counter_not_paused")


def _left(floor: Floor, post: Post, now: datetime) -> Sequence[e.Event]:
    """Close a counter that was left. Whoever was called to it or served at it can be called by another."""
    closed = e.CounterClosed(post.counter, now)
    ticket = floor.tickets.get(post.ticket or "")
    if ticket is None:
        return [closed]
    until = _undo_until(floor, now)
    if ticket.state == "called":
        return [e.TicketMissed(ticket.id, now, until), closed]
    return [e.TicketParked(ticket.id, "in_place", now, until), closed]


def _not_at(post: Post, staff: str) -> Refusal | None:
    """The refusal for one who is not signed in to this counter."""
    if post.staff is None:
        return Refusal("counter_closed", {"counter": post.counter})
    if post.staff != staff:
        return Refusal("not_your_counter", {"counter": post.counter, "name": post.staff_name})
    return None


def _busy(floor: Floor, post: Post) -> Refusal:
    ticket = floor.tickets.get(post.ticket or "")
    return Refusal("counter_busy", {"counter": post.counter, "number": ticket.number if ticket else ""})


def _free_counter(floor: Floor, number: str, staff: str) -> Counter | Refusal:
    """The counter, when ``staff`` may call a ticket to it now."""
    counter = floor.hall.counters.get(number)
    if counter is None:
        return Refusal("counter_unknown", {"counter": number})
    post = floor.post(number)
    refused = _not_at(post, staff)
    if refused:
        return refused
    if post.ticket is not None:
        return _busy(floor, post)
    if post.paused:
        return Refusal("counter_paused", {"counter": number})
    return counter


def _call_next(floor: Floor, command: c.CallNext, now: datetime) -> Decision:
    counter = _free_counter(floor, command.counter, command.staff)
    if isinstance(counter, Refusal):
        return counter
    choice = choose(floor, counter, now)
    if not isinstance(choice, Choice):
        return []
    call = _made(command.call, choice.ticket, command.counter, now)
    return [e.TicketCalled(call, is_green(floor, choice.ticket), choice.passed, again=False, why=choice.why)]


def _call_ticket(floor: Floor, command: c.CallTicket, now: datetime) -> Decision:
    counter = _free_counter(floor, command.counter, command.staff)
    if isinstance(counter, Refusal):
        return counter
    ticket = floor.tickets.get(command.ticket)
    if ticket is None:
        return _unknown(floor, command.ticket)
    if ticket.state == "missed" and ticket.id not in floor.missed[-floor.hall.rules.missed_kept :]:
        return Refusal("ticket_not_missed", {"number": ticket.number})
    returned = _resume(floor, command.ticket, now)
    if isinstance(returned, Refusal):
        return returned
    waited = max(0, int((now - ticket.callable_at).total_seconds() // 60))
    why = Why("called_again", number=ticket.number, waited=waited, priority=ticket.priority)
    call = _made(command.call, ticket, command.counter, now)
    return [*returned, e.TicketCalled(call, is_green(floor, ticket), (), again=True, why=why)]


def _resume(floor: Floor, id: str, now: datetime) -> Decision:
    ticket = floor.tickets.get(id)
    if ticket is None:
        return _unknown(floor, id)
    rules = floor.hall.rules
    if ticket.state == "parked":
        return [e.TicketReturned(id, now, _ranked_back(rules, ticket, now), 0, missed=False)]
    if ticket.state == "missed":
        if ticket.returns >= rules.most_returns:
            return Refusal("return_limit", {"number": ticket.number, "count": str(rules.most_returns)})
        return [e.TicketReturned(id, now, ticket.ranked_at, rules.return_behind, missed=True)]
    return Refusal("ticket_not_parked", {"number": ticket.number})


def _ranked_back(rules: Rules, ticket: Ticket, now: datetime) -> datetime:
    """Where a ticket ranks that was served before: by its class, or as returned if that is better."""
    return now - minutes(max(rules.head_starts.get(ticket.priority, 0), rules.parked_head_start))


def _step(
    floor: Floor,
    command: c.Recall | c.Start | c.Done | c.Miss | c.Park | c.Transfer | c.Cancel,
    now: datetime,
) -> Decision:
    ticket = floor.tickets.get(command.ticket)
    if ticket is None:
        return _unknown(floor, command.ticket)
    state, refusal = STEPS[type(command)]
    if ticket.state != state:
        return Refusal(refusal, {"number": ticket.number})
    if isinstance(command, c.Cancel):
        return [e.TicketCancelled(ticket.id, now, _undo_until(floor, now))]
    refused = _not_at(floor.post(ticket.counter or ""), command.staff)
    if refused:
        return refused
    until = _undo_until(floor, now)
    match command:
        case c.Recall():
            if ticket.recalls >= floor.hall.rules.most_recalls:
                return Refusal("recall_limit", {"count": str(floor.hall.rules.most_recalls)})
            return [e.TicketRecalled(_made(command.call, ticket, ticket.counter or "", now))]
        case c.Start():
            return [e.TicketStarted(ticket.id, now)]
        case c.Miss():
            return [e.TicketMissed(ticket.id, now, until)]
        case c.Park():
            return [e.TicketParked(ticket.id, command.hold, now, until)]
        case c.Done():
            if ticket.later:
                return [_moved(floor, ticket, ticket.later[0], ticket.later[1:], now)]
            return [e.TicketDone(ticket.id, now, _spent(ticket, now), until)]
        case c.Transfer():
            return _transfer(floor, ticket, command.service, now)


def _transfer(floor: Floor, ticket: Ticket, service: str, now: datetime) -> Decision:
    target = floor.hall.services.get(service)
    if target is None:
        return Refusal("service_unknown", {"service": service})
    if not target.active:
        return Refusal("service_closed", {"service": target.name})
    if target.id == ticket.service:
        return Refusal("same_service", {"service": target.name})
    return [_moved(floor, ticket, service, ticket.later, now)]


def _moved(
    floor: Floor, ticket: Ticket, service: str, later: tuple[str, ...], now: datetime
) -> e.TicketTransferred:
    ranked_at = _ranked_back(floor.hall.rules, ticket, now)
    return e.TicketTransferred(ticket.id, service, later, now, ranked_at, _spent(ticket, now))


def _undo(floor: Floor, command: c.Undo, now: datetime) -> Decision:
    ticket = floor.ticket(command.ticket)
    if ticket is None:
        return _unknown(floor, command.ticket)
    if ticket.undo is None or ticket.undo_until is None or now > ticket.undo_until:
        return Refusal("undo_too_late", {"seconds": str(floor.hall.rules.undo_seconds)})
    if ticket.undo_counter is not None:
        post = floor.post(ticket.undo_counter)
        refused = _not_at(post, command.staff)
        if refused:
            return refused
        if post.ticket is not None:
            return _busy(floor, post)
        if post.paused:
            return Refusal("counter_paused", {"counter": post.counter})
    return [e.StepUndone(ticket.id, ticket.undo, ticket.undo_counter, now)]


def _unknown(floor: Floor, id: str) -> Refusal:
    over = floor.recent.get(id)
    return Refusal("ticket_over", {"number": over.number}) if over else Refusal("ticket_unknown")


def _made(id: str, ticket: Ticket, counter: str, now: datetime) -> CallMade:
    return CallMade(id, ticket.id, ticket.number, counter, now, ticket.language, ticket.service)


def _spent(ticket: Ticket, now: datetime) -> float:
    """Minutes at the counter, the walk to it included."""
    return max(0.0, (now - (ticket.called_at or now)).total_seconds() / 60)


def _undo_until(floor: Floor, now: datetime) -> datetime:
    return now + timedelta(seconds=floor.hall.rules.undo_seconds)
