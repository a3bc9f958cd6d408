"""Booking at the kiosk as values: the day, the time, a phone number, what was read, and the voucher."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from server.protocol.booking import AppointmentView, DayView, SlotsView, SlotView
from server.protocol.words import CustomerType, Language

from .devices import Paper
from .visit import Draft, Picks

PHONE = 11
"""Digits of a mobile number."""

PhoneFault = Literal["short", "wrong"]


# ---- questions to the server -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FindSlots:
    """When is there room for these instruments? Changes nothing."""

    key: str
    draft: Draft
    customer: CustomerType
    language: Language


@dataclass(frozen=True, slots=True)
class BookPress:
    """One press of "book": its key stays the same through every retry."""

    key: str
    picks: Picks
    customer: CustomerType
    day: date
    slot: str
    phone: str = field(repr=False)
    acknowledged: tuple[tuple[str, int], ...]
    consent: str
    language: Language


# ---- screens ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChoosingDay:
    draft: Draft
    slots: SlotsView
    page: int = 0


@dataclass(frozen=True, slots=True)
class ChoosingSlot:
    under: ChoosingDay
    day: date
    page: int = 0

    @property
    def view(self) -> DayView | None:
        return next((one for one in self.under.slots.days if one.day == self.day), None)


@dataclass(frozen=True, slots=True)
class Phoning:
    """A phone number is wanted."""

    under: ChoosingSlot
    slot: SlotView
    digits: str = field(default="", repr=False)
    fault: PhoneFault | None = None


@dataclass(frozen=True, slots=True)
class Agreeing:
    """What to mind, one notice a page, each ticked; the statement on personal data last."""

    under: Phoning
    page: int = 0
    ticked: tuple[str, ...] = ()
    """Items whose notice was read; ``CONSENT``: the statement was agreed to."""


CONSENT = ""
"""What stands for the statement on personal data among what is ticked."""


@dataclass(frozen=True, slots=True)
class Confirming:
    """All of it once more, and the button that books."""

    under: Agreeing


@dataclass(frozen=True, slots=True)
class Appointed:
    """Booked: the voucher, and what became of its paper."""

    view: AppointmentView
    paper: Paper
    since: float
    """When ``paper`` became so."""
    reprint: bool = False


Screen = ChoosingDay | ChoosingSlot | Phoning | Agreeing | Confirming | Appointed


# ---- what may happen -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BookTouched:
    """A way into booking, from home."""


@dataclass(frozen=True, slots=True)
class TimesTouched:
    """These instruments are right: on to the day."""


@dataclass(frozen=True, slots=True)
class DayTouched:
    day: date


@dataclass(frozen=True, slots=True)
class SlotTouched:
    slot: str


@dataclass(frozen=True, slots=True)
class TickTouched:
    """Read, or agreed to: the thing on this page."""

    item: str


Touch = BookTouched | TimesTouched | DayTouched | SlotTouched | TickTouched


@dataclass(frozen=True, slots=True)
class SlotsFound:
    key: str
    view: SlotsView


@dataclass(frozen=True, slots=True)
class Booked:
    """The answer to BookPress."""

    key: str
    view: AppointmentView


@dataclass(frozen=True, slots=True)
class VoucherEnded:
    """What became of the voucher's paper."""

    code: str
    paper: Paper


Input = SlotsFound | Booked | VoucherEnded


# ---- what the flow asks for ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PrintVoucher:
    """Print the voucher; VoucherEnded answers."""

    view: AppointmentView
    reprint: bool
    language: Language


Effect = PrintVoucher
