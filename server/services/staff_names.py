"""How people, devices and shelves are called on the staff's pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from server.domain.custody import CUSTOMER
from server.domain.hall import Hall
from server.protocol.intake import HolderView, PersonView
from server.protocol.language import both
from server.protocol.views import Text
from server.store import people

from . import intake_sentences as s


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a hall's staff and shelves, read once for a view."""

    staff: Mapping[str, str]
    shelves: Mapping[str, Text]

    def person(self, user: str, section: str = "") -> PersonView:
        return PersonView(user=user, name=self.staff.get(user) or user, section=section)

    def actor(self, id: str) -> str:
        """The name of the person behind an actor of the journal; a device's own."""
        _, _, name = id.partition(":")
        return self.staff.get(name) or name or id

    def who(self, id: str) -> Text:
        """An actor of the journal in both languages."""
        kind, _, name = id.partition(":")
        if kind == "staff":
            called = self.actor(id)
            return Text(zh=called, en=called)
        return both("server", s.ACTORS.get(kind, s.ACTORS["server"]), name=name)

    def holder(self, id: str) -> HolderView:
        kind, _, name = id.partition(":")
        if id == CUSTOMER:
            return HolderView(id=id, name=both("server", s.CUSTOMER))
        if kind == "shelf":
            return HolderView(id=id, name=self.shelves.get(name) or Text(zh=name, en=name))
        called = self.staff.get(name) or name
        return HolderView(id=id, name=Text(zh=called, en=called))


def names(connection: Connection, hall: Hall) -> Names:
    return Names(
        staff={one.user: one.name for one in people.list_staff(connection, hall.id)},
        shelves={one.id: one.name for one in hall.offer.shelves},
    )
