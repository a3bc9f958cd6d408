"""What a hall offers beside its queue: its catalogue, its slots, and the rules of booking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from .booking import BookingRules
from .calendar import Calendar
from .catalogue import Catalogue
from .slots import Load, Slot, Timetable


@dataclass(frozen=True, slots=True)
class Offer:
    catalogue: Catalogue = field(default_factory=Catalogue)
    slots: Mapping[str, Slot] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    rules: BookingRules = field(default_factory=BookingRules)

    def timetable(self, zone: str, loads: Mapping[tuple[date, str], Load]) -> Timetable:
        """The slots with what is booked in them."""
        return Timetable(zone, self.calendar, self.catalogue, self.slots, loads)
