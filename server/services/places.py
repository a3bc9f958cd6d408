"""Shelves (样品架) and sites (站点) of a hall: listed for staff, changed by its manager."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from sqlalchemy import Connection

from server.domain.acceptance import Site
from server.domain.custody import Shelf, shelf
from server.domain.floor import Floor
from server.domain.hall import Hall
from server.domain.refusal import Refusal
from server.protocol import intake as i
from server.protocol.views import Text
from server.store import handovers

from .halls import Halls
from .offering import item_name
from .people import Who
from .work import Once, Rearrange


class Places:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls

    async def of_hall(self, hall: str) -> i.PlacesView:
        of = self._halls.floor(hall).hall
        counts = await asyncio.to_thread(self._halls.read, lambda at: handovers.counts(at, hall))
        return i.PlacesView(
            shelves=shelf_views(of, counts),
            sites=tuple(i.PlaceView(id=one.id, name=one.name, kind=one.kind) for one in of.offer.sites),
        )

    async def put(self, hall: str, body: i.PlacesBody, who: Who, once: Once | None) -> None:
        """All of them, whole. A shelf on which something lies can't be left out: still_used."""
        shelves = tuple(Shelf(one.id, Text(zh=one.zh, en=one.en), one.fragile) for one in body.shelves)
        sites = tuple(Site(one.id, Text(zh=one.zh, en=one.en), one.kind) for one in body.sites)
        kept = {one.id for one in shelves}
        gone = [one for one in self._halls.floor(hall).hall.offer.shelves if one.id not in kept]

        def lying(connection: Connection) -> dict[str, str]:
            """Shelf → the kind of a piece on it."""
            found = {one.id: handovers.held_by(connection, hall, shelf(one.id), 1) for one in gone}
            return {id: held[0].item for id, held in found.items() if held}

        there = await asyncio.to_thread(self._halls.read, lying)

        def change(floor: Floor) -> Hall | Refusal:
            for listed in (shelves, sites):
                ids = [one.id for one in listed]
                again = next((id for id in ids if ids.count(id) > 1), None)
                if again is not None:
                    return Refusal("already_exists", {"name": again})
            for one in gone:
                if one.id in there:
                    item = item_name(floor.hall, there[one.id])
                    return Refusal("still_used", {"name": one.name, "item": item})
            offer = replace(floor.hall.offer, shelves=shelves, sites=sites)
            return replace(floor.hall, offer=offer)

        told = body.model_dump(mode="json")
        await self._halls.writer(hall).perform(Rearrange(who.id, "places.changed", hall, told, change, once))


def shelf_views(of: Hall, counts: dict[str, int]) -> tuple[i.ShelfView, ...]:
    return tuple(
        i.ShelfView(
            id=one.id,
            name=one.name,
            fragile=one.fragile,
            code=one.code,
            pieces=counts.get(shelf(one.id), 0),
        )
        for one in of.offer.shelves
    )
