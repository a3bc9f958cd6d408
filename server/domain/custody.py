"""Custody (样品流转): who has a piece now, and how it changes hands. Pure: decide, then evolve.

A piece is with exactly one of: the customer, a member of staff, a shelf. It changes hands only by a pair of
scans: the giver's and the taker's, or the shelf's code and the piece's. What acceptance takes over from the
customer, and the counter gives back to them, is such a pair too: the case and the piece.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

from server.protocol.views import Text

from .refusal import Refusal

CUSTOMER: Final = "customer"
HandoverState: TypeAlias = Literal["offered", "taken", "withdrawn"]


def staff(user: str) -> str:
    """The holder that a member of staff is."""
    return f"staff:{user}"


def shelf(id: str) -> str:
    """The holder that a shelf is."""
    return f"shelf:{id}"


def is_holder(name: str) -> bool:
    kind, _, rest = name.partition(":")
    return name == CUSTOMER or (kind in ("staff", "shelf") and bool(rest))


@dataclass(frozen=True, slots=True)
class Shelf:
    """A shelf (样品架); its code, which is scanned, is ``SHELF-`` and its id in capitals."""

    id: str
    name: Text
    fragile: bool = False
    """Padded, low, marked: where fragile pieces are put (易损专用)."""

    @property
    def code(self) -> str:
        return f"SHELF-{self.id.upper()}"


def shelf_of(shelves: Iterable[Shelf], scanned: str) -> Shelf | None:
    """The shelf whose code was scanned."""
    told = "".join(scanned.split()).upper()
    return next((one for one in shelves if one.code == told), None)


@dataclass(frozen=True, slots=True)
class Held:
    """A piece, and who has it."""

    code: str
    holder: str
    fragile: bool = False


@dataclass(frozen=True, slots=True)
class Handover:
    """Pieces that ``giver`` has scanned for ``taker``."""

    id: str
    giver: str
    taker: str
    pieces: tuple[str, ...]
    state: HandoverState = "offered"


# What may be asked ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Give:
    """The giver scans pieces and names who is to take them."""

    id: str
    by: str
    to: str
    pieces: tuple[str, ...]
    careful: bool = False
    """Put down with care: needed for what is fragile."""


@dataclass(frozen=True, slots=True)
class Take:
    """The taker scans pieces of a hand-over; those not scanned stay where they are."""

    handover: str
    by: str
    pieces: tuple[str, ...]
    careful: bool = False


@dataclass(frozen=True, slots=True)
class Withdraw:
    handover: str
    by: str


@dataclass(frozen=True, slots=True)
class Shelve:
    """Put pieces on a shelf: its code is scanned, and each piece."""

    by: str
    shelf: Shelf
    pieces: tuple[str, ...]
    careful: bool = False


@dataclass(frozen=True, slots=True)
class Fetch:
    """Take pieces off a shelf: its code is scanned, and each piece."""

    by: str
    shelf: Shelf
    pieces: tuple[str, ...]
    careful: bool = False


Command: TypeAlias = Give | Take | Withdraw | Shelve | Fetch


# What became of it ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    handover: Handover


@dataclass(frozen=True, slots=True)
class Moved:
    """A piece changed hands. ``scans``: the two scans that it took, as who or what was scanned."""

    piece: str
    giver: str
    taker: str
    scans: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ended:
    handover: str
    state: HandoverState


Event: TypeAlias = Offered | Moved | Ended


@dataclass(frozen=True, slots=True)
class Custody:
    """The pieces and hand-overs that a command is about."""

    pieces: Mapping[str, Held] = field(default_factory=dict)
    handovers: Mapping[str, Handover] = field(default_factory=dict)


def decide(custody: Custody, command: Command) -> list[Event] | Refusal:
    """What ``command`` does. Refused: sample_unknown, wrong_custodian, fragile_not_ticked, taker_bad,
    handover_unknown, handover_over."""
    match command:
        case Give(id, by, to, pieces, careful):
            if to == by or to == CUSTOMER or not is_holder(to) or to.startswith("shelf:"):
                return Refusal("taker_bad")
            against = _against(custody, pieces, by, careful)
            return against or [Offered(Handover(id, by, to, pieces))]
        case Take(handover, by, pieces, careful):
            one = custody.handovers.get(handover)
            if one is None or one.taker != by:
                return Refusal("handover_unknown")
            if one.state != "offered":
                return Refusal("handover_over")
            stray = next((code for code in pieces if code not in one.pieces), None)
            if stray is not None:
                return _wrong(custody, stray)
            against = _against(custody, pieces, one.giver, careful)
            if against is not None:
                return against
            moved: list[Event] = [Moved(code, one.giver, by, (one.giver, by)) for code in pieces]
            return [*moved, Ended(handover, "taken")]
        case Withdraw(handover, by):
            one = custody.handovers.get(handover)
            if one is None or by not in (one.giver, one.taker):
                return Refusal("handover_unknown")
            return Refusal("handover_over") if one.state != "offered" else [Ended(handover, "withdrawn")]
        case Shelve(by, place, pieces, careful):
            against = _against(custody, pieces, by, careful)
            if against is not None:
                return against
            if not place.fragile and any(custody.pieces[code].fragile for code in pieces):
                return Refusal("taker_bad")
            return [Moved(code, by, shelf(place.id), (by, place.code)) for code in pieces]
        case Fetch(by, place, pieces, careful):
            against = _against(custody, pieces, shelf(place.id), careful)
            return against or [Moved(code, shelf(place.id), by, (place.code, by)) for code in pieces]


def evolve(custody: Custody, event: Event) -> Custody:
    match event:
        case Offered(handover):
            return replace(custody, handovers={**custody.handovers, handover.id: handover})
        case Moved(piece, _, taker, _):
            held = replace(custody.pieces[piece], holder=taker)
            return replace(custody, pieces={**custody.pieces, piece: held})
        case Ended(handover, state):
            ended = replace(custody.handovers[handover], state=state)
            return replace(custody, handovers={**custody.handovers, handover: ended})


def _against(custody: Custody, pieces: Collection[str], holder: str, careful: bool) -> Refusal | None:
    """Why ``holder`` can't give these pieces away."""
    if not pieces or any(code not in custody.pieces for code in pieces):
        return Refusal("sample_unknown")
    stray = next((code for code in pieces if custody.pieces[code].holder != holder), None)
    if stray is not None:
        return _wrong(custody, stray)
    if not careful and any(custody.pieces[code].fragile for code in pieces):
        return Refusal("fragile_not_ticked")
    return None


def _wrong(custody: Custody, code: str) -> Refusal:
    """Somebody else has it; the sentence names them."""
    held = custody.pieces.get(code)
    return Refusal("wrong_custodian", {"holder": held.holder}) if held else Refusal("sample_unknown")
