"""The whole views that the server computes by audience; clients show them and hold no rules.

A view is complete: a newer one replaces an older one of the same topic. Times in views are ISO 8601 with
the hall's offset; those of frames and heartbeats are UTC. Waiting times are minutes, already rounded for
people. Texts for people that differ by language travel as ``Text`` with both languages. Nobody's name or
phone number stands in a view but the name and badge of the staff member at a window, who show their
identity by duty (亮明身份).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .words import CounterState, HallState, Hold, Language, Priority, Role, TicketState


class Wire(BaseModel):
    """A frozen value on the wire; unknown fields are refused when *we* parse what we made."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Text(Wire):
    """One sentence or name in both languages."""

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        """The text in ``language``; Chinese where the English one was left empty."""
        return self.zh if language == "zh" or not self.en else self.en


class WaitRange(Wire):
    """Minutes until called: half of such tickets are called before ``low``, nine in ten before ``high``."""

    low: Annotated[int, Field(ge=0)]
    high: Annotated[int, Field(ge=0)]


class HallHead(Wire):
    """What every screen of a hall carries at its top and foot."""

    id: str
    name: Text
    state: HallState
    closed_reason: Text | None = None
    zone: str
    hours: str | None = None
    """Today's opening hours such as "08:30–17:00"; None when the hall never closes."""
    complaint_phone: str = ""
    emergency: Text | None = None
    """Fills every screen at once while it is set."""


class ServiceView(Wire):
    """A service (业务) with its queue as it stands now."""

    id: str
    name: Text
    prefix: str
    waiting: int
    wait: WaitRange
    open_counters: int
    next: tuple[str, ...] = ()
    """The numbers that will be called next for this service, in order; at most five."""


class Call(Wire):
    """A call to announce; each id is spoken once, and never when older than a minute.

    A recall is a new call with a new id for the same number.
    """

    id: str
    number: str
    counter: str
    at: datetime
    language: Language = "zh"
    service: str = ""


class CounterView(Wire):
    """A window (窗口) as the waiting area sees it."""

    counter: str
    name: Text
    number: str | None
    """The ticket called or served there now."""
    state: CounterState
    services: tuple[str, ...] = ()


class Notice(Wire):
    """One page of the notices and disclosure carousel (公示)."""

    title: Text
    body: Text


class Ready(Wire):
    """Something ready for pick-up, masked (可取件)."""

    who: str
    pieces: int


class CaseStage(Wire):
    """A case in the house, masked: the last digits of its number, and how far it is (办结进度)."""

    number: str
    stage: Text


class Board(Wire):
    """The waiting-area screen: topic ``board:HALL``; ``calls``: the last two minutes', newest last."""

    hall: HallHead
    calls: tuple[Call, ...]
    counters: tuple[CounterView, ...]
    services: tuple[ServiceView, ...]
    notices: tuple[Notice, ...]
    ready: tuple[Ready, ...]
    progress: tuple[CaseStage, ...] = ()


class StaffBadge(Wire):
    """Who serves at a window, shown to the public by duty."""

    name: str
    badge: str
    duty: Text


class CounterPanel(Wire):
    """The small screen above one window: topic ``counter:HALL:N``."""

    hall: HallHead
    counter: str
    name: Text
    state: CounterState
    number: str | None
    service: Text | None
    staff: StaffBadge | None
    calls: tuple[Call, ...] = ()


class TicketView(Wire):
    """One customer's ticket, by its unguessable code: topic ``ticket:CODE`` and ``GET /tickets/CODE``."""

    id: str
    code: str
    hall: HallHead
    number: str
    service: str
    service_name: Text
    later: tuple[Text, ...] = ()
    """Services that follow under the same number, in order."""
    state: TicketState
    priority: Priority
    language: Language
    ahead: int
    wait: WaitRange
    promised: WaitRange
    """The range given when the number was issued; kept beside what came true."""
    counter: str | None = None
    issued_at: datetime
    called_at: datetime | None = None
    recalls: int = 0
    bring: Text
    """What to have ready for this service."""
    missed_rule: Text
    """What happens when the call is missed, in one line."""
    url: str
    """Path of the live page, such as ``/t/CODE``."""


