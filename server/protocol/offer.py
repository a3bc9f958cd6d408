"""What a manager sets of a hall's offer: catalogue, slots, calendar, authorisations, promises.

What changes by law or notice is dated and may be entered ahead. Money is a decimal string in yuan (元).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from .admin import ClockTime, Named
from .booking import CatalogueView, FieldView, ItemId, NoticeView, Term
from .commands import Body, Line, Name, Remark
from .sheets import Fault as Fault
from .views import HallHead, Text, Wire
from .words import CUSTOMER_TYPES, CustomerType

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
MOST_ITEMS = 2000
MOST_SLOTS = 400
MOST_PAGES = 20


def _iso(told: object) -> object:
    """A day is a date or its ISO text; numbers are none."""
    if isinstance(told, date) or (isinstance(told, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", told)):
        return told
    raise ValueError("not a day as YYYY-MM-DD")


def _lines(told: object) -> object:
    """Lines without blanks around them, and none that is empty."""
    if not isinstance(told, str):
        return told
    return "\n".join(line for line in (" ".join(line.split()) for line in told.splitlines()) if line)


PLAIN = r"^[^\x00-\x1f\ufffe\uffff]*$"
Day = Annotated[date, BeforeValidator(_iso), Field(ge=FIRST, le=LAST)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64, pattern=PLAIN)]
"""A line that may be empty."""
Needed = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=PLAIN)]
Entry = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\ufffe\uffff;；|]*$"
    ),
]
"""Part of a list that is written in one cell of a sheet: without the signs that part such lists."""
OptionalEntry = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=96, pattern=r"^[^\x00-\x1f\ufffe\uffff;；|]*$"),
]
Yuan = Annotated[str, StringConstraints(pattern=r"^\d{1,7}(\.\d{1,2})?$")]
Minutes = Annotated[float, Field(ge=0, le=2880)]
Pieces = Annotated[int, Field(ge=1, le=9999)]
Paragraph = Annotated[
    str,
    BeforeValidator(_lines),
    StringConstraints(max_length=2000, pattern=r"^[^\x00-\x09\x0b-\x1f\ufffe\uffff]*$"),
]
"""Lines, each to be shown as one."""


class Worded(Body):
    """A short text of a list, in both languages."""

    zh: Entry
    en: OptionalEntry = ""


class Reason(Body):
    zh: OptionalEntry = ""
    en: OptionalEntry = ""


class Told(Body):
    """A sentence or two in both languages."""

    zh: Line
    en: Remark = ""


class Lines(Body):
    """Lines in both languages."""

    zh: Annotated[Paragraph, StringConstraints(min_length=1)]
    en: Paragraph = ""


class DatedRegulation(Body):
    """The edition in force from ``since`` on."""

    since: Day
    value: Entry


class DatedFee(Body):
    """The fee from ``since`` on, a piece; ``percent`` of it is charged (50: 减半收费)."""

    since: Day
    yuan: Yuan
    percent: Annotated[int, Field(ge=0, le=100)] = 100
    reason: Reason = Reason()


class DatedDays(Body):
    """Working days promised from ``since`` on."""

    since: Day
    value: Annotated[int, Field(ge=1, le=250)]


class CapsBody(Body):
    """The most pieces in one order, in one slot, on one day."""

    order: Pieces
    slot: Pieces
    day: Pieces

    @model_validator(mode="after")
    def _from_small_to_large(self) -> CapsBody:
        if self.slot > self.day:
            raise ValueError("a slot takes more than the day")
        return self


History = TypeVar("History", DatedRegulation, DatedFee, DatedDays)


def _in_order(history: Sequence[History]) -> tuple[History, ...]:
    if len({one.since for one in history}) < len(history):
        raise ValueError("two entries begin on the same day")
    return tuple(sorted(history, key=lambda one: one.since))


Decimal_ = Annotated[str, StringConstraints(pattern=r"^-?\d{1,7}(\.\d{1,6})?$")]


class ReadingBody(Body):
    """A line of the form of results; see ``server.domain.catalogue.Reading``."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
    name: Worded
    kind: Literal["number", "choice", "text"] = "number"
    unit: OptionalEntry = ""
    digits: Annotated[int, Field(ge=0, le=6)] = 2
    low: Decimal_ | None = None
    high: Decimal_ | None = None
    choices: Annotated[tuple[Worded, ...], Field(max_length=12)] = ()
    needed: bool = True

    @model_validator(mode="after")
    def _fits_its_kind(self) -> ReadingBody:
        if self.kind == "choice" and len({one.zh for one in self.choices}) < max(2, len(self.choices)):
            raise ValueError("a choice has two or more different answers")
        if self.kind != "number" and (self.low is not None or self.high is not None):
            raise ValueError("only numbers have limits")
        if self.low is not None and self.high is not None and Decimal(self.low) > Decimal(self.high):
            raise ValueError("the lower limit is above the upper one")
        return self


