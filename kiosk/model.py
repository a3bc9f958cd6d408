"""What the kiosk knows, what may happen to it, and what it may ask for: values; the rules are in ``flow``.

Times are seconds on one steady clock (``time.monotonic``), passed in by whoever feeds the flow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from server.protocol.booking import CatalogueView, ItemView, OrderView
from server.protocol.views import KioskHome, ServiceView, TicketIssued
from server.protocol.words import Language, Priority

from . import alone as a
from . import appointing as b
from . import collecting as c
from . import visit as v
from .devices import LinkFault as LinkFault
from .devices import Paper as Paper
from .devices import PrinterState as PrinterState
from .devices import ScannerState as ScannerState
from .devices import Test as Test
from .rules import Rules as Rules
from .staff_screens import Closing as Closing
from .staff_screens import Reprinting as Reprinting
from .staff_screens import Result as Result
from .staff_screens import ScreenTest as ScreenTest
from .staff_screens import StaffMenu as StaffMenu
from .staff_screens import StaffScreen as StaffScreen
from .staff_screens import StaffSignIn as StaffSignIn
from .touches import BackTouched as BackTouched
from .touches import CornerPressed as CornerPressed
from .touches import CornerReleased as CornerReleased
from .touches import DoneTouched as DoneTouched
from .touches import EnterTouched as EnterTouched
from .touches import HelpTouched as HelpTouched
from .touches import HomeTouched as HomeTouched
from .touches import KeyTouched as KeyTouched
from .touches import LanguageTouched as LanguageTouched
from .touches import LargeTouched as LargeTouched
from .touches import NoticesTouched as NoticesTouched
from .touches import OwnTouch
from .touches import PageTouched as PageTouched
from .touches import PrefixTouched as PrefixTouched
from .touches import PrintAgainTouched as PrintAgainTouched
from .touches import PriorityTouched as PriorityTouched
from .touches import RetryTouched as RetryTouched
from .touches import ServiceTouched as ServiceTouched
from .touches import StaffTouched as StaffTouched
from .touches import StayTouched as StayTouched
from .touches import TakeTouched as TakeTouched
from .touches import TestTouched as TestTouched
from .touches import Touched as Touched
from .touches import VoiceTouched as VoiceTouched
from .visit import Choice as Choice

CHOICES: tuple[Choice, ...] = get_args(Choice)

Link = Literal["connecting", "live", "lost"]


@dataclass(frozen=True, slots=True)
class Press:
    """One press of "take a number": its key stays the same through every retry."""

    key: str
    service: str
    priority: Priority
    language: Language


Giving = Press | v.CheckInPress | v.RegisterPress | c.CollectPress
"""Presses that give a number: each once, however often it is asked with its key."""
Changing = Giving | b.BookPress | c.AskPrint
"""Questions that change something: their key is their own for ever."""
Asked = Giving | v.Look | v.FindLabels | c.Question | b.FindSlots | b.BookPress
"""What the person waits for before a screen of its own."""
Said = Asked | v.Weigh | c.Beside
"""All that is asked of the server with a key."""
Visiting = v.VisitScreen | c.Screen | b.Screen
"""Screens between home and what one came for."""


# ---- screens ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Home:
    page: int = 0


@dataclass(frozen=True, slots=True)
class Choosing:
    """One service, what to have ready, and the button that takes the number."""

    service: str
    priority: Choice = "ordinary"


@dataclass(frozen=True, slots=True)
class Issuing:
    """The server was asked and has not answered."""

    press: Asked
    since: float
    patience: int = 0
    """0: nothing is shown of it yet; 1: progress is; 2: it takes very long, and the screen says so."""
    before: Home | Visiting | None = None
    """Where it was asked from, and what stands on the screen while ``patience`` is 0; None: a service."""
    alone: bool = False
    """Not the server gives the number now but this kiosk; an answer that comes late counts no more."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """The server did not answer; asking again with the same press is safe."""

    press: Asked


@dataclass(frozen=True, slots=True)
class Refused:
    """The server said no, in the person's language."""

    code: str
    title: str
    detail: str
    gives: bool = True
    """A number was asked for, and none was given."""
    back: Visiting | None = None
    """Where it can be tried otherwise."""


@dataclass(frozen=True, slots=True)
class Holding:
    """The number was given. It stays here, large, until it was printed or the person is done with it."""

    ticket: TicketIssued
    paper: Paper
    since: float
    """When ``paper`` became so."""
    reprint: bool = False
    visit: v.Visit | c.Collection | None = None
    """What the number was taken for; the labels of a visit are printed afterwards."""


@dataclass(frozen=True, slots=True)
class Notices:
    page: int = 0


@dataclass(frozen=True, slots=True)
class Guidance:
    """How to use the kiosk; ``under`` comes back afterwards."""

    page: int = 0
    under: Home | Choosing | Unreached | Refused | Holding | Visiting = field(default_factory=Home)


