"""What crosses the wire at the benches: bench list, sheets of results, signatures, questions to customers.

A sample is named by any of its codes (identity, flow, a bound label); a standard by its E code or by the
institution's own number. Values of a form are written as people write them; limits are judged by the server.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from .admin import User
from .booking import Scanned
from .commands import Body, Line, Remark
from .offer import Day, ReadingBody, Short
from .views import Text, Wire
from .words import Conclusion, SampleState

ResultState = Literal["draft", "tested", "reviewed", "approved", "superseded"]
Option = Literal[
    "repair_and_retest", "conclude_unqualified", "return_untested", "reschedule", "other_institution"
]
"""维修后再检 · 直接判不合格 · 未检退回 · 改期再检 · 转其他机构"""
NegotiationState = Literal["proposed", "agreed", "declined", "timed_out", "executed"]
Colour = Literal["none", "green", "amber", "red", "done"]

Celsius = Annotated[float, Field(ge=-60, le=90, allow_inf_nan=False)]
Humidity = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
ReadingId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Entry = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\ufffe\uffff]*$")
]

# Asked ------------------------------------------------------------------------------------------


class ResultBody(Body):
    """A draft of a result; may be saved unfinished."""

    values: Annotated[dict[ReadingId, Entry], Field(max_length=60)] = Field(default_factory=dict)
    """Line of the form → what was read; a choice by its Chinese text."""
    standards: Annotated[tuple[Scanned, ...], Field(max_length=20)] = ()
    maker: Short = ""
    model: Short = ""
    place: Short = ""
    remark: Remark = ""
    interval: bool = False
    """Of a calibration: the customer asked for an interval to be named."""


class SignTest(Body):
    """检定员 signs: the conclusion as confirmed beside the values."""

    conclusion: Conclusion


class SendBack(Body):
    reason: Remark = ""


class Hold(Body):
    """A fault was found: the customer is asked."""

    fault: Line
    options: Annotated[tuple[Option, ...], Field(min_length=1, max_length=5)]
    photos: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")], ...], Field(max_length=10)
    ] = ()
    """Ids of photos of the sample that show it."""

    @field_validator("options")
    @classmethod
    def _each_once(cls, options: tuple[Option, ...]) -> tuple[Option, ...]:
        return tuple(dict.fromkeys(options))


class Propose(Body):
    """Ask anew, after a no or when nobody answered."""

    fault: Remark = ""
    options: Annotated[tuple[Option, ...], Field(min_length=1, max_length=5)]


class AnswerBody(Body):
    """The customer's answer. ``code`` and ``tail`` prove whose case it is; staff need neither."""

    code: Scanned = ""
    tail: Annotated[str, StringConstraints(pattern=r"^([0-9]{4})?$")] = ""
    option: Option | Literal["decline"]
    remark: Remark = ""


class SignReturn(Body):
    """Sign for what goes back untested: the supervisor, and the customer before a member of staff."""

    role: Literal["supervisor", "customer"]


class RoomBody(Body):
    celsius: Celsius
    humidity: Humidity


class PartnerResult(Body):
    """A result from another system. It is tested at most; review and approval are signed here."""

    sample: Scanned
    verifier: User
    """Who tested it: must hold the credential on ``tested_on``."""
    tested_on: Day | None = None
    """None: today. Not later than today."""
    values: Annotated[dict[ReadingId, Entry], Field(max_length=60)] = Field(default_factory=dict)
    standards: Annotated[tuple[Scanned, ...], Field(max_length=20)] = ()
    room: RoomBody | None = None
    """None: the section's own record counts."""
    maker: Short = ""
    model: Short = ""
    place: Short = ""
    remark: Remark = ""
    conclusion: Conclusion | None = None
    """None: it stays a draft, which the verifier signs here."""


# Answered ---------------------------------------------------------------------------------------


class ResultTaken(Wire):
    id: str
    sample: str
    version: int
    state: ResultState
    conclusion: Conclusion | None


