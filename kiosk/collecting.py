"""Coming back as values: collecting instruments, following a case, printing certificates.

Proof is a code (or its 12-digit number) and the last four digits of the phone number. It stands on the
screen's value only, and goes with the screen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from server.protocol.pickup import (
    CertificatesView,
    CertificateView,
    DownloadLink,
    PickupView,
    PrintJob,
    ProgressView,
)
from server.protocol.views import TicketIssued
from server.protocol.words import Language

from .devices import PrinterState, PrintStage

Errand = Literal["pickup", "progress", "certificates"]
"""取件 · 进度查询 · 证书打印"""
ERRANDS: tuple[Errand, ...] = ("pickup", "progress", "certificates")

TAIL = 4
"""Digits of the phone number that are asked for."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A code as it was scanned or typed, and the phone's tail; neither is shown in a log."""

    code: str = field(repr=False)
    tail: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Collection:
    """What a pick-up number was taken for, as it is printed on its ticket."""

    pickup: PickupView


# ---- questions to the server -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FindPickup:
    """What is there to collect? Changes nothing."""

    key: str
    proof: Proof
    language: Language


@dataclass(frozen=True, slots=True)
class FindProgress:
    """How far is it? Changes nothing."""

    key: str
    proof: Proof
    language: Language


@dataclass(frozen=True, slots=True)
class FindCertificates:
    """Which certificates are there? Changes nothing."""

    key: str
    proof: Proof
    language: Language


@dataclass(frozen=True, slots=True)
class AskLink:
    """A short-lived address for the phone."""

    key: str
    certificate: str
    proof: Proof
    language: Language


@dataclass(frozen=True, slots=True)
class AskPrint:
    """Set one copy aside for printing here: its key stays the same through every retry."""

    key: str
    certificate: str
    proof: Proof
    language: Language


@dataclass(frozen=True, slots=True)
class CollectPress:
    """One press of "take a number for pick-up": its key stays the same through every retry."""

    key: str
    proof: Proof
    language: Language


Question = FindPickup | FindProgress | FindCertificates
"""Asked for a screen of its own; again without any harm."""
Beside = AskLink | AskPrint
"""Asked while its screen stands."""


# ---- screens ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tail:
    """The code is known: the last four digits of the phone number are wanted."""

    errand: Errand
    code: str = field(repr=False)
    digits: str = field(default="", repr=False)
    short: bool = False
    """Confirmed with fewer than four digits."""


@dataclass(frozen=True, slots=True)
class Collecting:
    """Each instrument with its state, and the touch that takes a number for the pick-up counter."""

    proof: Proof
    view: PickupView
    page: int = 0


@dataclass(frozen=True, slots=True)
class Following:
    """How far a case is; it changes while somebody looks."""

    proof: Proof
    view: ProgressView
    page: int = 0
    asking: str = ""
    """The key of a newer answer that is on its way."""
    question: str | None = None
    """The open question whose address is shown for the phone."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """The certificates of a case: print one or all, or take one away on the phone."""

    proof: Proof
    view: CertificatesView
    page: int = 0


@dataclass(frozen=True, slots=True)
class Downloading:
    """One certificate for the phone: its QR, once the server has given the address."""

    under: Certificates
    certificate: CertificateView
    asking: str = ""
    """The key of the address asked for; empty: it came, or ``why`` it did not."""
    link: DownloadLink | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class CertificateEnd:
    """What became of one certificate."""

    certificate: str
    stage: PrintStage


@dataclass(frozen=True, slots=True)
class Printing:
    """Certificates are printed one after another. ``stage``: of the one at work, or how the last ended.

    ``left``: ids still to be printed, the one at work first. With ``left`` empty all is done.
    """

    under: Certificates
    left: tuple[str, ...]
    stage: PrintStage
    since: float
    """When ``stage`` became so."""
    press: AskPrint | None = None
    job: PrintJob | None = None
    pages: int = 0
    ends: tuple[CertificateEnd, ...] = ()
    title: str = ""
    why: str = ""
    """What the server said where it refused."""

    @property
    def at(self) -> CertificateView | None:
        """The certificate at work, or that it stopped at."""
        name = self.left[0] if self.left else ""
        return next((one for one in self.under.view.certificates if one.id == name), None)

    @property
    def out(self) -> int:
        """How many the printer says are out."""
        return sum(end.stage == "printed" for end in self.ends)

    @property
    def count(self) -> int:
        """How many this is about."""
        return len({end.certificate for end in self.ends} | set(self.left))


Screen = Tail | Collecting | Following | Certificates | Downloading | Printing


# ---- what may happen -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PrintTouched:
    """Print one certificate, or (None) all that may be printed. ``key`` is fresh."""

    key: str
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class DownloadTouched:
    certificate: str


@dataclass(frozen=True, slots=True)
class StopTouched:
    """Call off what is being printed."""


@dataclass(frozen=True, slots=True)
class NextTouched:
    """Leave this one, go on with the next. ``key`` is fresh."""

    key: str


@dataclass(frozen=True, slots=True)
class AgainTouched:
    """Try this one once more. ``key`` is fresh; the press before is used again where no answer came."""

    key: str


@dataclass(frozen=True, slots=True)
class QuestionTouched:
    """Show how to answer an open question; None: back."""

    question: str | None


Touch = PrintTouched | DownloadTouched | StopTouched | NextTouched | AgainTouched | QuestionTouched


@dataclass(frozen=True, slots=True)
class PickupFound:
    key: str
    view: PickupView


@dataclass(frozen=True, slots=True)
class NumberGiven:
    """The answer to CollectPress."""

    key: str
    ticket: TicketIssued
    pickup: PickupView


@dataclass(frozen=True, slots=True)
class ProgressFound:
    key: str
    view: ProgressView


@dataclass(frozen=True, slots=True)
class ProgressSeen:
    """A newer live view of the case: without what only proof shows."""

    code: str
    view: ProgressView


@dataclass(frozen=True, slots=True)
class CertificatesFound:
    key: str
    view: CertificatesView


@dataclass(frozen=True, slots=True)
class LinkGiven:
    key: str
    link: DownloadLink


@dataclass(frozen=True, slots=True)
class PrintGranted:
    """One copy is set aside."""

    key: str
    job: PrintJob


@dataclass(frozen=True, slots=True)
class DocumentStaged:
    """How a job stands in the printer."""

    job: str
    stage: PrintStage
    pages: int = 0


End = Literal["printed", "stopped", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class DocumentEnded:
    """``printed`` only when the printer said that the job has completed."""

    job: str
    end: End
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DocumentPrinterChanged:
    state: PrinterState


Input = (
    PickupFound
    | NumberGiven
    | ProgressFound
    | ProgressSeen
    | CertificatesFound
    | LinkGiven
    | PrintGranted
    | DocumentStaged
    | DocumentEnded
    | DocumentPrinterChanged
)


# ---- what the flow asks for ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PrintDocument:
    """Fetch the job's PDF and print it; DocumentStaged and DocumentEnded answer."""

    job: PrintJob


@dataclass(frozen=True, slots=True)
class StopDocument:
    """Call the job off; DocumentEnded answers."""

    job: str


@dataclass(frozen=True, slots=True)
class TellPrint:
    """Tell the server what became of a copy, until it has heard."""

    job: str
    end: End
    reason: str = ""


Effect = PrintDocument | StopDocument | TellPrint
