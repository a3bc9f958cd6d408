"""What crosses the wire at the counter: acceptance, one-time notices, first handler, fulfilment, referrals.

For staff alone. Their view of a customer is masked as everywhere; an address is shown to them because the
parcel needs it, and to nobody else.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .booking import CustomerBody, FeeView, ItemId, Lines, Scanned
from .commands import Body, Line, Name, Remark
from .views import Text, Wire
from .words import Channel, CustomerType, Language, OrderState, SampleState, ServiceMode

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64, pattern=r"^[^\x00-\x1f]*$")]
Called = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=32, pattern=r"^[^\x00-\x1f]*$"),
]
SampleCode = Annotated[str, StringConstraints(pattern=r"^S[0-9A-HJKMNP-TV-Z]{12}$")]
UserName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Here = Literal["", "here", "missing", "not_needed"]
Seen = Literal["", "scan", "hand"]
Review = Literal["demands", "regulation", "ability", "time", "fee"]
Way = Literal["collect", "post", "deliver", "electronic"]
SiteKind = Literal["fixed", "temporary", "mobile"]
ReferralWay = Literal["section", "institution", "matter"]
ReferralState = Literal["sent", "received", "overdue", "closed"]

MOST_SHOWN = 500
"""Pieces of one case in its view; a scan brings up any other."""
MOST_MISSING = 40
MOST_PHOTO = 10
"""Megabytes of a photo as it is uploaded."""

# Asked ------------------------------------------------------------------------------------------


class OpenCase(Body):
    """Find a case: ticket's number or code, voucher, case number, case code, or any label of a piece."""

    code: Scanned


class NewCase(Body):
    """An order that no kiosk took in: on site, online, remote, or at the counter for a ticket."""

    lines: Lines
    mode: ServiceMode = "hall"
    site: Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9-]{0,31})?$")] = ""
    channel: Channel = "counter"
    customer: CustomerBody
    consent: Annotated[str, StringConstraints(max_length=32)] = ""
    language: Language = "zh"
    ticket: Annotated[str, StringConstraints(pattern=r"^([A-Z][0-9]{3,4})?$")] = ""
    """Today's number of the ticket that it belongs to; empty: none."""


class LookBody(Body):
    good: bool | None = None
    remark: Short = ""


class PieceBody(Body):
    """What was found on one piece; looks and accessories in the order of the item's lists."""

    seen: Seen = ""
    looks: Annotated[tuple[LookBody, ...], Field(max_length=32)] = ()
    accessories: Annotated[tuple[Here, ...], Field(max_length=32)] = ()
    maker: Short = ""
    model: Short = ""
    serial: Short = ""
    careful: bool = False
    refused: Remark = ""


class SheetBody(Body):
    """Save the sheet. ``pieces``: those that changed; the others stay as they are.

    ``all_good``: items whose pieces are all right wherever nothing else was said.
    """

    version: Annotated[int, Field(ge=0, le=1_000_000)]
    """That of the sheet as it was read; 0: there was none."""
    counted: Annotated[dict[ItemId, Annotated[int, Field(ge=0, le=9999)]], Field(max_length=20)]
    pieces: Annotated[dict[SampleCode, PieceBody], Field(max_length=500, default_factory=dict)]
    all_good: Annotated[tuple[ItemId, ...], Field(max_length=20)] = ()
    reviewed: Annotated[tuple[Review, ...], Field(max_length=5)] = ()
    waived: Annotated[dict[ItemId, Line], Field(max_length=20, default_factory=dict)]
    """Item → why its fee is waived."""
    remark: Remark = ""
    mode: ServiceMode = "hall"
    site: Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9-]{0,31})?$")] = ""
    ecqs: Short = ""
    """Its number in e-CQS."""


class CaseCustomer(Body):
    """Who hands in, written down or put right at the counter."""

    customer: CustomerBody
    consent: Annotated[str, StringConstraints(max_length=32)] = ""
    language: Language = "zh"


