"""A visit at the kiosk as values: vouchers shown, instruments registered, labels printed.

What ``model`` is for taking a number, this is for checking in with an appointment, registering instruments
without one, and the labels of an order; the rules are in ``flows``. Names and phone numbers are never here:
the server sends only masks, and none of it outlives the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.protocol.booking import ArrivalView, CatalogueView, LabelView, OrderView, Verdict
from server.protocol.views import TicketIssued
from server.protocol.words import CustomerType, Language, Priority

from .alone import ArrivedAlone
from .devices import Paper, PrinterState, ScannerState
from .visit_touches import AddTouched as AddTouched
from .visit_touches import CompleteTouched as CompleteTouched
from .visit_touches import ContinueTouched as ContinueTouched
from .visit_touches import CustomerTouched as CustomerTouched
from .visit_touches import FieldTouched as FieldTouched
from .visit_touches import FirstTouched as FirstTouched
from .visit_touches import ItemTouched as ItemTouched
from .visit_touches import MoreTouched as MoreTouched
from .visit_touches import PiecesTouched as PiecesTouched
from .visit_touches import PrintLabelsTouched as PrintLabelsTouched
from .visit_touches import Purpose as Purpose
from .visit_touches import PurposeTouched as PurposeTouched
from .visit_touches import RegisterTouched as RegisterTouched
from .visit_touches import ServicesTouched as ServicesTouched
from .visit_touches import SkipTouched as SkipTouched
from .visit_touches import TermTouched as TermTouched
from .visit_touches import VisitTouch as VisitTouch

Choice = Literal["ordinary", "elderly", "disabled", "expectant", "military"]
"""The classes that a person may choose for themselves; the counter looks at the proof."""

ShownFault = Literal["empty", "foreign", "torn", "mistyped", "sample", "other"]
"""Why what was scanned or typed is no code for this: see ``server.protocol.codes``; ``sample``: it is the
label of an instrument; ``other``: a code of ours, for something else."""


@dataclass(frozen=True, slots=True)
class Pick:
    """So many pieces of one catalogue item, and whether its parts (附件) are all there."""

    item: str
    pieces: int
    complete: bool = True


Picks = tuple[Pick, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """When somebody was expected: the slot of the appointment, as it is printed on the ticket."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """What a ticket was taken for: the order that was registered with it, and the slot if it was booked."""

    order: OrderView
    place: Place | None = None


# ---- questions to the server -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Look:
    """What is this voucher, here and now? Changes nothing. ``code``: of a voucher, or its number."""

    key: str
    code: str
    language: Language


@dataclass(frozen=True, slots=True)
class Weigh:
    """What would become of these instruments? Changes nothing."""

    key: str
    picks: Picks
    customer: CustomerType
    language: Language


@dataclass(frozen=True, slots=True)
class FindLabels:
    """The labels of an order, by its voucher or number, or by its ticket. Changes nothing."""

    key: str
    code: str
    language: Language


@dataclass(frozen=True, slots=True)
class CheckInPress:
    """One press of "check in": its key stays the same through every retry. ``picks`` None: as booked."""

    key: str
    code: str
    picks: Picks | None
    complete: bool
    language: Language
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class RegisterPress:
    """One press of "register and take a number": its key stays the same through every retry."""

    key: str
    picks: Picks
    customer: CustomerType
    priority: Priority
    language: Language


Question = Look | Weigh | FindLabels
"""Asked again without any harm."""


# ---- screens ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Services:
    """All services, where home has no room for them."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class Showing:
    """A code is wanted: held before the scanner, or the number typed."""

    purpose: Purpose
    digits: str = ""
    fault: ShownFault | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """What the voucher is; where ``view.may_check_in``, how many pieces came can be changed before the press.

    ``weighing``: the key of the verdict asked for after a change; empty when ``verdict`` is up to date.
    """

    code: str
    view: ArrivalView
    picks: Picks
    verdict: Verdict | None
    weighing: str = ""
    why: str = ""
    """Why the pieces as they are can't be taken, in the person's language."""
    page: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody without an appointment has chosen so far."""

    customer: CustomerType | None = None
    picks: Picks = ()
    priority: Choice = "ordinary"
    booking: bool = False
    """For another day, not for a number now."""


@dataclass(frozen=True, slots=True)
class ChoosingCustomer:
    """Whose instruments are they? Asked once: where some are taken from some owners only, and for booking."""

    page: int = 0
    booking: bool = False


@dataclass(frozen=True, slots=True)
class ChoosingPriority:
    """Should this number be served first? The counter looks at the proof."""

    draft: Draft
    page: int = 0


@dataclass(frozen=True, slots=True)
class ChoosingField:
    draft: Draft
    page: int = 0


@dataclass(frozen=True, slots=True)
class ChoosingItem:
    draft: Draft
    field: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class Counting:
    """One item: what to mind, how many pieces, and whether its parts are there (None: not answered yet)."""

    draft: Draft
    item: str
    pieces: int = 1
    complete: bool | None = None
    term: int | None = None
    """The word of the trade whose note lies open: its place in the catalogue's terms."""


