"""What the booking pages need from the core: ``server.page_services`` implements it, tests give a fake."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from server.protocol.booking import (
    AppointmentView,
    Ask,
    Book,
    CatalogueView,
    GiveUp,
    Proof,
    Reschedule,
    SlotsView,
    Verdict,
)
from server.protocol.errors import Problem
from server.protocol.views import HallHead
from server.protocol.words import Language


@runtime_checkable
class BookingServices(Protocol):
    """Every refusal comes back as a ``Problem`` in the language asked for; nothing here raises for input.

    ``key`` is the idempotency key: the same key with the same wish answers what it answered before.
    ``address`` is the caller's network address, which attempts are counted by.
    """

    def head(self, hall: str) -> HallHead | None:
        """What stands at the top of the hall's pages, such as an emergency; None for an unknown hall."""
        ...

    async def catalogue(self, hall: str) -> CatalogueView | None:
        """All that the form needs but the slots; None for an unknown hall."""
        ...

    async def slots(self, hall: str, ask: Ask, language: Language) -> SlotsView | Problem:
        """The days that can be booked for these instruments."""
        ...

    async def verdict(self, hall: str, ask: Ask, language: Language) -> Verdict | Problem:
        """立等 or 普通, why, how long, and the fees."""
        ...

    async def book(
        self, hall: str, book: Book, key: str, address: str, language: Language
    ) -> AppointmentView | Problem: ...

    async def voucher(self, code: str) -> AppointmentView | None:
        """The appointment of a voucher's code, without further proof: whoever holds the paper may look.

        The page leaves out the phone number, whose tail is the proof for changing.
        """
        ...

    async def find(self, proof: Proof, address: str, language: Language) -> AppointmentView | Problem: ...

    async def reschedule(
        self, wish: Reschedule, key: str, address: str, language: Language
    ) -> AppointmentView | Problem: ...

    async def cancel(
        self, wish: GiveUp, key: str, address: str, language: Language
    ) -> AppointmentView | Problem: ...