class MorePieces(Body):
    """More came than was registered: they are registered too, and get labels."""

    item: ItemId
    pieces: Annotated[int, Field(ge=1, le=99)]


class Sign(Body):
    """Sign the sheet of this version: the order is accepted."""

    version: Annotated[int, Field(ge=1, le=1_000_000)]


class Reject(Body):
    reason: Line


class DemandBody(Body):
    """All that is missing, told at once (一次性告知)."""

    missing: Annotated[tuple[Line, ...], Field(min_length=1, max_length=MOST_MISSING)]


class HandlerBody(Body):
    """A manager names another first handler (首问责任人)."""

    user: UserName
    section: Short
    reason: Line


class FulfilmentBody(Body):
    way: Way
    address: Remark = ""
    """Recipient, phone and address as they stand on the parcel; of an electronic certificate the e-mail."""


class Sent(Body):
    """The parcel is on its way."""

    carrier: Short = ""
    tracking: Short = ""


class ShelfBody(Body):
    id: Name
    zh: Called
    en: Short = ""
    fragile: bool = False


class SiteBody(Body):
    id: Name
    zh: Called
    en: Short = ""
    kind: SiteKind = "fixed"


class PlacesBody(Body):
    """The hall's shelves and sites, whole."""

    shelves: Annotated[tuple[ShelfBody, ...], Field(max_length=200)]
    sites: Annotated[tuple[SiteBody, ...], Field(max_length=50)]


class ReferralBody(Body):
    """Pass a matter on. ``order``: the case it is about; empty: none."""

    order: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{32})?$")] = ""
    way: ReferralWay
    to: Annotated[Short, StringConstraints(min_length=1)]
    reason: Line
    due: date


class Outcome(Body):
    """What came of it: the loop is closed."""

    outcome: Line


# Answered ---------------------------------------------------------------------------------------


class PersonView(Wire):
    """A member of staff."""

    user: str
    name: str
    section: str = ""


class HolderView(Wire):
    """Who has a piece: the customer, a member of staff, a shelf."""

    id: str
    """``customer``, ``staff:USER`` or ``shelf:ID``."""
    name: Text


class PhotoView(Wire):
    id: str
    at: datetime
    url: str
    """For staff who are signed in."""


class LookView(Wire):
    name: Text
    good: bool | None
    remark: str


class PartHereView(Wire):
    """A part that belongs to a piece."""

    name: Text
    here: Here


class CasePiece(Wire):
    """One piece with what was found on it."""

    code: str
    flow: str
    foreign: str
    index: int
    item: str
    name: Text
    state: SampleState
    state_text: Text
    seen: Seen
    looks: tuple[LookView, ...]
    accessories: tuple[PartHereView, ...]
    maker: str
    model: str
    serial: str
    fragile: bool
    careful: bool
    refused: str
    section: str
    due: date | None
    rest_minutes: int
    holder: HolderView
    photos: tuple[PhotoView, ...]


class CaseLine(Wire):
    """A line of the order: declared against counted, and its fee."""

    item: str
    name: Text
    declared: int
    counted: int | None
    """None: not counted yet."""
    seen: int
    """Pieces whose label was scanned or ticked."""
    regulation: str
    fee: FeeView
    waived: str
    fragile: bool
    may_add: bool


class ReviewView(Wire):
    id: Review
    text: Text
    ticked: bool


GapPlace = Literal["customer", "counted", "piece", "review", "address"]


class GapView(Wire):
    """What is still missing before the sheet can be signed. ``at``: which part of the page it is on."""

    at: GapPlace
    piece: int
    text: Text


class SuggestionView(Wire):
    """What a one-time notice may name. ``missing``: the sheet says so; else nobody has looked yet."""

    text: Text
    missing: bool


