"""What crosses the wire about the lab's book: equipment, credentials and training, the rooms' air.

A standard is named by its E code or by the institution's own number.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .admin import User
from .booking import ItemId
from .commands import Body, Line, Remark
from .lab import Celsius, Humidity, RoomView
from .offer import Day, Short, Worded
from .views import Text, Wire

EquipmentState = Literal["in_use", "limited", "out_of_service"]
CredentialKind = Literal["verifier", "reviewer", "approver", "training"]
StatusColour = Literal["green", "yellow", "red"]
"""Of a status label: 合格 · 准用 · 停用."""

# Asked ------------------------------------------------------------------------------------------


class ClimateBody(Body):
    """The air of a section's room as it is read now."""

    section: Annotated[Short, StringConstraints(min_length=1)]
    celsius: Celsius
    humidity: Humidity


class EquipmentBody(Body):
    """A standard or device (标准器/设备) with what is known of it."""

    number: Annotated[Short, StringConstraints(min_length=1)]
    """The institution's own."""
    section: Annotated[Short, StringConstraints(min_length=1)]
    name: Worded
    standard: bool = True
    model: Short = ""
    maker_number: Short = ""
    uncertainty: Short = ""
    span: Short = ""
    """Measuring range."""
    certificate: Short = ""
    """Of its traceability."""
    until: Day | None = None
    """The last day on which that certificate holds."""
    check_days: Annotated[int, Field(ge=1, le=3660)] | None = None
    """An intermediate check (期间核查) is due so many days after the last."""


class EquipmentStateBody(Body):
    """Take it out (停用), limit it (准用) or put it back (合格)."""

    state: EquipmentState
    reason: Line
    limited_to: Remark = ""


class CheckBody(Body):
    """An intermediate check (期间核查) as it was made; a bad one takes the piece out at once."""

    on: Day | None = None
    """None: today."""
    good: bool
    remark: Remark = ""


class FactorBody(Body):
    where: Annotated[Short, StringConstraints(min_length=1)]
    value: Annotated[Short, StringConstraints(min_length=1)]


class FactorsBody(Body):
    """The next version of the correction factors (修正值), from a day on."""

    since: Day
    values: Annotated[tuple[FactorBody, ...], Field(min_length=1, max_length=60)]


class CredentialBody(Body):
    """What a person may sign, or was trained in."""

    user: User
    kind: CredentialKind
    number: Short = ""
    items: Annotated[tuple[ItemId, ...], Field(max_length=2000)] = ()
    """Empty: all."""
    title: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=128, pattern=r"^[^\x00-\x1f]*$")
    ] = ""
    since: Day
    until: Day


# Answered ---------------------------------------------------------------------------------------


class FactorsView(Wire):
    version: int
    since: date
    values: tuple[FactorBody, ...]
    by: str


class CheckView(Wire):
    on: date
    good: bool
    remark: str
    by: str


class EquipmentView(Wire):
    """A piece of equipment with its book."""

    code: str
    number: str
    section: str
    name: Text
    state: EquipmentState
    colour: StatusColour
    """Of its label."""
    label: Text
    """合格 · 准用 · 停用."""
    expired: bool
    standard: bool
    model: str
    maker_number: str
    uncertainty: str
    span: str
    certificate: str
    until: date | None
    limited_to: str
    reason: str
    """Why it is as it is."""
    check_days: int | None
    check_due: date | None
    check_late: bool
    factors: tuple[FactorsView, ...]
    """The newest first."""
    checks: tuple[CheckView, ...]
    """The newest first."""


class CredentialView(Wire):
    id: str
    user: str
    name: str
    kind: CredentialKind
    number: str
    items: tuple[str, ...]
    title: str
    since: date
    until: date
    state: Literal["valid", "soon", "lapsed", "later"]


class DueRow(Wire):
    """What lapses soon or has lapsed: a credential, training, a standard's traceability, a check."""

    what: Literal["credential", "training", "traceability", "check"]
    name: Text
    detail: str
    who: str
    until: date
    lapsed: bool


class PersonAtBench(Wire):
    user: str
    name: str
    duty: Text
    active: bool


class PeopleView(Wire):
    people: tuple[PersonAtBench, ...]
    credentials: tuple[CredentialView, ...]
    due: tuple[DueRow, ...]


class ClimateRow(Wire):
    section: str
    celsius: float
    humidity: float
    at: datetime
    by: str


class ClimateView(Wire):
    rooms: tuple[RoomView, ...]
    history: tuple[ClimateRow, ...]
    """Of the section asked for, the newest first."""
    minutes: int
    """How long a record counts."""
