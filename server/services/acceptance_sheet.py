"""The acceptor's sheet (受理单): saved by its version, every change of it in the journal with old and new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from server.domain.acceptance import (
    Acceptance,
    AcceptanceState,
    Look,
    Piece,
    Sheet,
    all_good,
    edits,
    fitted,
)
from server.domain.hall import Hall
from server.domain.refusal import Refusal
from server.domain.slots import Line
from server.protocol import intake as i
from server.protocol.words import CustomerType
from server.store import acceptances, bookings, orders

from . import case_view as view
from .bookings import customer_of, well_formed
from .case_work import CaseWork, new_sample
from .halls import Halls
from .people import Who
from .work import Answer, Ledger, Once

MOST_CHANGES = 200
"""Changes that one line of the journal tells one by one; of more it tells how many there were."""
OF_ORDER = ("mode", "site", "ecqs")
"""What stands on the sheet and is the order's own."""


class Sheets:
    def __init__(self, halls: Halls) -> None:
        self._work = CaseWork(halls)

    async def save(self, hall: str, order: str, body: i.SheetBody, who: Who, once: Once | None) -> Answer:
        """Save it over the version that was read. Refused: sheet_changed, order_state, sample_unknown."""

        def change(ledger: Ledger, case: view.Case) -> Refusal | None:
            one, of = case.order, ledger.floor.hall
            if body.version != case.version:
                return Refusal("sheet_changed")
            if not site_known(of, body.site):
                return Refusal("bad_request", {"where": "site"})
            sheet = _merged(of, case, body)
            if isinstance(sheet, Refusal):
                return sheet
            now = replace(one, mode=body.mode, site=body.site, ecqs=body.ecqs)
            changed: list[list[Any]] = [[edit.what, edit.old, edit.new] for edit in edits(case.sheet, sheet)]
            changed += [
                [name, getattr(one, name), getattr(now, name)]
                for name in OF_ORDER
                if getattr(one, name) != getattr(now, name)
            ]
            if not changed:
                return None
            orders.save(ledger.connection, now)
            version = write(ledger, case, sheet, who)
            told = {"version": version, "changes": changed[:MOST_CHANGES], "count": len(changed)}
            ledger.note("sheet.saved", one.id, told)
            return None

        return await self._work.edit(hall, order, who, once, change)

    async def customer(
        self, hall: str, order: str, body: i.CaseCustomer, who: Who, once: Once | None
    ) -> Answer:
        """Write down who hands in. The journal says that it changed, and never to what."""

        def change(ledger: Ledger, case: view.Case) -> Refusal | None:
            one, of = case.order, ledger.floor.hall
            said = customer_of(of, body.customer, body.consent, body.language, ledger.now)
            if isinstance(said, Refusal):
                return said
            lines = [line for line, _ in one.lines]
            against = takeable(of, lines, said.type, one.day, agreed=lines)
            if against is not None:
                return against
            bookings.add_customer(ledger.connection, said)
            orders.save(ledger.connection, replace(one, customer=said.id, customer_type=said.type))
            told = {"customer": said.id, "was": one.customer, "type": said.type}
            ledger.note("case.customer_changed", one.id, told)
            return None

        return await self._work.edit(hall, order, who, once, change)

    async def add_pieces(
        self, hall: str, order: str, body: i.MorePieces, who: Who, once: Once | None
    ) -> Answer:
        """More came than was registered: new samples, each of which gets a label."""

        def change(ledger: Ledger, case: view.Case) -> Refusal | None:
            one = case.order
            held = view.declared(case)
            held[body.item] = held.get(body.item, 0) + body.pieces
            lines = [Line(item, pieces) for item, pieces in held.items()]
            against = takeable(ledger.floor.hall, lines, one.customer_type, one.day)
            if against is not None:
                return against
            first = len(case.samples) + 1
            new = [new_sample(one, body.item, first + at) for at in range(body.pieces)]
            _put(ledger, one, lines, [*case.samples, *new])
            told = {"item": body.item, "samples": [sample.code for sample in new]}
            ledger.note("case.pieces_added", one.id, told)
            return None

        return await self._work.edit(hall, order, who, once, change, 201)

    async def remove_piece(self, hall: str, order: str, code: str, who: Who, once: Once | None) -> Answer:
        """Fewer came: this piece was never handed in. Refused: sample_unknown, lines_bad (the last one)."""

        def change(ledger: Ledger, case: view.Case) -> Refusal | None:
            gone = next((sample for sample in case.samples if sample.code == code), None)
            if gone is None:
                return Refusal("sample_unknown")
            rest = [sample for sample in case.samples if sample is not gone]
            if not rest:
                return Refusal("lines_bad", {"most": str(ledger.floor.hall.offer.rules.most_lines)})
            held = Counter(sample.item for sample in rest)
            lines = [Line(line.item, held[line.item]) for line, _ in case.order.lines if held[line.item]]
            _put(ledger, case.order, lines, [replace(one, position=at) for at, one in enumerate(rest, 1)])
            if case.acceptance is not None:
                pieces = {name: piece for name, piece in case.sheet.pieces.items() if name != code}
                counted = {item: count for item, count in case.sheet.counted.items() if held[item]}
                waived = {item: why for item, why in case.sheet.waived.items() if held[item]}
                left = replace(case.sheet, pieces=pieces, counted=counted, waived=waived)
                write(ledger, case, left, who)
            told = {"item": gone.item, "samples": [code]}
            ledger.note("case.pieces_removed", case.order.id, told)
            return None

        return await self._work.edit(hall, order, who, once, change)


