"""The screens of the staff corner: values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .devices import Paper, Test

Result = Literal["busy", "good", "bad"]


@dataclass(frozen=True, slots=True)
class StaffSignIn:
    digits: str = ""
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class StaffMenu:
    tests: tuple[tuple[Test, Result], ...] = ()


@dataclass(frozen=True, slots=True)
class Reprinting:
    """The staff type a number. ``note`` says how the last one went."""

    prefix: str = ""
    digits: str = ""
    note: Literal["", "looking", "not_found", "unreached"] | Paper = ""


@dataclass(frozen=True, slots=True)
class ScreenTest:
    pattern: int = 0


@dataclass(frozen=True, slots=True)
class Closing:
    """Close the program? Asked once more."""


StaffScreen = StaffSignIn | StaffMenu | Reprinting | ScreenTest | Closing