class ClimateLimits(Body):
    """What the regulation asks of the room: lowest and highest temperature (℃) and humidity (%)."""

    celsius: tuple[Annotated[float, Field(ge=-60, le=90)], Annotated[float, Field(ge=-60, le=90)]]
    humidity: tuple[Annotated[float, Field(ge=0, le=100)], Annotated[float, Field(ge=0, le=100)]]

    @model_validator(mode="after")
    def _from_low_to_high(self) -> ClimateLimits:
        if self.celsius[0] > self.celsius[1] or self.humidity[0] > self.humidity[1]:
            raise ValueError("the lower limit is above the upper one")
        return self


class LabBody(Body):
    """The lab's figures; see ``server.domain.lab.LabRules``."""

    climate_minutes: Annotated[int, Field(ge=5, le=1440)] = 120
    reply_days: Annotated[int, Field(ge=1, le=60)] = 2
    due_days: Annotated[int, Field(ge=1, le=366)] = 60


class ItemBody(Body):
    """One kind of instrument with all its settings; see ``server.domain.catalogue.Item``."""

    id: ItemId
    name: Named
    field: Name
    section: Needed
    service: Name
    regulations: Annotated[tuple[DatedRegulation, ...], Field(min_length=1, max_length=20)]
    caps: CapsBody
    unit_minutes: Annotated[float, Field(gt=0, le=2880)]
    setup_minutes: Minutes = 0
    review_minutes: Minutes = 5
    rest_minutes: Annotated[int, Field(ge=0, le=10080)] = 0
    cycle_months: Annotated[int, Field(ge=1, le=240)] | None = 12
    kind: Literal["compulsory", "calibration"] = "compulsory"
    mode: Literal["hall", "vehicle_lane", "on_site"] = "hall"
    while_you_wait: bool = True
    for_whom: Annotated[tuple[CustomerType, ...], Field(min_length=1, max_length=len(CUSTOMER_TYPES))] = (
        CUSTOMER_TYPES
    )
    fragile: bool = False
    accessories: Annotated[tuple[Worded, ...], Field(max_length=20)] = ()
    notice: Told | None = None
    """A changed text becomes the next version by itself."""
    fees: Annotated[tuple[DatedFee, ...], Field(max_length=20)] = ()
    promise_days: Annotated[tuple[DatedDays, ...], Field(max_length=20)] = ()
    contact: Annotated[str, StringConstraints(pattern=r"^[0-9 ()+-]{0,32}$")] = ""
    active: bool = True
    looks: Annotated[tuple[Worded, ...], Field(max_length=20)] = ()
    """What is looked at when a piece is accepted (外观检查)."""
    readings: Annotated[tuple[ReadingBody, ...], Field(max_length=60)] = ()
    """The form of its results (结果单)."""
    climate: ClimateLimits | None = None
    standards: Annotated[int, Field(ge=0, le=9)] = 1
    """How many standards a result must name at least."""

    @field_validator("readings")
    @classmethod
    def _each_line_once(cls, readings: tuple[ReadingBody, ...]) -> tuple[ReadingBody, ...]:
        if len({one.id for one in readings}) < len(readings):
            raise ValueError("two lines have the same id")
        return readings

    @field_validator("regulations", "fees", "promise_days")
    @classmethod
    def _one_at_a_time(cls, history: tuple[History, ...]) -> tuple[History, ...]:
        return _in_order(history)

    @field_validator("for_whom")
    @classmethod
    def _each_once(cls, types: tuple[CustomerType, ...]) -> tuple[CustomerType, ...]:
        return tuple(one for one in CUSTOMER_TYPES if one in types)


class ItemAnswer(Wire):
    """An item as it stands; ``notice`` with its version."""

    id: str
    name: Text
    field: str
    section: str
    service: str
    regulations: tuple[DatedRegulation, ...]
    caps: CapsBody
    unit_minutes: float
    setup_minutes: float
    review_minutes: float
    rest_minutes: int
    cycle_months: int | None
    kind: Literal["compulsory", "calibration"]
    mode: Literal["hall", "vehicle_lane", "on_site"]
    while_you_wait: bool
    for_whom: tuple[CustomerType, ...]
    fragile: bool
    accessories: tuple[Text, ...]
    notice: NoticeView | None
    fees: tuple[DatedFee, ...]
    promise_days: tuple[DatedDays, ...]
    contact: str
    active: bool
    looks: tuple[Text, ...]
    readings: tuple[ReadingBody, ...]
    climate: ClimateLimits | None
    standards: int
    authorised_until: date | None
    """The last day on which an authorisation that holds today covers it; null: none does."""


