"""A case as the counter's staff see it: what was declared, counted, looked at, and what is still missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from server.domain.acceptance import (
    NEED_ADDRESS,
    REVIEWS,
    Acceptance,
    Handed,
    Piece,
    Sheet,
    fitted,
    gaps,
    new_wishes,
)
from server.domain.catalogue import FeeLine, Item
from server.domain.customers import mask, mask_phone
from server.domain.floor import Floor
from server.domain.hall import Hall
from server.domain.referral import Referral
from server.protocol import intake as i
from server.protocol.booking import FeeView
from server.protocol.language import both
from server.protocol.views import Text
from server.store import acceptances, bookings, demands, files, floors, fulfilments, orders, referrals
from server.store.demands import Demand

from . import case_sentences, offering
from . import intake_sentences as s
from .case_steps import Step, piece_changes_unprinted, steps_of
from .staff_names import Names, names

EDITABLE = ("registered", "supplement_required")
MOST_GAPS = 200


@dataclass(frozen=True, slots=True)
class Case:
    """All that the rows say of a case."""

    order: orders.Order
    samples: Sequence[orders.Sample]
    acceptance: Acceptance | None
    demands: Sequence[Demand]
    fulfilment: fulfilments.Fulfilment

    @property
    def sheet(self) -> Sheet:
        return self.acceptance.sheet if self.acceptance else Sheet()

    @property
    def version(self) -> int:
        return self.acceptance.version if self.acceptance else 0

    @property
    def asked(self) -> Demand | None:
        """The notice that is not answered yet."""
        return next((one for one in self.demands if one.answered_at is None), None)


def load(connection: Connection, order: orders.Order) -> Case:
    return Case(
        order,
        orders.samples(connection, order.id),
        acceptances.find(connection, order.id),
        demands.of_order(connection, order.id),
        fulfilments.find(connection, order.id) or fulfilments.Fulfilment(order.id, order.hall),
    )


def item_of(hall: Hall, id: str) -> Item | None:
    return hall.offer.catalogue.items.get(id)


def handed(hall: Hall, case: Case) -> list[Handed]:
    """The pieces whose item is still in the catalogue: the others ask for nothing."""
    return [
        Handed(one.code, one.position, item)
        for one in case.samples
        if (item := item_of(hall, one.item)) is not None
    ]


def declared(case: Case) -> dict[str, int]:
    return {line.item: line.pieces for line, _ in case.order.lines}


def gap_views(hall: Hall, case: Case) -> list[i.GapView]:
    """All that stands against the signature, in the order of the page."""
    found: list[i.GapView] = []

    def tell(at: i.GapPlace, sentence: str, piece: int = 0, **places: Text | str | int) -> None:
        told = offering.both_with(s.GAPS[sentence], piece=piece, **places)
        found.append(i.GapView(at=at, piece=piece, text=told))

    if case.order.customer is None:
        tell("customer", "customer")
    for item, pieces in declared(case).items():
        counted = case.sheet.counted.get(item)
        name = offering.item_name(hall, item)
        if counted is None:
            tell("counted", "uncounted", item=name)
        elif counted != pieces:
            tell("counted", "counted", item=name, declared=pieces, counted=counted)
    # Of a fleet's thousands of pieces the first are enough: the page says them one by one.
    for gap in gaps(case.sheet, handed(hall, case))[:MOST_GAPS]:
        if gap.what == "review" and gap.review is not None:
            tell("review", "review", name=both("server", s.REVIEWS[gap.review]))
        else:
            tell("piece", gap.what, gap.piece, name=gap.name or Text(zh="", en=""))
    if case.fulfilment.way in NEED_ADDRESS and not case.fulfilment.address:
        tell("address", "address")
    if case.asked is not None:
        tell("review", "demand")
    return found


def case_view(
    connection: Connection,
    floor: Floor,
    order: orders.Order,
    now: datetime,
    *,
    opened: int = 0,
    just_now: Sequence[Step] = (),
) -> i.CaseView:
    """``opened``: the piece that was scanned. ``just_now``: steps that the same transaction adds."""
    hall = floor.hall
    case = load(connection, order)
    called = names(connection, hall)
    customer = bookings.find_customer(connection, order.customer) if order.customer else None
    ticket = floors.find_ticket(connection, id=order.ticket) if order.ticket else None
    live = floor.ticket(order.ticket) if order.ticket else None
    service = hall.services.get(live.service if live else ticket[2].service) if ticket else None
    booked = bookings.find(connection, id=order.appointment) if order.appointment else None
    steps, lines = steps_of(connection, hall, called, case.order, case.samples, just_now)
    missing = gap_views(hall, case)
    acceptance = case.acceptance
    fees = [_fee(hall, case, line.item) for line, _ in order.lines]
    shown = [one for one in case.samples[: i.MOST_SHOWN]]
    if opened > i.MOST_SHOWN:
        shown.append(case.samples[opened - 1])
    photos = files.of_subjects(connection, hall.id, [one.code for one in shown], "image/jpeg")
    editable = order.state in EDITABLE
    return i.CaseView(
        id=order.id,
        number=order.number,
        code=order.code or "",
        hall=hall.id,
        state=order.state,
        state_text=both("server", case_sentences.ORDER_STATES[order.state]),
        made_at=hall.local(order.made_at),
        accepted_at=hall.local(order.accepted_at) if order.accepted_at else None,
        due=order.due,
        while_you_wait=order.while_you_wait,
        channel=order.channel,
        customer_type=order.customer_type,
        who=mask(customer.type, customer.name, customer.company) if customer else "",
        phone=mask_phone(customer.phone) if customer else "",
        has_customer=customer is not None,
        ticket=ticket[2].number if ticket else "",
        ticket_service=service.name if service else None,
        appointment=booked.number if booked else "",
        handler=called.person(order.handler, order.handler_section) if order.handler else None,
        mode=order.mode,
        site=order.site,
        ecqs=order.ecqs,
        lines=tuple(_line(hall, case, item, fee) for item, fee in zip(declared(case), fees, strict=True)),
        total=_total(fees),
        pieces=tuple(_piece(hall, called, case, one, photos.get(one.code, ())) for one in shown),
        pieces_count=len(case.samples),
        review=tuple(
            i.ReviewView(id=one, text=both("server", s.REVIEWS[one]), ticked=one in case.sheet.reviewed)
            for one in REVIEWS
        ),
        remark=case.sheet.remark,
        version=case.version,
        changed_at=hall.local(acceptance.changed_at) if acceptance else None,
        changed_by=called.actor(acceptance.changed_by) if acceptance else "",
        signed_at=hall.local(acceptance.signed_at) if acceptance and acceptance.signed_at else None,
        signed_by=called.actor(acceptance.signed_by) if acceptance and acceptance.signed_by else "",
        rejected=case.sheet.rejected,
        gaps=tuple(missing) if editable else (),
        editable=editable,
        may_sign=editable and not missing,
        suggested=suggested(hall, case),
        demands=tuple(demand_view(hall, called, case.demands, one, order.number) for one in case.demands),
        fulfilment=i.FulfilmentView(
            way=case.fulfilment.way,
            address=case.fulfilment.address,
            carrier=case.fulfilment.carrier,
            tracking=case.fulfilment.tracking,
            sent_at=hall.local(case.fulfilment.sent_at) if case.fulfilment.sent_at else None,
            may_close=order.state == "released" and not case.fulfilment.fulfilled,
        ),
        referrals=tuple(
            referral_view(hall, called, one, order.number, now)
            for one in referrals.of_order(connection, order.id)
        ),
        timeline=steps,
        opened=opened,
        labels_changed=piece_changes_unprinted(lines, just_now),
    )


def suggested(hall: Hall, case: Case) -> tuple[i.SuggestionView, ...]:
    """What a notice would name: the parts that the sheet says are missing, and those nobody looked at yet."""
    found: dict[str, i.SuggestionView] = {}
    for one in handed(hall, case):
        piece = fitted(case.sheet.piece(one.code), one.item)
        for here, name in zip(piece.accessories, one.item.accessories, strict=True):
            told = offering.both_with(s.SUGGESTED, item=one.item.name, name=name)
            if here == "missing" or (here == "" and told.zh not in found):
                found[told.zh] = i.SuggestionView(text=told, missing=here == "missing")
    return tuple(found.values())


def demand_view(
    hall: Hall, called: Names, all_of: Sequence[Demand], one: Demand, number: str
) -> i.DemandView:
    """``all_of``: the notices of its order, the oldest first."""
    before = [other.missing for other in all_of[: [other.id for other in all_of].index(one.id)]]
    return i.DemandView(
        id=one.id,
        order=one.order,
        number=number,
        missing=one.missing,
        late=one.late,
        new=new_wishes(before, one.missing),
        at=hall.local(one.at),
        by=called.person(one.by),
        answered_at=hall.local(one.answered_at) if one.answered_at else None,
        url=f"/cases/{hall.id}/notices/{one.id}.pdf",
    )


def referral_view(hall: Hall, called: Names, one: Referral, number: str, now: datetime) -> i.ReferralView:
    return i.ReferralView(
        id=one.id,
        order=one.order or "",
        number=number,
        way=one.way,
        to=one.to,
        reason=one.reason,
        due=one.due,
        state=one.state(hall.day(now)),
        made_at=hall.local(one.made_at),
        made_by=called.person(one.made_by),
        receipt_at=hall.local(one.receipt_at) if one.receipt_at else None,
        receipt_by=one.receipt_by,
        outcome=one.outcome,
        closed_at=hall.local(one.closed_at) if one.closed_at else None,
    )


def case_row(
    connection: Connection,
    hall: Hall,
    called: Names,
    one: orders.Order,
    *,
    late: bool,
) -> i.CaseRow:
    customer = bookings.find_customer(connection, one.customer) if one.customer else None
    ticket = floors.find_ticket(connection, id=one.ticket) if one.ticket else None
    site = next((place.name for place in hall.offer.sites if place.id == one.site), None)
    return i.CaseRow(
        id=one.id,
        number=one.number,
        made_at=hall.local(one.made_at),
        who=mask(customer.type, customer.name, customer.company) if customer else "",
        ticket=ticket[2].number if ticket else "",
        pieces=sum(line.pieces for line, _ in one.lines),
        items=tuple(offering.item_name(hall, line.item) for line, _ in one.lines),
        state=one.state,
        state_text=both("server", case_sentences.ORDER_STATES[one.state]),
        due=one.due,
        handler=called.person(one.handler).name if one.handler else "",
        mode=one.mode,
        site=site,
        late=late,
    )


def _fee(hall: Hall, case: Case, id: str) -> FeeLine:
    """What this line costs: for the pieces that are taken in, by the policy of the day it was registered."""
    item = item_of(hall, id)
    pieces = sum(
        one.item == id and not case.sheet.piece(one.code).refused and one.state != "refused_at_intake"
        for one in case.samples
    )
    if item is None:
        return FeeLine(id, pieces, Decimal(0), Decimal(0), Text(zh="", en=""))
    line = item.fee(pieces, case.order.day)
    waived = case.sheet.waived.get(id)
    if waived is None:
        return line
    return FeeLine(id, pieces, line.full, Decimal(0), Text(zh=waived, en=waived))


def _total(fees: Sequence[FeeLine]) -> FeeView:
    return offering.total(fees)


def _line(hall: Hall, case: Case, id: str, line: FeeLine) -> i.CaseLine:
    item = item_of(hall, id)
    regulation = next((told for one, told in case.order.lines if one.item == id), "")
    mine = [one for one in case.samples if one.item == id]
    return i.CaseLine(
        item=id,
        name=offering.item_name(hall, id),
        declared=declared(case)[id],
        counted=case.sheet.counted.get(id),
        seen=sum(bool(case.sheet.piece(one.code).seen) for one in mine),
        regulation=regulation,
        fee=offering.fee(line, item is not None and item.kind == "compulsory"),
        waived=case.sheet.waived.get(id, ""),
        fragile=item is not None and item.fragile,
        may_add=item is not None and item.active,
    )


def _piece(
    hall: Hall,
    called: Names,
    case: Case,
    one: orders.Sample,
    photos: Sequence[tuple[str, datetime]],
) -> i.CasePiece:
    item = item_of(hall, one.item)
    found = case.sheet.piece(one.code)
    full = fitted(found, item) if item else Piece(maker=found.maker, model=found.model)
    return i.CasePiece(
        code=one.code,
        flow=one.flow,
        foreign=one.foreign or "",
        index=one.position,
        item=one.item,
        name=offering.item_name(hall, one.item),
        state=one.state,
        state_text=both("server", case_sentences.SAMPLE_STATES[one.state]),
        seen=found.seen,
        looks=tuple(
            i.LookView(name=name, good=look.good, remark=look.remark)
            for look, name in zip(full.looks, item.looks if item else (), strict=True)
        ),
        accessories=tuple(
            i.PartHereView(name=name, here=here)
            for here, name in zip(full.accessories, item.accessories if item else (), strict=True)
        ),
        maker=found.maker,
        model=found.model,
        serial=found.serial or one.serial,
        fragile=item is not None and item.fragile,
        careful=found.careful,
        refused=found.refused,
        section=one.section or (item.section if item else ""),
        due=one.due,
        rest_minutes=item.rest_minutes if item else 0,
        holder=called.holder(one.holder),
        photos=tuple(
            i.PhotoView(id=id, at=hall.local(at), url=photo_url(hall.id, case.order.id, id))
            for id, at in photos
        ),
    )


def photo_url(hall: str, order: str, id: str) -> str:
    return f"/api/v1/halls/{hall}/cases/{order}/photos/{id}"