def write(ledger: Ledger, case: view.Case, sheet: Sheet, who: Who, state: AcceptanceState = "draft") -> int:
    """Keep the sheet as its next version."""
    signed = state == "signed"
    one = Acceptance(
        order=case.order.id,
        hall=case.order.hall,
        state=state,
        sheet=sheet,
        version=case.version + 1,
        changed_at=ledger.now,
        changed_by=who.id,
        signed_at=ledger.now if signed else None,
        signed_by=who.id if signed else "",
    )
    acceptances.save(ledger.connection, one)
    return one.version


def takeable(
    of: Hall, lines: Sequence[Line], customer: CustomerType, day: date, agreed: Sequence[Line] = ()
) -> Refusal | None:
    """Why these lines can't be taken. What is done only where it stands can: staff go there."""
    items = {
        id: replace(item, mode="hall") if item.mode == "on_site" else item
        for id, item in of.offer.catalogue.items.items()
    }
    offer = replace(of.offer, catalogue=replace(of.offer.catalogue, items=items))
    return well_formed(replace(of, offer=offer), lines, customer, day, agreed)


def site_known(of: Hall, site: str) -> bool:
    return not site or any(one.id == site for one in of.offer.sites)


def _put(
    ledger: Ledger, order: orders.Order, lines: Sequence[Line], samples: Sequence[orders.Sample]
) -> None:
    items = ledger.floor.hall.offer.catalogue.items
    told = {line.item: regulation for line, regulation in order.lines}
    of = tuple((one, told.get(one.item) or items[one.item].regulation(order.day) or "") for one in lines)
    orders.change_pieces(ledger.connection, replace(order, lines=of), samples)


def _merged(of: Hall, case: view.Case, body: i.SheetBody) -> Sheet | Refusal:
    """The sheet with what ``body`` says in the place of what stood there."""
    kinds = {sample.code: sample.item for sample in case.samples}
    items = of.offer.catalogue.items
    if not set(body.pieces) <= set(kinds):
        return Refusal("sample_unknown")
    if not {*body.counted, *body.waived, *body.all_good} <= set(kinds.values()):
        return Refusal("item_unknown")
    pieces = dict(case.sheet.pieces)
    for code, told in body.pieces.items():
        item = items.get(kinds[code])
        pieces[code] = fitted(_piece(told), item) if item else _piece(told)
    for code, kind in kinds.items():
        piece, item = pieces.get(code, Piece()), items.get(kind)
        if item is not None and kind in body.all_good and not piece.refused:
            pieces[code] = all_good(piece, item)
    return Sheet(
        counted=dict(body.counted),
        pieces=pieces,
        reviewed=frozenset(body.reviewed),
        waived=dict(body.waived),
        remark=body.remark,
    )


def _piece(told: i.PieceBody) -> Piece:
    return Piece(
        seen=told.seen,
        looks=tuple(Look(one.good, one.remark) for one in told.looks),
        accessories=told.accessories,
        maker=told.maker,
        model=told.model,
        serial=told.serial,
        careful=told.careful,
        refused=told.refused,
    )