class BenchRow(Wire):
    """A piece at a bench."""

    code: str
    order: str
    """Case number."""
    index: int
    count: int
    item: Text
    serial: str
    section: str
    state: SampleState
    state_text: Text
    due: date | None
    colour: Colour
    green: bool
    """Of the green channel: first."""
    rests_until: datetime | None
    """While it must still stand."""
    holder: str
    """``me``, ``bench``, ``customer``, or the name of who has it."""
    question: NegotiationState | None
    result: ResultState | None
    by: str
    """Who signed last, or began."""


class RoomView(Wire):
    """A section's air: the newest record."""

    section: str
    celsius: float | None
    humidity: float | None
    at: datetime | None
    fresh: bool
    by: str = ""


class SectionView(Wire):
    name: str
    counts: dict[SampleState, int]
    room: RoomView


class QuestionRow(Wire):
    """A question to a customer, for staff."""

    id: str
    sample: str
    order: str
    item: Text
    state: NegotiationState
    fault: str
    options: tuple[Option, ...]
    answer: Option | Literal["", "decline"]
    remark: str
    opened_at: datetime
    due_at: datetime
    escalated: bool
    answered_at: datetime | None
    by_customer: bool
    """They answered themselves; else staff took it down."""
    needs_signatures: bool
    signed: tuple[str, ...]


class BenchView(Wire):
    hall: str
    section: str
    """Shown; empty: all."""
    sections: tuple[SectionView, ...]
    rows: tuple[BenchRow, ...]
    more: int
    """Pieces beyond those told."""
    to_sign: int
    """Results that wait for my signature."""
    escalated: int
    """Questions that nobody answered in time."""


class StandardView(Wire):
    """A standard as a result names it."""

    code: str
    number: str
    name: Text
    model: str
    uncertainty: str
    certificate: str
    until: date | None
    factors: int


class ValueView(Wire):
    reading: str
    name: Text
    text: str
    unit: str
    limits: str
    good: bool


class SignatureView(Wire):
    role: Literal["verifier", "reviewer", "approver"]
    by: str
    at: datetime


class ResultView(Wire):
    """One version of a result."""

    id: str
    version: int
    state: ResultState
    regulation: str
    tested_on: date
    values: tuple[ValueView, ...]
    standards: tuple[StandardView, ...]
    celsius: float | None
    humidity: float | None
    place: str
    remark: str
    maker: str
    model: str
    interval: bool
    proposed: Conclusion
    """What the values come to."""
    conclusion: Conclusion | None
    source: str
    """The other system it came from; empty: entered here."""
    signatures: tuple[SignatureView, ...]


Act = Literal[
    "rest", "start", "save", "sign", "hold", "review", "approve", "send_back", "correct", "propose", "execute"
]


class SheetView(Wire):
    """A sample at the bench with its form, its results and what may be done now by who asks."""

    row: BenchRow
    flow: str
    regulation: str
    """In force today; empty: none."""
    readings: tuple[ReadingBody, ...]
    climate: tuple[float, float, float, float] | None
    """Limits: ℃ from, to; % from, to."""
    room: RoomView
    least_standards: int
    offered: tuple[StandardView, ...]
    """The section's standards that may be used today."""
    results: tuple[ResultView, ...]
    """The newest first."""
    questions: tuple[QuestionRow, ...]
    """The newest first."""
    maker: str
    model: str
    """As acceptance read them off the plate; empty: it did not."""
    fragile: bool
    conclusions: tuple[Conclusion, ...]
    may: tuple[Act, ...]
    why: Text | None
    """Why it can't be begun or signed now; None where nothing is against it."""


class SigningRow(Wire):
    """A result that waits for my signature."""

    sample: str
    order: str
    item: Text
    section: str
    result: str
    state: ResultState
    conclusion: Conclusion | None
    tested_by: str
    at: datetime
    due: date | None
    colour: Colour


class LabPart(Wire):
    """A section's share of an order (分单)."""

    section: str
    done: int
    total: int
    due: date | None
    colour: Colour
    pieces: tuple[BenchRow, ...]


class LabOrderView(Wire):
    """An order as the lab sees it, in its parts; done only when every part is."""

    number: str
    state_text: Text
    done: bool
    parts: tuple[LabPart, ...]