class TicketIssued(Wire):
    """The answer to taking a number: all that a printed ticket needs."""

    id: str
    code: str
    number: str
    service: str
    service_name: Text
    state: TicketState
    priority: Priority
    language: Language
    ahead: int
    wait: WaitRange
    issued_at: datetime
    url: str
    """Absolute address of the live page, for the QR."""
    hall_name: Text
    bring: Text
    missed_rule: Text
    complaint_phone: str


class TicketLine(Wire):
    """A ticket as staff see it in a list."""

    id: str
    number: str
    service: str
    service_name: Text
    state: TicketState
    priority: Priority
    hold: Hold | None = None
    language: Language
    waited: int
    """Whole minutes since it became callable (for a parked or missed one: since then)."""
    since: datetime
    recalls: int = 0
    returns: int = 0
    later: tuple[str, ...] = ()
    counter: str | None = None
    undo: Literal["done", "miss", "park", "cancel"] | None = None
    undo_until: datetime | None = None
    offline: bool = False
    """It was given by a kiosk that was cut off, and handed in later."""


class HistoryLine(Wire):
    """One step of a ticket's life, from the journal."""

    at: datetime
    kind: str
    text: Text


class Desk(Wire):
    """One counter's staff page: topic ``desk:HALL:N`` (staff only)."""

    hall: HallHead
    counter: str
    name: Text
    state: CounterState
    staff: StaffBadge | None
    staff_user: str | None
    ticket: TicketLine | None
    history: tuple[HistoryLine, ...] = ()
    waiting: tuple[TicketLine, ...]
    """Waiting tickets this counter may call, next first; at most 50."""
    waiting_total: int
    next_why: Text
    """Why the first of ``waiting`` is next."""
    missed: tuple[TicketLine, ...]
    """The last five missed, newest first; they can be called again."""
    parked: tuple[TicketLine, ...]
    undoable: tuple[TicketLine, ...] = ()
    """Tickets whose last step can still be taken back here."""
    services: tuple[ServiceView, ...]
    counters: tuple[CounterView, ...]
    machines: tuple[Text, ...] = ()
    """What whoever sits nearest can put right, such as a printer without paper."""


class KioskHome(Wire):
    """The kiosk's home: topic ``kiosk:HALL`` (kiosks and staff)."""

    hall: HallHead
    services: tuple[ServiceView, ...]
    bring: dict[str, Text]
    """What to have ready, by service id."""
    about: dict[str, Text]
    """One plain line on what each service is for, by service id."""
    now_serving: tuple[Call, ...]
    notices: tuple[Notice, ...]
    guidance: tuple[Notice, ...]
    """Help pages: how to use the kiosk, facilities (老花镜, 座椅 …), whom to ask."""
    url: str
    """Absolute base address of the public pages."""


class HallView(Wire):
    """``GET /halls/HALL``: for anyone."""

    id: str
    name: Text
    state: HallState
    zone: str
    services: tuple[ServiceView, ...]
    counters: tuple[CounterView, ...]


class CounterAnswer(Wire):
    """The answer to opening, closing, pausing or resuming a counter."""

    counter: str
    name: Text
    state: CounterState
    staff: StaffBadge | None
    services: tuple[str, ...]
    ticket: TicketLine | None


class CallNextAnswer(Wire):
    """The answer to call-next: the ticket, or null when nobody can be called; always why."""

    ticket: TicketLine | None
    why: str


class Frame(Wire):
    """A live frame: the whole view of one topic."""

    topic: str
    seq: int
    at: datetime
    view: Board | CounterPanel | TicketView | Desk | KioskHome


class Heartbeat(Wire):
    """Sent every 10 s; a client that has heard nothing for 25 s shows that the link is lost."""

    topic: Literal["heartbeat"] = "heartbeat"
    at: datetime


class Health(Wire):
    """``GET /healthz``: the server is ready."""

    status: Literal["ok"]
    version: str


class SessionMade(Wire):
    """The answer to signing in."""

    token: str
    user: str
    roles: tuple[Role, ...]


class SessionView(Wire):
    """Who is signed in."""

    user: str
    name: str
    hall: str
    roles: tuple[Role, ...]
    counter: str | None
