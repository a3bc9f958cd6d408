"""What the kiosk needs from outside, as small promises; ``main`` brings the real ones, tests their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from server.protocol.commands import DeviceStatus
from server.protocol.views import TicketIssued
from server.protocol.words import Language

from . import model as m


class Server(Protocol):
    """The server's HTTP side. Calls may block for seconds: they run in threads, several at once."""

    def issue(self, press: m.Press) -> m.Issued | m.WasRefused | m.Unanswered:
        """Take a number, trying several times with the press's key. Never raises."""

    def look_up(self, number: str) -> m.LookedUp:
        """Today's ticket of that number. Never raises."""

    def tell_paper(self, effect: m.TellPaper) -> None:
        """Tell what became of a ticket's paper; tries a few times, then gives up and logs it."""

    def tell_status(self, status: DeviceStatus) -> bool:
        """Tell how this kiosk is; True when the server took it."""

    def well(self) -> bool:
        """Whether the server answers that it is well."""


class Paper(Protocol):
    """The printer and what it prints. ``print`` and ``print_test`` may block: they run in threads."""

    def print(self, ticket: TicketIssued, *, reprint: bool) -> m.Paper:
        """Print the ticket's paper and say what became of it. Never raises."""

    def print_test(self) -> bool:
        """Print a trial sheet; True when it came out."""

    def watch(self, changed: Callable[[m.PrinterState, str], None]) -> None:
        """Call ``changed`` (from any thread) with each new state and its detail, the present one first."""

    def close(self) -> None: ...


class Voice(Protocol):
    """Says sentences. ``say`` may block while it speaks: it runs in a thread; a newer one cuts it short."""

    def say(self, text: str, language: Language) -> bool:
        """True when it could be said."""

    def stop(self) -> None: ...


class Memory(Protocol):
    """The last tickets given here, kept over a restart."""

    def keep(self, ticket: TicketIssued) -> None: ...

    def find(self, number: str) -> TicketIssued | None:
        """The newest ticket of that number given here today; None when there is none."""
