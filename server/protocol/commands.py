"""The bodies of requests that change something. Unknown fields are refused: a typo is not a wish."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from .views import Text
from .words import Hold, Language, Priority

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
CounterNumber = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,8}$")]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")
]


class Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SignIn(Body):
    user: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=256)]


class TakeNumber(Body):
    """Take a number. ``then`` names services that follow under the same number, in order."""

    service: Name
    priority: Priority = "ordinary"
    language: Language = "zh"
    then: Annotated[tuple[Name, ...], Field(max_length=4)] = ()
    reason: Annotated[str, StringConstraints(max_length=200)] = ""
    """Why a priority was given; staff must say so for the green channel, and it goes into the journal."""


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


class DeviceStatus(Body):
    """A device's own report: every 30 s and on each change."""

    version: Annotated[str, StringConstraints(max_length=32)] = ""
    printer: Literal["none", "ready", "paper_low", "out_of_paper", "cover_open", "offline", "error"] = "none"
    detail: Annotated[str, StringConstraints(max_length=200)] = ""


class Emergency(Body):
    """Set (with a text) or lift (null) the emergency override of all screens."""

    text: Text | None
