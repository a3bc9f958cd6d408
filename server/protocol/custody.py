"""What crosses the wire when samples change hands: a pair of scans each time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from .booking import Scanned
from .commands import Body
from .intake import HolderView, PersonView, ShelfView, UserName
from .views import Text, Wire
from .words import SampleState

Pieces = Annotated[tuple[Scanned, ...], Field(min_length=1, max_length=200)]
"""Scans of identity codes, flow codes or bound labels."""


class Offer(Body):
    """The giver scans pieces and names who is to take them."""

    taker: UserName
    samples: Pieces
    careful: bool = False
    """Put down with care; needed for fragile pieces."""


class Take(Body):
    """The taker scans the pieces that they take; the rest stays with the giver."""

    samples: Pieces
    careful: bool = False


class OnShelf(Body):
    """Put on a shelf, or take off it: its code is scanned, and each piece."""

    shelf: Scanned
    samples: Pieces
    careful: bool = False


class LookAt(Body):
    """Whose is this piece?"""

    code: Scanned


class HeldView(Wire):
    """A piece in somebody's hands."""

    code: str
    flow: str
    order: str
    """Case number."""
    index: int
    item: Text
    fragile: bool
    state: SampleState
    state_text: Text
    section: str
    holder: HolderView
    since: datetime | None


class HandoverView(Wire):
    id: str
    giver: HolderView
    taker: HolderView
    at: datetime
    mine: bool
    """Given by who asks; else it is for them to take."""
    pieces: tuple[HeldView, ...]


class CustodyView(Wire):
    """What I hold, what I gave and what waits for me; who and where pieces can go."""

    me: str
    held: tuple[HeldView, ...]
    handovers: tuple[HandoverView, ...]
    people: tuple[PersonView, ...]
    """Who may take pieces."""
    shelves: tuple[ShelfView, ...]


class MovedView(Wire):
    """What changed hands."""

    pieces: tuple[HeldView, ...]