PublicScreen = Home | Choosing | Issuing | Unreached | Refused | Holding | Notices | Guidance | Visiting


@dataclass(frozen=True, slots=True)
class StillThere:
    """Nobody touched for a while; ``under`` comes back at a touch."""

    under: PublicScreen
    until: float
    left: int
    """Whole seconds still shown."""


Screen = PublicScreen | StillThere | StaffScreen


@dataclass(frozen=True, slots=True)
class State:
    rules: Rules
    screen: Screen = field(default_factory=Home)
    screen_since: float = 0.0
    language: Language = "zh"
    large: bool = False
    voice: bool = False
    touched_at: float = 0.0
    corner_since: float | None = None
    home: KioskHome | None = None
    link: Link = "connecting"
    link_fault: LinkFault = ""
    heard_at: float = 0.0
    printer: PrinterState = "none"
    label_printer: PrinterState = "none"
    """Of the label printer of its own; ``none`` where labels come out elsewhere or nowhere."""
    scanner: ScannerState = "none"
    documents: PrinterState = "none"
    """Of the printer of certificates; ``none``: this kiosk has none."""
    catalogue: CatalogueView | None = None
    alone: a.Standing = field(default_factory=a.Standing)
    kept: KioskHome | None = None
    """The hall as it was last seen, for a start without the server."""
    questions: int = 0
    """How many questions were asked so far: each has a key of its own."""
    pin_wrong: int = 0
    pin_locked_until: float | None = None

    def service(self, name: str) -> ServiceView | None:
        """The service called ``name`` as the server last described it."""
        if self.home is None:
            return None
        return next((service for service in self.home.services if service.id == name), None)

    def item(self, name: str) -> ItemView | None:
        """The catalogue item called ``name`` as the server last described it."""
        if self.catalogue is None:
            return None
        return next((item for item in self.catalogue.items if item.id == name), None)


# ---- what may happen -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tick:
    """Time went on."""


Touch = OwnTouch | v.VisitTouch | c.Touch | b.Touch | a.AloneTouched


@dataclass(frozen=True, slots=True)
class Issued:
    """The server gave a number for the press with ``key``; with its order, where instruments came with it."""

    key: str
    ticket: TicketIssued
    order: OrderView | None = None


@dataclass(frozen=True, slots=True)
class WasRefused:
    key: str
    code: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """All tries of the press with ``key`` went without an answer.

    ``sent``: one of them may have reached the server all the same.
    """

    key: str
    sent: bool = True


@dataclass(frozen=True, slots=True)
class PaperEnded:
    """What became of the paper of the ticket with this id."""

    ticket: str
    paper: Paper


@dataclass(frozen=True, slots=True)
class PrinterChanged:
    state: PrinterState


@dataclass(frozen=True, slots=True)
class HomeSeen:
    """A newer live view; hearing it is also a sign of life."""

    home: KioskHome


@dataclass(frozen=True, slots=True)
class Heard:
    """A heartbeat."""


@dataclass(frozen=True, slots=True)
class LinkBroken:
    fault: LinkFault = ""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """The answer to LookUp: the ticket, or why there is none."""

    number: str
    ticket: TicketIssued | None
    why: Literal["", "not_found", "unreached"] = ""


@dataclass(frozen=True, slots=True)
class Tested:
    test: Test
    good: bool


Input = (
    Tick
    | Touched
    | Touch
    | CornerPressed
    | CornerReleased
    | Issued
    | WasRefused
    | Unanswered
    | PaperEnded
    | PrinterChanged
    | HomeSeen
    | Heard
    | LinkBroken
    | LookedUp
    | Tested
    | a.Input
    | v.VisitInput
    | c.Input
    | b.Input
)


# ---- what the flow asks for ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Issue:
    """Ask the server, trying several times with the press's key."""

    press: Said


@dataclass(frozen=True, slots=True)
class Print:
    """Print the ticket's paper; the answer is PaperEnded."""

    ticket: TicketIssued
    reprint: bool
    visit: v.Visit | c.Collection | None = None


@dataclass(frozen=True, slots=True)
class TellPaper:
    """Tell the server what became of the paper, for its journal."""

    ticket: str
    paper: Paper
    reprint: bool


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep the ticket on this machine, so that it can be printed again without the server."""

    ticket: TicketIssued


@dataclass(frozen=True, slots=True)
class LookUp:
    number: str


@dataclass(frozen=True, slots=True)
class RunTest:
    test: Test


@dataclass(frozen=True, slots=True)
class Speak:
    """Say the title of the screen, in the person's language."""


@dataclass(frozen=True, slots=True)
class Close:
    """End the program."""


Effect = (
    Issue
    | Print
    | TellPaper
    | Remember
    | LookUp
    | RunTest
    | Speak
    | Close
    | a.Effect
    | v.VisitEffect
    | c.Effect
    | b.Effect
)
