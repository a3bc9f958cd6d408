"""The steps of a result in the hall's transaction: found, drafted, filled in, signed, approved.

Each answers a Refusal where it may not be; what it did before that is undone with the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from server.domain import lab as rules
from server.domain.catalogue import Item
from server.domain.refusal import Refusal
from server.domain.results import NOTHING, Content, Result, Room
from server.domain.samples import Move
from server.protocol import lab as l
from server.protocol.words import Conclusion
from server.store import orders, results

from . import certificates, signing
from . import lab_sentences as s
from .case_finding import find_piece
from .stages import move
from .stages import settle as settle_order
from .work import Ledger


def piece(ledger: Ledger, hall: str, code: str) -> tuple[orders.Sample, Item] | Refusal:
    sample = find_piece(ledger.connection, hall, code)
    if isinstance(sample, Refusal):
        return sample
    item = ledger.floor.hall.offer.catalogue.items.get(sample.item)
    return (sample, item) if item else Refusal("item_unknown", {"item": sample.item})


def at_the_bench(ledger: Ledger, hall: str, code: str) -> tuple[orders.Sample, Item] | Refusal:
    """A piece for which a result may be drafted: it is being tested, or its result is being corrected."""
    found = piece(ledger, hall, code)
    if isinstance(found, Refusal):
        return found
    sample, _ = found
    versions = results.of_sample(ledger.connection, sample.code)
    last = versions[-1] if versions else None
    if last is not None and last.final:
        return Refusal("result_final")
    if last is not None and last.state != "draft":
        return Refusal("result_state")
    if sample.state != "testing" and (last is None or not corrects(ledger.connection, last)):
        return Refusal("sample_state", {"state": sample.state})
    return found


def known(ledger: Ledger, hall: str, id: str) -> tuple[Result, orders.Sample, Item] | Refusal:
    result = results.find(ledger.connection, hall, id)
    if result is None:
        return Refusal("result_unknown")
    found = piece(ledger, hall, result.sample)
    return found if isinstance(found, Refusal) else (result, *found)


def corrects(connection: Connection, result: Result) -> bool:
    """Whether an approved version stands before it: then the sample's own way is behind it."""
    return any(
        one.version < result.version and one.final for one in results.of_sample(connection, result.sample)
    )


def draft(ledger: Ledger, sample: orders.Sample, id: str) -> Result | Refusal:
    """The sample's draft as it stands, or its first, written."""
    versions = results.of_sample(ledger.connection, sample.code)
    if versions:
        return versions[-1]
    first = Result(
        id=id,
        hall=sample.hall,
        sample=sample.code,
        version=1,
        state="draft",
        content=NOTHING,
        regulation="",
        tested_on=ledger.floor.hall.day(ledger.now),
        made_at=ledger.now,
        changed_at=ledger.now,
    )
    results.add(ledger.connection, first)
    return first


def filled(
    ledger: Ledger,
    item: Item,
    draft: Result,
    told: Mapping[str, str],
    scanned: tuple[str, ...],
    day: date,
    body: l.ResultBody | l.PartnerResult,
) -> Result | Refusal:
    """The draft with what was written on its form."""
    values = rules.read_values(item.readings, told, complete=False)
    if isinstance(values, Refusal):
        return values
    named = signing.standards_named(ledger.connection, draft.hall, scanned, day)
    if isinstance(named, Refusal):
        return named
    edition = signing.edition(item, day)
    if isinstance(edition, Refusal):
        return edition
    content = Content(
        values=values,
        standards=named,
        place=body.place,
        remark=body.remark,
        maker=body.maker,
        model=body.model,
        interval=body.interval if isinstance(body, l.ResultBody) else False,
    )
    return replace(
        draft, content=content, regulation=edition, tested_on=day, changed_at=ledger.now, conclusion=None
    )


def tested(
    ledger: Ledger,
    result: Result,
    sample: orders.Sample,
    item: Item,
    conclusion: Conclusion,
    user: str,
    room: Room,
) -> str | Refusal:
    """``result`` signed by its 检定员."""
    told = {one.reading: one.text for one in result.content.values}
    values = rules.read_values(item.readings, told, complete=True)
    if isinstance(values, Refusal):
        return values
    against = rules.may_conclude(item, values, conclusion)
    if against is not None:
        return against
    signed = replace(
        result,
        state="tested",
        content=replace(
            result.content,
            values=values,
            room=room,
            place=result.content.place or place_of(ledger, sample),
        ),
        conclusion=conclusion,
        verifier=user,
        verified_at=ledger.now,
    )
    sound = signing.sound(ledger, item, sample, signed)
    if isinstance(sound, Refusal):
        return sound
    return sign(ledger, sound, sample, "test")


def place_of(ledger: Ledger, sample: orders.Sample) -> str:
    """The order's site, with its kind; empty: none is said, so it is the hall's own rooms."""
    order = orders.find(ledger.connection, id=sample.order)
    sites = ledger.floor.hall.offer.sites
    site = next((one for one in sites if order is not None and one.id == order.site), None)
    return f"{site.name.zh}（{s.SITES[site.kind]}）" if site else ""


def sign(ledger: Ledger, result: Result, sample: orders.Sample, what: Move) -> str | Refusal:
    """A signature is written; the sample goes on with it, unless this corrects what it has behind it."""
    put(ledger, result, f"result.{result.state}")
    if not corrects(ledger.connection, result):
        moved = move(ledger, sample, what, result=result.id)
        if isinstance(moved, Refusal):
            return moved
        settle(ledger, sample)
    return sample.code


def approved(ledger: Ledger, signed: Result, sample: orders.Sample) -> str | Refusal:
    """The last signature: earlier versions are superseded, and the certificate is drafted."""
    connection = ledger.connection
    result = replace(signed, state="approved", changed_at=ledger.now)
    earlier = [one for one in results.of_sample(connection, sample.code) if one.state == "approved"]
    put(ledger, result, "result.approved")
    for one in earlier:
        superseded = replace(one, state="superseded", changed_at=ledger.now)
        results.save(connection, superseded)
        ledger.note("result.superseded", sample.code, {"result": one.id, "by": result.id})
    concluded = replace(sample, conclusion=result.conclusion)
    if earlier:
        orders.save_sample(connection, concluded)
    else:
        moved = move(ledger, concluded, "conclude", result=result.id, conclusion=result.conclusion)
        if isinstance(moved, Refusal):
            return moved
        concluded = moved
    order = orders.find(connection, id=sample.order)
    if order is None:
        return Refusal("order_unknown")
    drafted = certificates.draft(ledger, order, concluded, result)
    if isinstance(drafted, Refusal):
        return drafted
    settle_order(ledger, order)
    return sample.code


def put(ledger: Ledger, result: Result, kind: str, **facts: str) -> None:
    """``result`` as it is now, with its line in the journal."""
    results.save(ledger.connection, result)
    note = {
        "result": result.id,
        "version": result.version,
        "state": result.state,
        "conclusion": result.conclusion,
        "values": {one.reading: one.text for one in result.content.values},
        **facts,
    }
    ledger.note(kind, result.sample, note)


def settle(ledger: Ledger, sample: orders.Sample) -> None:
    order = orders.find(ledger.connection, id=sample.order)
    if order is not None:
        settle_order(ledger, order)