class DemandView(Wire):
    """A one-time notice; ``late``: it asks for something that an earlier one did not name."""

    id: str
    order: str
    number: str
    missing: tuple[str, ...]
    late: bool
    new: tuple[str, ...]
    at: datetime
    by: PersonView
    answered_at: datetime | None
    url: str
    """Of the sheet to print."""


class FulfilmentView(Wire):
    way: Way
    address: str
    carrier: str
    tracking: str
    sent_at: datetime | None
    may_close: bool
    """All is released, and only this is left to do."""


class ReferralView(Wire):
    id: str
    order: str
    number: str
    """Case number; empty: of no case."""
    way: ReferralWay
    to: str
    reason: str
    due: date
    state: ReferralState
    made_at: datetime
    made_by: PersonView
    receipt_at: datetime | None
    receipt_by: str
    outcome: str
    closed_at: datetime | None


class CaseStep(Wire):
    """A step of the case with who and when, for staff."""

    at: datetime
    who: Text
    kind: str
    text: Text
    piece: int
    """Place of the piece that it is about; 0: of all of the order."""
    photo: str = ""


class CaseView(Wire):
    """A case as its acceptor sees it."""

    id: str
    number: str
    code: str
    """C…: to follow it."""
    hall: str
    state: OrderState
    state_text: Text
    made_at: datetime
    accepted_at: datetime | None
    due: date | None
    while_you_wait: bool
    channel: Channel
    customer_type: CustomerType
    who: str
    phone: str
    has_customer: bool
    ticket: str
    ticket_service: Text | None
    """The service that the ticket is at now."""
    appointment: str
    """Number of its appointment; empty: none."""
    handler: PersonView | None
    mode: ServiceMode
    site: str
    ecqs: str
    lines: tuple[CaseLine, ...]
    total: FeeView
    pieces: tuple[CasePiece, ...]
    pieces_count: int
    review: tuple[ReviewView, ...]
    remark: str
    version: int
    """Of the sheet; 0: nothing was written yet."""
    changed_at: datetime | None
    changed_by: str
    signed_at: datetime | None
    signed_by: str
    rejected: str
    gaps: tuple[GapView, ...]
    editable: bool
    may_sign: bool
    suggested: tuple[SuggestionView, ...]
    """What a one-time notice would name, by the sheet and the catalogue."""
    demands: tuple[DemandView, ...]
    fulfilment: FulfilmentView
    referrals: tuple[ReferralView, ...]
    timeline: tuple[CaseStep, ...]
    opened: int
    """The piece whose label was scanned to find it; 0: another way."""
    labels_changed: bool
    """Pieces were added or removed after labels were printed: they are to be printed anew."""


class CaseRow(Wire):
    """A case in a list; its customer masked."""

    id: str
    number: str
    made_at: datetime
    who: str
    ticket: str
    pieces: int
    items: tuple[Text, ...]
    state: OrderState
    state_text: Text
    due: date | None
    handler: str
    mode: ServiceMode
    site: Text | None
    late: bool
    """A demand on it broke the rule of one notice."""


class CasesView(Wire):
    """The cases of a day and those that still wait for papers, by state."""

    day: date
    counts: dict[OrderState, int]
    cases: tuple[CaseRow, ...]


class PlaceView(Wire):
    id: str
    name: Text
    kind: SiteKind


class ShelfView(Wire):
    id: str
    name: Text
    fragile: bool
    code: str
    """What its label says."""
    pieces: int


class PlacesView(Wire):
    shelves: tuple[ShelfView, ...]
    sites: tuple[PlaceView, ...]


class NoticeView(Wire):
    """A one-time notice as it is printed; the customer masked."""

    id: str
    hall: str
    hall_name: Text
    zone: str
    number: str
    who: str
    items: tuple[tuple[Text, int], ...]
    missing: tuple[str, ...]
    at: datetime
    by: str
    handler: str
    section: str
    """Of the first handler."""
    complaint_phone: str
