"""What crosses the wire about a visit that begins at home: catalogue, slots, booking, check-in, labels.

One open interface for every channel: the public pages, staff on behalf, kiosks, and other systems with a
key send the same bodies and get the same views. Money is yuan (元) as a decimal text such as ``"120.00"``.
Names and phone numbers go in; only their masks come out.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .commands import Body, Name, Remark
from .views import Text, TicketIssued, WaitRange, Wire
from .words import AppointmentState, Arrival, Channel, CustomerType, Language, Priority

ItemId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Told = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64, pattern=r"^[^\x00-\x1f]*$")]
"""What a person typed into one field; the rules say what is wrong with it."""
Scanned = Annotated[str, StringConstraints(max_length=256, pattern=r"^[^\x00]*$")]
"""The text of a scan, or typed digits, just as they came."""
Tail = Annotated[str, StringConstraints(pattern=r"^([0-9]{4})?$")]
"""The last four digits of the phone number; empty from staff and kiosks."""

MOST_LINES = 20

# Asked ------------------------------------------------------------------------------------------


class LineBody(Body):
    """So many pieces of one catalogue item."""

    item: ItemId
    pieces: Annotated[int, Field(ge=1, le=9999)]


Lines = Annotated[tuple[LineBody, ...], Field(min_length=1, max_length=MOST_LINES)]


class CustomerBody(Body):
    """Who brings the instruments. ``company`` and ``uscc`` stay empty for a resident."""

    type: CustomerType
    name: Told
    phone: Told
    company: Told = ""
    uscc: Told = ""
    """统一社会信用代码: may be empty; when given its check character must be right."""
    email: Told = ""
    """For reminders; may be empty."""


class Book(Body):
    """Book a place. ``acknowledged``: item → version of its notice that was read and ticked."""

    day: date
    slot: Name
    lines: Lines
    customer: CustomerBody
    acknowledged: Annotated[dict[ItemId, int], Field(max_length=MOST_LINES, default_factory=dict)]
    consent: Annotated[str, StringConstraints(max_length=32)] = ""
    """Version of the statement on personal data that was agreed to."""
    language: Language = "zh"
    channel: Channel | None = None
    """Said by staff only: through which channel the customer asked them. Else it follows from who asks."""


class Proof(Body):
    """An appointment by its voucher's code or its number; with the phone's tail where the public asks."""

    code: Scanned
    tail: Tail = ""


class Reschedule(Proof):
    """Move it to another place. ``lines`` null: the same instruments."""

    day: date
    slot: Name
    lines: Lines | None = None
    acknowledged: Annotated[dict[ItemId, int], Field(max_length=MOST_LINES, default_factory=dict)]
    reason: Remark = ""
    """Needed from staff after the cut-off."""


class GiveUp(Proof):
    """Cancel it."""

    reason: Remark = ""


class Ask(Body):
    """What would become of these instruments if they were handed in now."""

    lines: Lines
    customer: CustomerType = "resident"
    complete: bool = True
    """Papers and parts are all there."""


class Show(Body):
    """A voucher that is shown at a kiosk: what is it?"""

    code: Scanned


class CheckIn(Body):
    """Check in with a voucher. ``lines`` null: as booked; else the numbers of pieces that came."""

    code: Scanned
    lines: Lines | None = None
    complete: bool = True
    language: Language = "zh"


class WalkIn(Body):
    """Register instruments without an appointment, chosen from the catalogue, and take a number for them."""

    lines: Lines
    customer: CustomerType = "resident"
    complete: bool = True
    priority: Priority = "ordinary"
    language: Language = "zh"
    reason: Remark = ""


class LabelsAgain(Body):
    """Print the labels of an order (again): by voucher, by its number, or by the ticket's code or number."""

    code: Scanned


class LabelPrinted(Body):
    """What became of the labels of an order, told by who printed them, for the journal."""

    outcome: Literal["printed", "failed", "unknown"]
    codes: Annotated[tuple[Annotated[str, StringConstraints(max_length=24)], ...], Field(max_length=500)]
    """Identity codes of the labels that this is about."""
    reprint: bool = False


class Bind(Body):
    """Recognise a pre-printed label: from now on it names this sample too, and never another."""

    foreign: Scanned


# Answered ---------------------------------------------------------------------------------------


class FeeView(Wire):
    """``full`` is the published price, ``due`` what is charged, ``reason`` why less (减半, 强检免费)."""

    full: str
    due: str
    saved: str
    reason: Text


class NoticeView(Wire):
    """What to mind when handing in (送检注意事项)."""

    version: int
    text: Text


class ItemView(Wire):
    """One kind of instrument, as everybody may know it."""

    id: str
    name: Text
    field: str
    section: str
    regulation: str
    """The edition in force today."""
    next_regulation: str = ""
    next_since: date | None = None
    """The edition that is known to follow, and from which day."""
    compulsory: bool
    """强制检定; else calibration (校准)."""
    mode: Literal["hall", "vehicle_lane", "on_site"]
    while_you_wait: bool
    cycle_months: int | None
    rest_minutes: int
    promise_days: int
    most_in_order: int
    for_whom: tuple[CustomerType, ...]
    fragile: bool
    accessories: tuple[Text, ...]
    notice: NoticeView | None
    fee: FeeView
    """For one piece today."""
    contact: str
    taken: bool
    """Whether it can be booked now; ``why`` says why not."""
    why: Text | None = None


