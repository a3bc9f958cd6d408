"""What an examination found: one line a part, with what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Grade = Literal["well", "hint", "fault"]
"""``hint``: it works, and somebody should know. ``fault``: it does not do what it is there for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``part``: what was looked at; ``said``: how it is; ``remedy``: who does what now, empty when well."""

    part: str
    grade: Grade
    said: str
    remedy: str = ""


def well(part: str, said: str) -> Finding:
    return Finding(part, "well", said)


def hint(part: str, said: str, remedy: str) -> Finding:
    return Finding(part, "hint", said, remedy)


def fault(part: str, said: str, remedy: str) -> Finding:
    return Finding(part, "fault", said, remedy)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at. ``look`` may take seconds; what it raises is found as a fault by itself."""

    part: str
    look: Callable[[], Iterable[Finding]]


class Doctor(Protocol):
    """One program's doctor: knows its settings file, and so which parts its machine has."""

    def __call__(self, arguments: Sequence[str]) -> Sequence[Check]:
        """The checks for what the command line names. Raises Unreadable."""


class Unreadable(Exception):
    """The settings can't be read, so nothing else can be looked at; the message says what to correct."""


def examine(checks: Iterable[Check]) -> Iterable[Finding]:
    """Every check's findings, in order; a check that breaks is a finding too."""
    for check in checks:
        try:
            yield from check.look()
        except Exception as error:
            kind = type(error).__name__
            yield fault(
                check.part, f"looking at it failed: {kind}: {error}", "report this with the line above"
            )
