"""What the pages around certificates need from the core: ``server.page_certificates`` implements it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from server.protocol.certificates import CheckView, StatusLabelView
from server.protocol.errors import Problem
from server.protocol.words import Language


@dataclass(frozen=True, slots=True)
class Sheet:
    """A certificate's file, and the number that it is named by."""

    number: str
    content: bytes


@runtime_checkable
class CertificateServices(Protocol):
    """Every refusal comes back as a ``Problem`` in the language asked for; nothing here raises for input.

    ``address`` is the caller's network address, which attempts are counted by.
    """

    async def check(self, text: str, address: str, language: Language) -> CheckView | Problem:
        """What the certificate with this code or number is worth."""
        ...

    async def check_file(self, content: bytes, address: str, language: Language) -> CheckView | Problem:
        """Whether this very file was issued here."""
        ...

    def check_turn(self, address: str, language: Language) -> Problem | None:
        """What stands against reading another file from this address."""
        ...

    def check_too_large(self, language: Language) -> Problem:
        """What is said of a file that is not even read."""
        ...

    async def equipment_status(
        self, code: str, address: str, language: Language
    ) -> StatusLabelView | Problem | None:
        """What the institution's own piece with this code is fit for now; None: there is none."""
        ...

    async def status_label(self, hall: str, code: str, language: Language) -> StatusLabelView | Problem:
        """What the status label of a piece of this hall says now."""
        ...

    async def download(self, token: str, address: str, language: Language) -> Sheet | Problem:
        """The file behind a link."""
        ...
