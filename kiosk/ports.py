"""What the kiosk needs from outside, as small promises; ``main`` brings the real ones, tests their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from server.protocol.booking import AppointmentView, LabelView
from server.protocol.commands import DeviceStatus
from server.protocol.views import TicketIssued
from server.protocol.words import Language

from . import collecting as c
from . import model as m
from . import visit as v
from .label_memory import Report


class Server(Protocol):
    """The server's HTTP side. Calls may block for seconds: they run in threads, several at once."""

    def issue(self, press: m.Said) -> m.Input:
        """Ask, trying several times with the press's key; the answer to it. Never raises."""

    def catalogue(self) -> v.CatalogueSeen | None:
        """What the hall takes; None when the server did not answer. Never raises."""

    def tell_labels(self, report: Report) -> bool:
        """Tell what became of labels; True when the server has heard it, or will never take it."""

    def document(self, path: str) -> bytes | None:
        """The PDF at ``path``; None when it can't be had. Never raises."""

    def tell_print(self, effect: c.TellPrint) -> bool:
        """Tell what became of a copy; True when the server has heard it, or will never take it."""

    def look_up(self, number: str) -> m.LookedUp:
        """Today's ticket of that number. Never raises."""

    def tell_paper(self, effect: m.TellPaper) -> None:
        """Tell what became of a ticket's paper; tries a few times, then gives up and logs it."""

    def tell_status(self, status: DeviceStatus) -> bool:
        """Tell how this kiosk is; True when the server took it."""

    def well(self) -> bool:
        """Whether the server answers that it is well."""

    def hurry(self) -> None:
        """The program ends: from now on one try each, and no pauses."""


class Paper(Protocol):
    """The printer and what it prints. ``print`` and ``print_test`` may block: they run in threads."""

    def print(
        self, ticket: TicketIssued, *, reprint: bool, visit: v.Visit | c.Collection | None = None
    ) -> m.Paper:
        """Print the ticket's paper and say what became of it. Never raises."""

    def print_voucher(self, view: AppointmentView, *, reprint: bool, language: Language = "zh") -> m.Paper:
        """Print a voucher and say what became of it. Never raises."""

    def print_test(self) -> bool:
        """Print a trial sheet; True when it came out."""

    def watch(self, changed: Callable[[m.PrinterState, str], None]) -> None:
        """Call ``changed`` (from any thread) with each new state and its detail, the present one first."""

    def close(self) -> None:
        """End every wait and let go of the printer. Blocks for a few seconds; twice is harmless."""


class Labels(Protocol):
    """Where labels come out. ``print_label`` and ``print_test`` may block: they run in threads."""

    def print_label(self, label: LabelView) -> m.Paper:
        """Print one label and say what became of it. Never raises."""

    def print_test(self) -> bool:
        """Print a trial label; True when it came out."""

    def watch(self, changed: Callable[[m.PrinterState, str], None]) -> None:
        """As ``Paper.watch``, for a printer of its own; says nothing where there is none."""

    def close(self) -> None:
        """End every wait and let go of the printer. Blocks for a few seconds; twice is harmless."""


class LabelMemory(Protocol):
    """What became of each label printed here, kept over a restart until the server has heard of it."""

    def begun(self, order: str, code: str, *, reprint: bool) -> str:
        """A label goes to the printer; the line to end it by."""

    def ended(self, line: str, paper: m.Paper) -> None: ...

    def seen(self, order: str, code: str, *, reprint: bool) -> None:
        """A person saw that it came out."""

    def here(self, order: str) -> tuple[str, ...]:
        """The codes of this order that came out here for certain."""

    def untold(self) -> tuple[Report, ...]:
        """What the server has not heard of, oldest first."""

    def told(self, report: Report) -> None: ...


class Glimpse(Protocol):
    """What a camera sees now: as ``hardware.scanners.camera.View``."""

    @property
    def frame(self) -> Any:
        """A numpy array, BGR or grey; not to be changed."""

    @property
    def unread(self) -> bool:
        """A code is there and can't be read."""


Finder = Callable[[], Glimpse | None]
"""What the viewfinder shows now; None: no picture that is live."""


class Typed(Protocol):
    """A scanner that types: fed by the window's keys."""

    @property
    def gap(self) -> float:
        """Seconds after the last key when ``flush`` is due."""

    def feed(self, char: str) -> object: ...

    def flush(self) -> object: ...


class Voice(Protocol):
    """Says sentences. ``say`` may block while it speaks: it runs in a thread; a newer one cuts it short."""

    def say(self, text: str, language: Language) -> bool:
        """True when it could be said."""

    def stop(self) -> None: ...

    @property
    def failing(self) -> bool:
        """The last sentence could not be said."""


class Memory(Protocol):
    """The last tickets given here, kept over a restart."""

    def keep(self, ticket: TicketIssued) -> None: ...

    def find(self, number: str) -> TicketIssued | None:
        """The newest ticket of that number given here today; None when there is none."""
