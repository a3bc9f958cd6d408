"""What the pages of who follows a case and of who comes again need from the core."""

from __future__ import annotations

from datetime import date
from typing import Protocol, runtime_checkable

from server.protocol.again import AgainView
from server.protocol.booking import AppointmentView
from server.protocol.errors import Problem
from server.protocol.pickup import CertificatesView, DownloadLink, ProgressView
from server.protocol.views import HallHead
from server.protocol.words import Language


@runtime_checkable
class FollowServices(Protocol):
    """Every refusal comes back as a ``Problem`` in the language asked for; nothing here raises for input.

    ``tail``: the last four digits of the customer's phone number; empty: not given. ``address``: the caller's
    network address, which attempts are counted by.
    """

    async def case(self, code: str, tail: str, address: str, language: Language) -> ProgressView | Problem:
        """How far the case with this code is."""
        ...

    async def case_of_ticket(self, ticket: str) -> str:
        """The code of the case of this ticket's id; empty: none."""
        ...

    async def case_of_number(self, number: str) -> str:
        """The code of the case with this number; empty: nobody has come with it yet."""
        ...

    def head(self, hall: str) -> HallHead | None:
        """Hours and phone of a hall, and its emergency."""
        ...

    async def case_certificates(
        self, view: ProgressView, tail: str, address: str, language: Language
    ) -> CertificatesView | Problem: ...

    async def case_download(
        self, id: str, code: str, tail: str, address: str, language: Language
    ) -> DownloadLink | Problem:
        """An address that opens the certificate for a while."""
        ...

    async def case_answer(
        self, id: str, code: str, tail: str, option: str, remark: str, address: str, language: Language
    ) -> Problem | None:
        """What the customer wants done about a fault; None: it is written down."""
        ...

    async def again(self, code: str, language: Language) -> AgainView | None:
        """What may be booked again for the instrument with this label; None: nobody knows it."""
        ...

    async def book_again(
        self,
        code: str,
        tail: str,
        day: date,
        slot: str,
        key: str,
        address: str,
        language: Language,
    ) -> AppointmentView | Problem: ...
