"""What is kept and for how long: seals, exports, retention, a person's own data and its erasure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from .booking import Scanned
from .commands import Body, flat
from .views import Text, Wire

Purpose = Annotated[
    str,
    BeforeValidator(flat),
    StringConstraints(min_length=4, max_length=200, pattern=r"^[^\x00-\x1f]*$"),
]
"""What it is for, in words that can be answered for later."""

# Seals ------------------------------------------------------------------------------------------


class SealLine(Wire):
    """One day's seal. ``lines``: of the journal on that day; None: it covers all that was before."""

    day: date
    seq: int
    lines: int | None
    hash: str
    digest: str
    made_at: datetime
    key: str
    signature: str


class SealsView(Wire):
    """``public``: the key that a manager notes outside the machine, hex. The newest seal first."""

    hall: str
    public: str
    key: str
    seals: tuple[SealLine, ...]


# Exports ----------------------------------------------------------------------------------------

ExportKind: TypeAlias = Literal[
    "tickets", "appointments", "orders", "certificates", "customers", "journal", "upkeep"
]
ExportFormat: TypeAlias = Literal["csv", "xlsx"]
EXPORT_KINDS: tuple[ExportKind, ...] = get_args(ExportKind)
WITH_PERSONS: frozenset[ExportKind] = frozenset({"appointments", "orders", "certificates", "customers"})
"""Kinds whose lines say who the customers are."""


class ExportAsked(Body):
    """The lines of ``kind`` of the hall's days from ``from`` to ``to``."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    kind: ExportKind
    first: Annotated[date, Field(alias="from", ge=date(2000, 1, 1), le=date(2199, 12, 31))]
    last: Annotated[date, Field(alias="to", ge=date(2000, 1, 1), le=date(2199, 12, 31))]
    purpose: Purpose
    format: ExportFormat = "csv"

    @model_validator(mode="after")
    def _in_order(self) -> ExportAsked:
        if self.last < self.first:
            raise ValueError("to is before from")
        return self


class ExportLine(Wire):
    """An export that was made, as the journal tells of it."""

    at: datetime
    by: str
    kind: ExportKind
    first: date
    last: date
    purpose: str
    format: ExportFormat
    count: int
    sha256: str
    persons: bool
    """Customers stand in it by name."""


# Retention --------------------------------------------------------------------------------------


class RetentionBody(Body):
    """For how many days personal data is kept after the last that was done for somebody."""

    contact_days: Annotated[int, Field(ge=30, le=3650)]
    """Names, phones, e-mails, addresses, what customers wrote."""
    photo_days: Annotated[int, Field(ge=30, le=3650)]
    """Photos of what was handed in."""


class PurgeLine(Wire):
    """A batch that was cleared, as the journal tells of it: counts alone."""

    at: datetime
    counts: dict[str, int]


class RetentionView(Wire):
    contact_days: int
    photo_days: int
    cleared: tuple[PurgeLine, ...]


# One person -------------------------------------------------------------------------------------


class PersonAsked(Body):
    """Whose data: by a voucher, case or pick-up code or number, or a label; or by the whole phone number."""

    code: Scanned = ""
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=24)] = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> PersonAsked:
        if bool(self.code) == bool(self.phone):
            raise ValueError("code or phone")
        return self


class OpenMatter(Wire):
    """What is not over yet: nothing is erased before."""

    number: str
    state: str
    who_acts: Text


class PersonView(Wire):
    """Who was found, masked, and how much is kept of them."""

    who: str
    phone: str
    customers: int
    """Times that they were written down."""
    appointments: int
    orders: int
    certificates: int
    due_items: int
    photos: int
    last: date | None
    """The last day on which something was done for them."""
    open: tuple[OpenMatter, ...]


class CopyAsked(PersonAsked):
    """The person's data as a file, to be handed over to them (查阅、复制)."""

    purpose: Purpose


class ErasureAsked(PersonAsked):
    reason: Purpose


class Kept(Wire):
    """What stays, and why."""

    what: Text
    count: int
    why: Text


class ErasureView(Wire):
    """The confirmation: what was erased and what must be kept."""

    id: str
    at: datetime
    erased: dict[str, int]
    kept: tuple[Kept, ...]


class ErasureLine(Wire):
    """An erasure that was made, as the journal tells of it."""

    id: str
    at: datetime
    by: str
    reason: str
    erased: dict[str, int]