class SlotBody(Body):
    """A window of each working day (``weekdays`` null) or of each of ``weekdays`` (Monday is 0)."""

    id: Name
    service: Name
    opens: ClockTime
    closes: ClockTime
    minutes: Annotated[float, Field(gt=0, le=100_000)]
    """Bench time that can be booked in it."""
    pieces: Pieces
    weekdays: Annotated[tuple[Annotated[int, Field(ge=0, le=6)], ...], Field(max_length=7)] | None = None
    active: bool = True

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> SlotBody:
        if self.closes <= self.opens:
            raise ValueError("closes before it opens")
        return self


class SlotLoad(Wire):
    """What is booked in a slot on one day, beside what it holds."""

    id: str
    service: str
    opens: str
    closes: str
    minutes: float
    pieces: int
    booked_minutes: float
    booked_pieces: int


class DayLoad(Wire):
    """A day with the slots held on it, in the order of their time."""

    day: date
    works: bool
    slots: tuple[SlotLoad, ...]


class WeekAnswer(Wire):
    """Seven days from ``first`` on."""

    first: date
    days: tuple[DayLoad, ...]


class CalendarAnswer(Wire):
    """Days that differ from their weekday, and the years whose notice is entered."""

    days: dict[date, bool]
    """Day → whether it is worked."""
    announced: tuple[int, ...]
    """The working days of any other year are provisional (暂估)."""


class DayBody(Body):
    works: bool


class YearBody(Body):
    announced: bool


class AuthorisationBody(Body):
    """What the institution may do (授权/资质), and until when (the last day on which it holds)."""

    number: Needed
    items: Annotated[tuple[ItemId, ...], Field(min_length=1, max_length=MOST_ITEMS)]
    since: Day
    until: Day

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> AuthorisationBody:
        if self.until < self.since:
            raise ValueError("ends before it begins")
        return self


class FieldBody(Body):
    """One field of the taxonomy (民生领域)."""

    id: Name
    name: Named


class TermBody(Body):
    """A word of the trade and its plain note (术语备注)."""

    word: Named
    note: Told


class RulesBody(Body):
    """The rules of booking; see ``server.domain.booking.BookingRules``."""

    horizon_days: Annotated[int, Field(ge=1, le=366)]
    cut_off_minutes: Annotated[int, Field(ge=0, le=10080)]
    callable_before: Annotated[int, Field(ge=0, le=240)]
    early_minutes: Annotated[int, Field(ge=0, le=1440)]
    most_lines: Annotated[int, Field(ge=1, le=20)]
    most_open: Annotated[int, Field(ge=1, le=100)]
    while_you_wait: Name
    """The service for instruments that are done while the customer waits (立等受理)."""
    collect: Name = "pickup"
    """The service of those who come to collect (取件)."""
    amber_days: Annotated[int, Field(ge=0, le=30)] = 1
    """Working days left from which on a promise's clock is amber."""


class PromiseBody(Body):
    """One page of the service promise; each line of the body is shown as one."""

    id: Name
    title: Named
    body: Lines


class PromiseAnswer(Wire):
    id: str
    title: Text
    body: Text
    version: int


class OfferAnswer(Wire):
    """Everything of the offer but its items, slots and calendar, each of which has its own address."""

    fields: tuple[FieldView, ...]
    terms: tuple[Term, ...]
    authorisations: tuple[AuthorisationBody, ...]
    rules: RulesBody
    lab: LabBody
    promises: tuple[PromiseAnswer, ...]


class SheetReport(Wire):
    """What a sheet would change or has changed. With any fault nothing of it is taken."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    kept: int
    """Items that the sheet does not name; they stay as they are."""
    faults: tuple[Fault, ...]
    more_faults: int
    """Faults beyond those told."""
    applied: bool


class Chapter(Wire):
    """One subject of the disclosure (公示). ``version``: of a page that is written by hand."""

    id: str
    title: Text
    lines: tuple[Text, ...]
    version: int | None = None


class AboutView(Wire):
    """All that a hall discloses, from the records as they stand today."""

    hall: HallHead
    today: date
    kinds: int
    regulations: int
    chapters: tuple[Chapter, ...]
    catalogue: CatalogueView
    authorisations: tuple[AuthorisationBody, ...]
    """Those that hold today."""
