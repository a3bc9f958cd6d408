"""What a label printer's language must be able to say: pure, bytes in and out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ..base import PrinterStatus, Sheet

DOTS_PER_MM = 8
"""203 dpi, as these heads are sold."""


@dataclass(frozen=True, slots=True)
class Stock:
    """The labels on the roll, in mm."""

    width: int
    height: int
    gap: int

    @property
    def dots(self) -> tuple[int, int]:
        return self.width * DOTS_PER_MM, self.height * DOTS_PER_MM


@dataclass(frozen=True, slots=True)
class Answer:
    """How the printer is, and how many labels it has taken and not printed (at least; 0 is sure)."""

    status: PrinterStatus
    waiting: int


class Language(Protocol):
    @property
    def question(self) -> bytes:
        """Asks the printer how it is; obeyed at once, whatever it is doing."""

    def encode(self, sheet: Sheet, stock: Stock) -> bytes:
        """One label with ``sheet`` at its top left, whole: nothing of it depends on what came before."""

    def answer(self, heard: bytes) -> Answer | None:
        """What ``heard`` since the question answers, or None while the answer is not whole."""
