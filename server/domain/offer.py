"""What a hall offers beside its queue: its catalogue, its slots, and the rules of booking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from server.protocol.views import Text

from .acceptance import Site
from .booking import BookingRules
from .calendar import Calendar
from .catalogue import Catalogue
from .certificates import Papers
from .custody import Shelf
from .lab import LabRules
from .slots import Load, Slot, Timetable


@dataclass(frozen=True, slots=True)
class Promise:
    """A page of the service promise (服务承诺), told alike on the kiosk, the board and the web."""

    id: str
    title: Text
    body: Text
    """One line of it is shown as one."""
    version: int = 1
    """Grows with every change of what it says."""


@dataclass(frozen=True, slots=True)
class Offer:
    catalogue: Catalogue = field(default_factory=Catalogue)
    slots: Mapping[str, Slot] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    rules: BookingRules = field(default_factory=BookingRules)
    promises: tuple[Promise, ...] = ()
    promises_given: Mapping[str, int] = field(default_factory=dict)
    """Id → the last version given out, also of pages that are gone."""
    shelves: tuple[Shelf, ...] = ()
    """Where samples are put down (样品架)."""
    sites: tuple[Site, ...] = ()
    """Where the hall works (站点): the first is its own rooms."""
    papers: Papers = field(default_factory=Papers)
    lab: LabRules = field(default_factory=LabRules)

    def timetable(self, zone: str, loads: Mapping[tuple[date, str], Load]) -> Timetable:
        """The slots with what is booked in them."""
        return Timetable(zone, self.calendar, self.catalogue, self.slots, loads)
