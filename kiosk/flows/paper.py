"""The ticket's paper: printed once, its end told, printed again where it is not known to have come out."""

from __future__ import annotations

from dataclasses import replace

from kiosk import collecting as c
from kiosk import model as m
from kiosk import staff
from kiosk import visit as v
from kiosk.alone import GivenAlone
from server.protocol.views import TicketIssued

from . import labelling
from .step import NOTHING, Step


def may_print_again(screen: m.Holding) -> bool:
    """Printing again is offered when the last try is over and is not known to have come out."""
    return screen.paper in ("out_of_paper", "cover_open", "offline", "error", "unknown")


def print_ticket(
    state: m.State, ticket: TicketIssued, now: float, *, reprint: bool, visit: v.Visit | c.Collection | None
) -> Step:
    if state.printer == "none":
        return replace(state, screen=m.Holding(ticket, "none", now, reprint, visit)), NOTHING
    return (
        replace(state, screen=m.Holding(ticket, "printing", now, reprint, visit)),
        (m.Print(ticket, reprint, visit),),
    )


def ended(state: m.State, event: m.PaperEnded, now: float) -> Step:
    screen = state.screen
    if isinstance(screen, m.Reprinting):
        return staff.paper_ended(state, event)
    if not (
        isinstance(screen, m.Holding) and screen.ticket.id == event.ticket and screen.paper == "printing"
    ):
        return state, NOTHING
    # A number that was given while cut off is not known to the server before it is handed in.
    known = not isinstance(screen.ticket, GivenAlone)
    tell = (m.TellPaper(event.ticket, event.paper, screen.reprint),) if known else ()
    state = replace(state, screen=replace(screen, paper=event.paper, since=now), touched_at=now)
    if event.paper == "printed" and labelling.follow(state, screen):
        state, effects = labelling.after_ticket(state, screen, now)
        return state, (*tell, *effects)
    return state, tell
