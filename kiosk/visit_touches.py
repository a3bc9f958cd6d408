"""What a finger may do on the screens of a visit: values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from server.protocol.words import CustomerType

Purpose = Literal["check_in", "labels", "pickup", "progress", "certificates"]
"""What a code is shown for."""


@dataclass(frozen=True, slots=True)
class ServicesTouched:
    pass


@dataclass(frozen=True, slots=True)
class PurposeTouched:
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class RegisterTouched:
    pass


@dataclass(frozen=True, slots=True)
class CustomerTouched:
    customer: CustomerType


@dataclass(frozen=True, slots=True)
class FieldTouched:
    field: str


@dataclass(frozen=True, slots=True)
class ItemTouched:
    item: str


@dataclass(frozen=True, slots=True)
class PiecesTouched:
    """``by`` more (or fewer) pieces of ``item``."""

    item: str
    by: int


@dataclass(frozen=True, slots=True)
class CompleteTouched:
    """Whether the parts of ``item`` are all there; of every item where it is empty."""

    item: str
    complete: bool


@dataclass(frozen=True, slots=True)
class TermTouched:
    """Open the note on a word of the trade; None closes it."""

    term: int | None


@dataclass(frozen=True, slots=True)
class FirstTouched:
    """Priority service is asked about."""


@dataclass(frozen=True, slots=True)
class AddTouched:
    """These pieces are right: on to what was chosen."""


@dataclass(frozen=True, slots=True)
class MoreTouched:
    """Something else too."""


@dataclass(frozen=True, slots=True)
class PrintLabelsTouched:
    """``all``: those too that this kiosk printed already."""

    all: bool


@dataclass(frozen=True, slots=True)
class ContinueTouched:
    """On with the label that did not come out, and those after it."""


@dataclass(frozen=True, slots=True)
class SkipTouched:
    """The label whose end is unknown did come out: on with the next one."""


VisitTouch = (
    ServicesTouched
    | PurposeTouched
    | RegisterTouched
    | CustomerTouched
    | FieldTouched
    | ItemTouched
    | PiecesTouched
    | CompleteTouched
    | TermTouched
    | FirstTouched
    | AddTouched
    | MoreTouched
    | PrintLabelsTouched
    | ContinueTouched
    | SkipTouched
)