class Term(Wire):
    """A word of the trade and its plain note (术语备注)."""

    word: Text
    note: Text


class FieldView(Wire):
    """One field of the taxonomy (民生领域)."""

    id: str
    name: Text


class Consent(Wire):
    """Why personal data are asked for and what is done with them; ``version`` is sent back as agreed."""

    version: str
    text: Text


class BookingRulesView(Wire):
    horizon_days: int
    cut_off_minutes: int
    callable_before: int
    most_lines: int


class CatalogueView(Wire):
    """``GET /halls/HALL/catalogue``: for anyone. All that the booking form needs but the slots."""

    hall: str
    hall_name: Text
    zone: str
    today: date
    complaint_phone: str
    fields: tuple[FieldView, ...]
    items: tuple[ItemView, ...]
    terms: tuple[Term, ...]
    customer_types: dict[CustomerType, Text]
    consent: Consent
    rules: BookingRulesView
    kinds: int
    """How many kinds of instruments are offered today, by the records."""
    regulations: int
    """How many regulations they are verified by, by the records."""


class SlotView(Wire):
    """One window of a day. ``free``: the lines asked for fit; else ``why`` not."""

    id: str
    opens: str
    closes: str
    starts_at: datetime
    free: bool
    left: int
    """Pieces that still find room."""
    why: Text | None = None


class DayView(Wire):
    day: date
    works: bool
    slots: tuple[SlotView, ...]


class SlotsView(Wire):
    """``POST /halls/HALL/slots`` with an ``Ask``: the days that can be booked, first to last."""

    service: str
    service_name: Text
    days: tuple[DayView, ...]


class LineView(Wire):
    """A line of an appointment or an order."""

    item: str
    name: Text
    pieces: int
    regulation: str
    fragile: bool
    accessories: tuple[Text, ...]
    notice: NoticeView | None
    """The version that was acknowledged, or the present one."""
    fee: FeeView


class Verdict(Wire):
    """立等可取 or 普通, why, and how long: both figures of a visit beside the wait for a call."""

    while_you_wait: bool
    reasons: tuple[Text, ...]
    """Why it must be left (普通); empty for while-you-wait."""
    ready: WaitRange
    """Minutes from hand-in until ready."""
    promise_days: int
    """Working days promised where it is left."""
    promise_by: date
    provisional: bool
    """The working days of that year are not announced yet (暂估)."""
    service: str
    """The service to take a number for."""
    service_name: Text
    lines: tuple[LineView, ...]
    total: FeeView


Stage = Literal["booked", "moved", "cancelled", "checked_in", "registered", "labelled", "ready", "collected"]


class Step(Wire):
    """A stage of the visit on its timeline."""

    kind: Stage
    at: datetime | None
    """None: not yet."""
    text: Text


class AppointmentView(Wire):
    """An appointment for who has proof of it; its customer only masked."""

    code: str
    number: str
    """12 digits: to type; the case number through all stages."""
    hall: str
    hall_name: Text
    zone: str
    service: str
    service_name: Text
    day: date
    slot: str
    starts_at: datetime
    ends_at: datetime
    state: AppointmentState
    channel: Channel
    customer_type: CustomerType
    who: str
    """Masked name: ``张*``, or a company's name masked in the middle."""
    phone: str
    """Masked: ``138****5678``."""
    lines: tuple[LineView, ...]
    verdict: Verdict
    made_at: datetime
    moved: int
    may_change: bool
    """By the customer, now."""
    change_until: datetime
    timeline: tuple[Step, ...]
    ticket_url: str | None = None
    """Where to follow its ticket, once checked in."""
    url: str
    """Absolute address of the voucher's page."""
    complaint_phone: str


class ArrivalView(Wire):
    """What a voucher is, here and now, before anything is changed."""

    arrival: Arrival
    title: Text
    detail: Text
    """What it means and what to do."""
    may_check_in: bool
    """A number can be had: on time and early as an appointment, late as a walk-in."""
    appointment: AppointmentView | None
    """None where it belongs to another hall, whose name is in ``detail``."""


class LabelView(Wire):
    """One piece's label."""

    code: str
    """Sample identity code (S…)."""
    order: str
    item: Text
    index: int
    """Of the order's pieces, from 1."""
    count: int
    hall: Text
    due: date | None
    fragile: bool


class OrderView(Wire):
    """What was registered at check-in, with one label for each piece."""

    id: str
    number: str
    """The case number."""
    lines: tuple[LineView, ...]
    verdict: Verdict
    labels: tuple[LabelView, ...]
    again: bool = False
    """These labels were printed before: what comes out now is a reprint."""
    code: str = ""
    """C…: to follow the case with; only in the answer to a check-in or a walk-in."""
    url: str = ""
    """The case's page, likewise."""


class CheckedIn(Wire):
    """The answer to a check-in or a walk-in registration: paper for the hand and for the instruments."""

    ticket: TicketIssued
    order: OrderView
    arrival: Arrival | None = None


class SampleView(Wire):
    """One piece."""

    code: str
    flow: str
    order: str
    item: str
    index: int
    count: int
    foreign: str | None
    state: str
