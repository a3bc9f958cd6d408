"""The bodies and views of a hall's set-up: what a manager adds and changes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints, field_validator, model_validator

from .commands import Body, CounterNumber, Name, Remark
from .views import Text, Wire
from .words import Role

Word = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32, pattern=r"^[^\x00-\x1f]*$")
]
User = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,31}$")]
StaffRole: TypeAlias = Literal["admin", "manager", "clerk", "lab"]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Named(Body):
    """A name in both languages; the English one may be empty."""

    zh: Word
    en: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=64, pattern=r"^[^\x00-\x1f]*$")
    ] = ""


class Told(Body):
    """A line or two in both languages; may be empty."""

    zh: Remark = ""
    en: Remark = ""


class Page(Body):
    """One page of notices or guidance."""

    title: Named
    body: Told


class ServiceSettings(Body):
    """A service with all its settings. ``minutes``: what one visit usually takes."""

    id: Name
    name: Named
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
    minutes: Annotated[float, Field(ge=0.5, le=240)]
    bring: Told = Told()
    about: Told = Told()
    green: bool = False
    active: bool = True


class Function(Body):
    """A counter's function: the lower tier is called first."""

    service: Name
    tier: Annotated[int, Field(ge=1, le=9)] = 1


class CounterSettings(Body):
    number: CounterNumber
    name: Named
    functions: Annotated[tuple[Function, ...], Field(max_length=32)]
    active: bool = True

    @field_validator("functions")
    @classmethod
    def _each_service_once(cls, functions: tuple[Function, ...]) -> tuple[Function, ...]:
        if len({one.service for one in functions}) < len(functions):
            raise ValueError("a service is named twice")
        return functions


class StaffSettings(Body):
    """A staff member. ``new_password``: make one, answered once; a new member always gets one."""

    user: User
    name: Word
    badge: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=16, pattern=r"^[^\x00-\x1f]*$")
    ] = ""
    duty: Told = Told()
    roles: Annotated[tuple[StaffRole, ...], Field(min_length=1, max_length=4)]
    active: bool = True
    new_password: bool = False

    @field_validator("roles")
    @classmethod
    def _each_role_once(cls, roles: tuple[StaffRole, ...]) -> tuple[StaffRole, ...]:
        return tuple(dict.fromkeys(roles))


class StaffAnswer(Wire):
    user: str
    name: str
    badge: str
    duty: Text
    roles: tuple[Role, ...]
    active: bool
    password: str | None = None
    """Shown once, right after it was made."""


class DeviceSettings(Body):
    name: Name
    kind: Literal["kiosk", "display", "partner"]


class DeviceAnswer(Wire):
    """A device as the manager sees it. ``alarm``: what needs somebody to go there, or null."""

    name: str
    kind: Role
    active: bool
    seen_at: datetime | None
    online: bool
    version: str
    printer: str
    detail: str
    alarm: Literal["offline", "paper_low", "out_of_paper", "cover_open", "printer_offline", "error"] | None
    token: str | None = None
    """Shown once, right after it was made."""


class Opening(Body):
    opens: ClockTime
    closes: ClockTime
    weekdays: Annotated[tuple[Annotated[int, Field(ge=0, le=6)], ...], Field(max_length=7)]
    """Monday is 0."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Opening:
        if self.closes <= self.opens:
            raise ValueError("closes before it opens")
        return self


class RuleSettings(Body):
    """The queue's figures; minutes unless said otherwise."""

    head_starts: dict[
        Literal["ordinary", "appointment", "elderly", "disabled", "expectant", "military", "green"],
        Annotated[int, Field(ge=0, le=240)],
    ]
    parked_head_start: Annotated[int, Field(ge=0, le=240)]
    green_cap: Annotated[int, Field(ge=1, le=100)]
    patience: Annotated[int, Field(ge=1, le=600)]
    most_recalls: Annotated[int, Field(ge=0, le=10)]
    most_returns: Annotated[int, Field(ge=0, le=10)]
    return_behind: Annotated[int, Field(ge=0, le=50)]
    missed_kept: Annotated[int, Field(ge=1, le=20)]
    most_waiting: Annotated[int, Field(ge=1, le=9000)]
    undo_seconds: Annotated[int, Field(ge=0, le=60)]


class HallSettings(Body):
    """The hall's settings, whole. ``hours`` null: numbers are given at any hour. ``shut``: closed by hand."""

    name: Named
    zone: Annotated[str, StringConstraints(max_length=64)]
    hours: Opening | None
    shut: bool
    complaint_phone: Annotated[str, StringConstraints(pattern=r"^[0-9 ()+-]{0,32}$")]
    notices: Annotated[tuple[Page, ...], Field(max_length=20)]
    guidance: Annotated[tuple[Page, ...], Field(max_length=20)]
    rules: RuleSettings

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"no such time zone: {zone}") from error
        return zone
