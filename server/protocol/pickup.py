"""What crosses the wire when a customer comes back: collecting, certificates to print, progress.

Proof is a code and the last four digits of the customer's phone number (``booking.Proof``): the pick-up code
(P…) or its number for collecting; for certificates and progress also the voucher (V…), the case (C…) or the
case number. An unknown code and a wrong tail get the same answer. ``GET /c/CODE`` shows progress without a
tail, and nothing of who it is but masks.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .booking import Proof, Scanned
from .commands import Body, Remark
from .views import Text, TicketIssued, Wire
from .words import (
    CertificateKind,
    CertificateState,
    Conclusion,
    Language,
    OrderState,
    PickupState,
    SampleState,
)

# Asked ------------------------------------------------------------------------------------------


class Collect(Proof):
    """What is there to collect with this code? Nothing is changed."""


class CollectTicket(Proof):
    """Take a number for the pick-up counter with this code."""

    language: Language = "zh"


class Release(Body):
    """Hand samples out at the counter: the customer's code beside a scan of each piece (scan pair).

    Partial: the code is used up, and the answer has a new one for the rest.
    """

    code: Scanned
    samples: Annotated[tuple[Scanned, ...], Field(min_length=1, max_length=500)]


class Reissue(Body):
    """A lost code: staff give a new one, and the old is void. ``proof``: what the person showed."""

    order: Scanned
    """Case number, or the code of one of its pieces."""
    proof: Literal["identity_card", "business_licence", "authorisation_letter", "known_in_person"]
    remark: Remark = ""


class FindProgress(Body):
    """How far is it? With a case's, voucher's or pick-up code alone; with a number the phone's tail too."""

    code: Scanned
    tail: Annotated[str, StringConstraints(pattern=r"^([0-9]{4})?$")] = ""


class PrintAsked(Proof):
    """Print a certificate on this kiosk's printer: one copy of the quota is set aside."""


class PrintEnded(Body):
    """What became of it. ``printed`` only once the printer says that the job has completed."""

    outcome: Literal["printed", "failed", "unknown"]
    reason: Annotated[str, StringConstraints(max_length=64)] = ""


# Answered ---------------------------------------------------------------------------------------


class CertificateView(Wire):
    """A certificate for who has proof of its case."""

    id: str
    number: str
    kind: CertificateKind
    kind_name: Text
    state: CertificateState
    item: Text
    serial: str
    """The maker's number of the instrument."""
    index: int
    """Of the order's pieces, from 1."""
    conclusion: Conclusion
    conclusion_name: Text
    issued_at: datetime | None
    valid_until: date | None
    specimen: bool
    """Unsigned: 样张 stands across each page."""
    prints_left: int
    """Copies that this kiosk service may still print."""
    may_print: bool
    why: Text | None = None
    """Why it can't be printed or downloaded."""


class CertificatesView(Wire):
    number: str
    """The case number."""
    who: str
    certificates: tuple[CertificateView, ...]
    pending: int
    """Pieces that have no certificate yet."""


class PrintJob(Wire):
    """One copy, set aside. Its PDF is at ``pdf`` for who asked; its end is told to ``POST /prints/ID``."""

    id: str
    pdf: str
    number: str
    pages: int


class DownloadLink(Wire):
    """An address that opens the PDF for a while without any further proof; shown as a QR code."""

    url: str
    expires_at: datetime


class PieceView(Wire):
    """One instrument of a case."""

    index: int
    count: int
    item: Text
    state: SampleState
    state_text: Text
    conclusion: Conclusion | None
    conclusion_text: Text | None
    ready: bool
    certificate: str
    """Its number; empty: none yet."""
    due: date | None
    where: Text | None = None
    """On the staff's screen only: the shelf, or the colleague, that has it."""


class PickupView(Wire):
    """What there is to collect."""

    order: str
    number: str
    """The case number."""
    who: str
    state: PickupState
    pieces: tuple[PieceView, ...]
    ready: int
    complete: bool
    """Every piece that is in the house is ready."""
    may_collect: bool
    """A number for the pick-up counter can be had now: something is ready."""
    why: Text | None
    """Why not, and from when on."""
    ticket: str
    """The number that was taken with it today; empty: none."""
    next_code: str = ""
    """After a partial release, for the staff's screen and slip: the new code, and its number to type."""
    next_number: str = ""


class CollectNumber(Wire):
    """The answer to CollectTicket."""

    ticket: TicketIssued
    pickup: PickupView


class ProgressStep(Wire):
    """A stage on the case's timeline."""

    kind: str
    at: datetime | None
    """None: still to come."""
    text: Text


class PromiseView(Wire):
    """The clock of what was promised (限时办结)."""

    due: date | None
    provisional: bool
    gross_days: int
    """Working days since it began."""
    net_days: int
    """Without those on which the customer's answer was waited for."""
    limit_days: int
    paused: bool
    colour: Literal["none", "green", "amber", "red", "done"]
    text: Text


class PartView(Wire):
    """A section's share of the order."""

    section: str
    done: int
    total: int
    due: date | None
    colour: Literal["none", "green", "amber", "red", "done"]


class QuestionView(Wire):
    """A fault about which the customer is asked (故障协商)."""

    id: str
    piece: int
    item: Text
    fault: str
    options: tuple[str, ...]
    option_texts: tuple[Text, ...]
    due_at: datetime
    answer: str
    """Empty: not answered yet."""


class ProgressView(Wire):
    """How far a case is; topic ``case:CODE``."""

    hall: str
    hall_name: Text
    zone: str
    code: str
    number: str
    """The case number; only its last four digits where no tail was given."""
    who: str
    state: OrderState
    state_text: Text
    steps: tuple[ProgressStep, ...]
    pieces: tuple[PieceView, ...]
    parts: tuple[PartView, ...]
    promise: PromiseView
    questions: tuple[QuestionView, ...]
    pickup_code: str = ""
    """For who gave the tail as well, once it is active."""
    pickup_number: str = ""
    url: str
    """Absolute address of the progress page."""
    complaint_phone: str
