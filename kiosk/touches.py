"""What a finger may do on any screen, and in the staff corner: values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .devices import Test
from .visit import Choice


@dataclass(frozen=True, slots=True)
class Touched:
    """A finger came down anywhere."""


@dataclass(frozen=True, slots=True)
class ServiceTouched:
    service: str


@dataclass(frozen=True, slots=True)
class PriorityTouched:
    priority: Choice


@dataclass(frozen=True, slots=True)
class TakeTouched:
    """``key`` is fresh, made as the finger lifted."""

    key: str


@dataclass(frozen=True, slots=True)
class RetryTouched:
    pass


@dataclass(frozen=True, slots=True)
class PrintAgainTouched:
    pass


@dataclass(frozen=True, slots=True)
class DoneTouched:
    pass


@dataclass(frozen=True, slots=True)
class HomeTouched:
    pass


@dataclass(frozen=True, slots=True)
class BackTouched:
    pass


@dataclass(frozen=True, slots=True)
class NoticesTouched:
    pass


@dataclass(frozen=True, slots=True)
class HelpTouched:
    pass


@dataclass(frozen=True, slots=True)
class PageTouched:
    """Turn to ``page`` of what has pages."""

    page: int


@dataclass(frozen=True, slots=True)
class LanguageTouched:
    pass


@dataclass(frozen=True, slots=True)
class LargeTouched:
    pass


@dataclass(frozen=True, slots=True)
class VoiceTouched:
    pass


@dataclass(frozen=True, slots=True)
class StayTouched:
    pass


@dataclass(frozen=True, slots=True)
class CornerPressed:
    pass


@dataclass(frozen=True, slots=True)
class CornerReleased:
    pass


@dataclass(frozen=True, slots=True)
class KeyTouched:
    """A key of the numeric pad: a digit, ``delete`` or ``clear``."""

    key: str


@dataclass(frozen=True, slots=True)
class EnterTouched:
    pass


@dataclass(frozen=True, slots=True)
class PrefixTouched:
    prefix: str


@dataclass(frozen=True, slots=True)
class TestTouched:
    test: Test


@dataclass(frozen=True, slots=True)
class StaffTouched:
    """A way inside the staff corner."""

    to: Literal["menu", "reprint", "screen", "close", "closed"]


OwnTouch = (
    ServiceTouched
    | PriorityTouched
    | TakeTouched
    | RetryTouched
    | PrintAgainTouched
    | DoneTouched
    | HomeTouched
    | BackTouched
    | NoticesTouched
    | HelpTouched
    | PageTouched
    | LanguageTouched
    | LargeTouched
    | VoiceTouched
    | StayTouched
    | KeyTouched
    | EnterTouched
    | PrefixTouched
    | TestTouched
    | StaffTouched
)
