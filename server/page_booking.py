"""The core as the booking pages see it (``server.web.book_ports.BookingServices``)."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from server.api.asking import Core
from server.api.problems import problem_of
from server.protocol import booking as b
from server.protocol.errors import Problem
from server.protocol.words import Language
from server.services.bookings import Asker
from server.services.refused import Refused
from server.services.work import Answer, Once

T = TypeVar("T")


async def answered(work: Awaitable[T], language: Language) -> T | Problem:
    """What ``work`` answers, or the problem it was refused with."""
    try:
        return await work
    except Refused as refused:
        return problem_of(refused.refusal, language)


class PagesBooking:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def catalogue(self, hall: str) -> b.CatalogueView | None:
        return self._core.bookings.catalogue(hall) if hall in self._core.halls.ids() else None

    async def slots(self, hall: str, ask: b.Ask, language: Language) -> b.SlotsView | Problem:
        return await answered(self._core.bookings.slots(hall, ask), language)

    async def verdict(self, hall: str, ask: b.Ask, language: Language) -> b.Verdict | Problem:
        async def judged() -> b.Verdict:
            return self._core.bookings.verdict(hall, ask)

        return await answered(judged(), language)

    async def book(
        self, hall: str, book: b.Book, key: str, address: str, language: Language
    ) -> b.AppointmentView | Problem:
        once = Once.of(key, "book", hall, book.model_dump(mode="json"))
        return await self._changed(self._core.bookings.book(hall, book, Asker(None, address), once), language)

    async def voucher(self, code: str) -> b.AppointmentView | None:
        try:
            return await self._core.bookings.voucher(code)
        except Refused:
            return None

    async def find(self, proof: b.Proof, address: str, language: Language) -> b.AppointmentView | Problem:
        return await answered(self._core.bookings.find(proof, Asker(None, address)), language)

    async def reschedule(
        self, wish: b.Reschedule, key: str, address: str, language: Language
    ) -> b.AppointmentView | Problem:
        once = Once.of(key, "reschedule", wish.model_dump(mode="json"))
        asker = Asker(None, address)
        return await self._changed(self._core.bookings.reschedule(wish, asker, once), language)

    async def cancel(
        self, wish: b.GiveUp, key: str, address: str, language: Language
    ) -> b.AppointmentView | Problem:
        once = Once.of(key, "cancel", wish.model_dump(mode="json"))
        return await self._changed(self._core.bookings.cancel(wish, Asker(None, address), once), language)

    async def _changed(self, work: Awaitable[Answer], language: Language) -> b.AppointmentView | Problem:
        done = await answered(work, language)
        return done if isinstance(done, Problem) else b.AppointmentView.model_validate_json(done.body)