@dataclass(frozen=True, slots=True)
class Basket:
    """All that was chosen, and what becomes of it; ``weighing`` and ``why`` as on ``Arrived``."""

    draft: Draft
    verdict: Verdict | None = None
    weighing: str = ""
    why: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class LabelsFound:
    """The labels of an order, before they are printed. ``here``: codes that this kiosk printed already."""

    order: OrderView
    here: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelEnd:
    """What became of one label."""

    code: str
    paper: Paper


@dataclass(frozen=True, slots=True)
class Labelling:
    """Labels come out one by one. ``paper``: of the one at work, or how the last one ended where it stopped.

    ``left``: codes still to be printed, the one at work first. With ``left`` empty all is done.
    """

    order: OrderView
    left: tuple[str, ...]
    paper: Paper
    since: float
    """When ``paper`` became so."""
    ticket: TicketIssued | None = None
    reprint: bool = False
    ends: tuple[LabelEnd, ...] = ()
    """How each label ended that did, in order."""

    @property
    def at(self) -> LabelView | None:
        """The label at work, or that it stopped at."""
        code = self.left[0] if self.left else ""
        return next((label for label in self.order.labels if label.code == code), None)

    @property
    def out(self) -> int:
        """How many came out for certain."""
        return len({end.code for end in self.ends if end.paper == "printed"})

    @property
    def count(self) -> int:
        """How many this roll is about."""
        return len({end.code for end in self.ends} | set(self.left))


VisitScreen = (
    Services
    | Showing
    | Arrived
    | ArrivedAlone
    | ChoosingCustomer
    | ChoosingPriority
    | ChoosingField
    | ChoosingItem
    | Counting
    | Basket
    | LabelsFound
    | Labelling
)


# ---- what may happen -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scanned:
    """The text of a scan, just as it came."""

    text: str


@dataclass(frozen=True, slots=True)
class ScannerChanged:
    state: ScannerState


@dataclass(frozen=True, slots=True)
class LabelPrinterChanged:
    state: PrinterState


@dataclass(frozen=True, slots=True)
class CatalogueSeen:
    """What the hall takes, as the server tells it; None: it has no catalogue."""

    catalogue: CatalogueView | None


@dataclass(frozen=True, slots=True)
class Looked:
    """The answer to Look."""

    key: str
    view: ArrivalView


@dataclass(frozen=True, slots=True)
class Weighed:
    """The answer to Weigh."""

    key: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to FindLabels. ``here``: codes of labels that this kiosk printed."""

    key: str
    order: OrderView
    here: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelEnded:
    """What became of one label."""

    code: str
    paper: Paper


VisitInput = (
    Scanned | ScannerChanged | LabelPrinterChanged | CatalogueSeen | Looked | Weighed | Found | LabelEnded
)


# ---- what the flow asks for ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PrintLabel:
    """Print one label and remember on this machine that it was begun and how it ended; LabelEnded answers."""

    order: str
    label: LabelView
    reprint: bool


@dataclass(frozen=True, slots=True)
class TellLabels:
    """Tell the server what became of the labels that it has not heard of."""


@dataclass(frozen=True, slots=True)
class LabelSeen:
    """A person says that the label whose end was unknown did come out: remember it so."""

    order: str
    code: str
    reprint: bool


VisitEffect = PrintLabel | LabelSeen | TellLabels
