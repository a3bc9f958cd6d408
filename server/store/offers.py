"""What a hall offers, in its table: one row an item, slot, authorisation and so on, each as JSON.

The JSON is that of the domain's values (pydantic reads and writes dataclasses as they are), so that a field
that is added with a default needs no migration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, insert, select, update

from server.domain.acceptance import Site
from server.domain.booking import BookingRules
from server.domain.calendar import Calendar
from server.domain.catalogue import Authorisation, Catalogue, Item
from server.domain.certificates import Papers
from server.domain.custody import Shelf
from server.domain.lab import LabRules
from server.domain.offer import Offer, Promise
from server.domain.slots import Slot
from server.protocol.views import Text

from . import tables as t

ITEM = TypeAdapter(Item)
SLOT = TypeAdapter(Slot)
AUTHORISATION = TypeAdapter(Authorisation)
TEXT = TypeAdapter(Text)
TERM = TypeAdapter(tuple[Text, Text])
RULES = TypeAdapter(BookingRules)
DAYS = TypeAdapter(dict[date, bool])
YEARS = TypeAdapter(frozenset[int])
PROMISE = TypeAdapter(Promise)
SHELF = TypeAdapter(Shelf)
SITE = TypeAdapter(Site)
GIVEN = TypeAdapter(dict[str, int])
PAPERS = TypeAdapter(Papers)
LAB = TypeAdapter(LabRules)


def offer_from(plan: Mapping[str, Any]) -> Offer:
    """An offer written down by hand, such as ``assets/demo/offer.json``; its calendar is empty."""
    catalogue = Catalogue(
        items={item.id: item for item in map(ITEM.validate_python, plan["items"])},
        fields={id: TEXT.validate_python(name) for id, name in plan["fields"].items()},
        terms=tuple(map(TERM.validate_python, plan["terms"])),
        authorisations=tuple(map(AUTHORISATION.validate_python, plan["authorisations"])),
    )
    slots = {slot.id: slot for slot in map(SLOT.validate_python, plan["slots"])}
    promises = tuple(map(PROMISE.validate_python, plan["promises"]))
    return Offer(
        catalogue,
        slots,
        rules=RULES.validate_python(plan["rules"]),
        promises=promises,
        shelves=tuple(map(SHELF.validate_python, plan.get("shelves", ()))),
        sites=tuple(map(SITE.validate_python, plan.get("sites", ()))),
        papers=PAPERS.validate_python(plan.get("papers", {})),
        lab=LAB.validate_python(plan.get("lab", {})),
    )


def load_offer(connection: Connection, hall: str) -> Offer:
    """The hall's offer; empty where none was entered."""
    found: dict[str, list[tuple[str, str]]] = {}
    rows = connection.execute(
        select(t.offers).where(t.offers.c.hall == hall).order_by(t.offers.c.kind, t.offers.c.position)
    )
    for row in rows:
        found.setdefault(row.kind, []).append((row.id, row.content))

    def each(kind: str, adapter: TypeAdapter[Any]) -> list[tuple[str, Any]]:
        return [(id, adapter.validate_json(content)) for id, content in found.get(kind, [])]

    catalogue = Catalogue(
        items=dict(each("item", ITEM)),
        fields=dict(each("field", TEXT)),
        terms=tuple(term for _, term in each("term", TERM)),
        authorisations=tuple(one for _, one in each("authorisation", AUTHORISATION)),
    )
    rules = [rules for _, rules in each("rules", RULES)]
    days = [days for _, days in each("days", DAYS)]
    years = [years for _, years in each("years", YEARS)]
    calendar = Calendar(days[0] if days else {}, years[0] if years else frozenset())
    given = [given for _, given in each("given", GIVEN)]
    papers = [papers for _, papers in each("papers", PAPERS)]
    lab = [lab for _, lab in each("lab", LAB)]
    return Offer(
        catalogue,
        dict(each("slot", SLOT)),
        calendar,
        rules[0] if rules else BookingRules(),
        promises=tuple(one for _, one in each("promise", PROMISE)),
        promises_given=given[0] if given else {},
        shelves=tuple(one for _, one in each("shelf", SHELF)),
        sites=tuple(one for _, one in each("site", SITE)),
        papers=papers[0] if papers else Papers(),
        lab=lab[0] if lab else LabRules(),
    )


def save_offer(connection: Connection, hall: str, offer: Offer) -> None:
    """Write the whole offer; what is gone from it is removed."""
    connection.execute(update(t.halls).where(t.halls.c.id == hall).values(setup=t.halls.c.setup + 1))
    connection.execute(delete(t.offers).where(t.offers.c.hall == hall))
    rows = [
        {"hall": hall, "kind": kind, "id": id, "position": position, "content": content}
        for position, (kind, id, content) in enumerate(_rows(offer))
    ]
    if rows:
        connection.execute(insert(t.offers), rows)


def _rows(offer: Offer) -> Iterator[tuple[str, str, str]]:
    catalogue = offer.catalogue
    for item in catalogue.items.values():
        yield "item", item.id, ITEM.dump_json(item).decode()
    for id, name in catalogue.fields.items():
        yield "field", id, TEXT.dump_json(name).decode()
    for number, term in enumerate(catalogue.terms):
        yield "term", str(number), TERM.dump_json(term).decode()
    for number, one in enumerate(catalogue.authorisations):
        yield "authorisation", str(number), AUTHORISATION.dump_json(one).decode()
    for slot in offer.slots.values():
        yield "slot", slot.id, SLOT.dump_json(slot).decode()
    for promise in offer.promises:
        yield "promise", promise.id, PROMISE.dump_json(promise).decode()
    for shelf in offer.shelves:
        yield "shelf", shelf.id, SHELF.dump_json(shelf).decode()
    for site in offer.sites:
        yield "site", site.id, SITE.dump_json(site).decode()
    yield "lab", "", LAB.dump_json(offer.lab).decode()
    yield "given", "", GIVEN.dump_json(dict(offer.promises_given)).decode()
    yield "rules", "", RULES.dump_json(offer.rules).decode()
    yield "papers", "", PAPERS.dump_json(offer.papers).decode()
    yield "days", "", DAYS.dump_json(dict(offer.calendar.exceptions)).decode()
    yield "years", "", YEARS.dump_json(offer.calendar.announced).decode()
