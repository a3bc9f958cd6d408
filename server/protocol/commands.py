"""The bodies of requests that change something. Unknown fields are refused: a typo is not a wish."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from .words import Hold, Language, Priority

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
CounterNumber = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,8}$")]


def flat(told: object) -> object:
    """Line breaks and runs of spaces become one space: screens break lines by themselves."""
    return " ".join(told.split()) if isinstance(told, str) else told


Line = Annotated[
    str,
    BeforeValidator(flat),
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$"),
]
Remark = Annotated[str, BeforeValidator(flat), StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f]*$")]
"""A line that may be empty."""


class Body(BaseModel):
    # A password in a body of the wrong form must not stand in the error's text.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class SignIn(Body):
    user: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=256)]


class TakeNumber(Body):
    """Take a number. ``then`` names services that follow under the same number, in order."""

    service: Name
    priority: Priority = "ordinary"
    language: Language = "zh"
    then: Annotated[tuple[Name, ...], Field(max_length=4)] = ()
    reason: Remark = ""
    """Why a priority was given, for the journal."""


class OpenCounter(Body):
    """Nothing to say; an empty body serves as well."""


class Park(Body):
    hold: Hold = "papers"


class Transfer(Body):
    service: Name


class CallAgain(Body):
    """Call one of the last five missed, or a parked ticket, to this counter."""

    ticket: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Printed(Body):
    """What became of a ticket's paper, told by a kiosk for the journal."""

    outcome: Literal["printed", "failed", "unknown"]
    reprint: bool = False


PartWord = Literal["none", "ready", "paper_low", "out_of_paper", "cover_open", "offline", "error"]
"""How a part of a device is. ``none``: the device has no such part."""
DetailOf = Literal["printer", "labels", "certificates", "scanner", "sound", "screen"]


class DeviceStatus(Body):
    """A device's own report: every 30 s and on each change."""

    version: Annotated[str, StringConstraints(max_length=32, pattern=r"^[^\x00-\x1f]*$")] = ""
    printer: PartWord = "none"
    """The printer of tickets."""
    labels: PartWord = "none"
    certificates: PartWord = "none"
    """The printer of certificates, where the device has one."""
    scanner: PartWord = "none"
    sound: PartWord = "none"
    screen: PartWord = "none"
    detail: Remark = ""
    details: dict[DetailOf, Remark] = Field(default_factory=dict)
    """What a part says of its state beyond the word for it."""


class Saying(Body):
    """What every screen says, in both languages; the English one may be empty."""

    zh: Line
    en: Remark = ""


class Emergency(Body):
    """Set (with a text) or lift (null) the emergency override of all screens."""

    text: Saying | None
