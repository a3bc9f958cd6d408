"""The catalogue (目录): which instruments are taken, under which regulation, for how long and how much.

Whatever changes by law or notice is *dated*: a list of (from which day, what), so that a change can be
entered before its day and the past stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Generic, Literal, TypeAlias, TypeVar

from server.protocol.views import Text
from server.protocol.words import CUSTOMER_TYPES, CustomerType

T = TypeVar("T")

Mode: TypeAlias = Literal["hall", "vehicle_lane", "on_site"]
"""Where the work is done: at the hall's counters, in its vehicle lane, or only where it stands."""
Kind: TypeAlias = Literal["compulsory", "calibration"]
"""Compulsory verification (强制检定) or calibration (校准)."""

PROMISE_DAYS = 5
"""Working days until an instrument is ready, where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """``value`` from ``since`` on, until a later one takes its place."""

    since: date
    value: T


def at(history: Sequence[Dated[T]], day: date) -> T | None:
    """What holds on ``day``; None before the first."""
    holding = [one for one in history if one.since <= day]
    return max(holding, key=lambda one: one.since).value if holding else None


@dataclass(frozen=True, slots=True)
class Fee:
    """The fee policy (收费) from a day on, in yuan (元) a piece."""

    yuan: Decimal = Decimal(0)
    percent: int = 100
    """What is charged of it: 50 is 减半收费. Never applied to compulsory verification, which is free."""
    reason: Text = field(default_factory=lambda: Text(zh="", en=""))
    """Why it is free or reduced, as it is told to the customer."""


@dataclass(frozen=True, slots=True)
class FeeLine:
    """A line of the bill: what would be charged, what is, and why less."""

    item: str
    pieces: int
    full: Decimal
    due: Decimal
    reason: Text

    @property
    def saved(self) -> Decimal:
        return self.full - self.due


@dataclass(frozen=True, slots=True)
class Notice:
    """What to mind when handing in (送检注意事项); the version that was acknowledged is kept."""

    version: int
    text: Text


@dataclass(frozen=True, slots=True)
class Caps:
    """The most pieces that are taken: in one order, in one slot, on one day."""

    order: int
    slot: int
    day: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A line of an item's result form (结果单): what is measured or looked at, and what it must be."""

    id: str
    name: Text
    kind: Literal["number", "choice", "text"] = "number"
    unit: str = ""
    digits: int = 2
    """Decimal places of a number."""
    low: Decimal | None = None
    high: Decimal | None = None
    """The limits of a number, both included; outside them the instrument is 不合格."""
    choices: tuple[Text, ...] = ()
    """Of a choice; the first is the good one, any other makes it 不合格."""
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Climate:
    """What the regulation asks of the room; outside it no result is taken."""

    celsius: tuple[float, float]
    humidity: tuple[float, float]
    """Relative, in percent."""


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of instrument (目录项)."""

    id: str
    name: Text
    field: str
    """Of the hall's taxonomy (民生领域)."""
    section: str
    """The lab section that does the work."""
    service: str
    """The hall's service that its customers take a number for when it can't be done while they wait."""
    regulations: tuple[Dated[str], ...]
    """``JJG 580-2005`` and so on: the edition in force from a day on."""
    caps: Caps
    unit_minutes: float
    """Work on one piece."""
    setup_minutes: float = 0
    """Work before the first piece, whatever their number."""
    review_minutes: float = 5
    """From the last reading to the signed certificate."""
    rest_minutes: int = 0
    """How long it must stand in the lab's air first (静置): no promise may be shorter."""
    cycle_months: int | None = 12
    """Until the next verification is due; None: first verification only."""
    kind: Kind = "compulsory"
    mode: Mode = "hall"
    while_you_wait: bool = True
    """Whether it may be 立等可取 at all."""
    for_whom: frozenset[CustomerType] = frozenset(CUSTOMER_TYPES)
    fragile: bool = False
    accessories: tuple[Text, ...] = ()
    notice: Notice | None = None
    notices_given: int = 0
    """The last version of a notice that was ever given out, so that none is used for two texts."""
    fees: tuple[Dated[Fee], ...] = ()
    promise_days: tuple[Dated[int], ...] = ()
    contact: str = ""
    """The lab's phone number for questions about this item."""
    active: bool = True
    looks: tuple[Text, ...] = ()
    """What is looked at when a piece is accepted (外观检查)."""
    readings: tuple[Reading, ...] = ()
    """Its result form; empty: a conclusion and a remark."""
    climate: Climate | None = None
    standards: int = 1
    """How many standards (标准器) at least a result must name."""

    def regulation(self, day: date) -> str | None:
        """The edition in force on ``day``; None before the first."""
        return at(self.regulations, day)

    def days_promised(self, day: date) -> int:
        """Working days until it is ready, as promised on ``day``."""
        found = at(self.promise_days, day)
        return PROMISE_DAYS if found is None else found

    def work_minutes(self, pieces: int) -> float:
        """Bench time for ``pieces`` of them."""
        return self.setup_minutes + pieces * self.unit_minutes

    def fee(self, pieces: int, day: date) -> FeeLine:
        """The line for ``pieces`` on ``day``. Without a policy for the day nothing is charged."""
        policy = at(self.fees, day) or Fee()
        full = policy.yuan * pieces
        free = self.kind == "compulsory"
        due = Decimal(0) if free else (full * policy.percent / 100).quantize(Decimal("0.01"))
        return FeeLine(self.id, pieces, full, due, policy.reason)


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What the institution may do (授权/资质), and until when; without it nothing is booked or certified."""

    number: str
    items: frozenset[str]
    """Ids in its scope."""
    since: date
    until: date
    """The last day on which it holds."""

    def covers(self, item: str, day: date) -> bool:
        return item in self.items and self.since <= day <= self.until


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that a hall takes."""

    items: Mapping[str, Item] = field(default_factory=dict)
    fields: Mapping[str, Text] = field(default_factory=dict)
    """The taxonomy: field id → name."""
    terms: tuple[tuple[Text, Text], ...] = ()
    """(word, note): the trade's words that are explained at a tap (术语备注)."""
    authorisations: tuple[Authorisation, ...] = ()

    def authorised(self, item: str, day: date) -> bool:
        """Whether the institution may verify ``item`` on ``day``."""
        return any(one.covers(item, day) for one in self.authorisations)

    def published(self, day: date) -> int:
        """How many kinds of instruments are offered on ``day``: what the hall may say of itself."""
        return sum(
            one.active and one.regulation(day) is not None and self.authorised(one.id, day)
            for one in self.items.values()
        )
