"""Slots (时段): windows of a day with capacity in minutes *and* pieces, and what is booked in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from .calendar import Calendar
from .catalogue import Catalogue

Full: TypeAlias = Literal["slot_minutes", "slot_pieces", "item_slot", "item_day"]
"""What a booking would burst: the slot's minutes or pieces, or an item's cap in the slot or on the day."""


@dataclass(frozen=True, slots=True)
class Line:
    """So many pieces of one catalogue item."""

    item: str
    pieces: int


@dataclass(frozen=True, slots=True)
class Slot:
    """The same window on each working day (or each of its weekdays, whatever the calendar says)."""

    id: str
    service: str
    opens: time
    closes: time
    minutes: float
    """Bench time that can be booked in it."""
    pieces: int
    weekdays: frozenset[int] | None = None
    """None: every working day. Monday is 0."""
    active: bool = True

    def held_on(self, day: date, calendar: Calendar) -> bool:
        if not self.active:
            return False
        return calendar.works(day) if self.weekdays is None else day.weekday() in self.weekdays

    def span(self, day: date, zone: str) -> tuple[datetime, datetime]:
        """(start, end) of the window on ``day`` in the hall's zone."""
        of = ZoneInfo(zone)
        return datetime.combine(day, self.opens, of), datetime.combine(day, self.closes, of)


@dataclass(frozen=True, slots=True)
class Load:
    """What is booked in a slot on a day, or on a day as a whole."""

    minutes: float = 0
    pieces: Mapping[str, int] = field(default_factory=dict)
    """By item."""

    @property
    def count(self) -> int:
        return sum(self.pieces.values())

    def with_lines(self, lines: Iterable[Line], catalogue: Catalogue) -> Load:
        pieces = Counter(self.pieces)
        minutes = self.minutes
        for line in lines:
            pieces[line.item] += line.pieces
            minutes += catalogue.items[line.item].work_minutes(line.pieces)
        return Load(minutes, pieces)

    def without(self, lines: Iterable[Line], catalogue: Catalogue) -> Load:
        """What is left when ``lines``, which are part of it, are taken out."""
        known = [line for line in lines if line.item in catalogue.items]
        pieces = Counter(self.pieces)
        for line in known:
            pieces[line.item] -= line.pieces
        work = sum(catalogue.items[line.item].work_minutes(line.pieces) for line in known)
        return Load(max(0.0, self.minutes - work), pieces)


def full(slot: Slot, held: Load, day: Load, lines: Sequence[Line], catalogue: Catalogue) -> Full | None:
    """What stands against ``lines`` in ``slot`` where ``held`` is booked, ``day`` on the whole day."""
    then, of_day = held.with_lines(lines, catalogue), day.with_lines(lines, catalogue)
    if then.count > slot.pieces:
        return "slot_pieces"
    if then.minutes > slot.minutes:
        return "slot_minutes"
    for line in lines:
        caps = catalogue.items[line.item].caps
        if then.pieces[line.item] > caps.slot:
            return "item_slot"
        if of_day.pieces[line.item] > caps.day:
            return "item_day"
    return None


@dataclass(frozen=True, slots=True)
class Timetable:
    """A hall's slots with what is booked in them, as far as it was read."""

    zone: str
    calendar: Calendar
    catalogue: Catalogue
    slots: Mapping[str, Slot]
    loads: Mapping[tuple[date, str], Load] = field(default_factory=dict)
    """(day, slot id) → what is booked."""

    def load(self, day: date, slot: str) -> Load:
        return self.loads.get((day, slot), Load())

    def day_load(self, day: date) -> Load:
        minutes, pieces = 0.0, Counter[str]()
        for (on, _), load in self.loads.items():
            if on == day:
                minutes += load.minutes
                pieces.update(load.pieces)
        return Load(minutes, pieces)

    def full(self, day: date, slot: Slot, lines: Sequence[Line]) -> Full | None:
        return full(slot, self.load(day, slot.id), self.day_load(day), lines, self.catalogue)

    def free(
        self, service: str, lines: Sequence[Line], now: datetime, first: date, last: date
    ) -> Iterator[tuple[date, Slot]]:
        """(day, slot) in time order that still hold ``lines`` and have not begun."""
        day = first
        while day <= last:
            held = [
                slot
                for slot in self.slots.values()
                if slot.service == service and slot.held_on(day, self.calendar)
            ]
            for slot in sorted(held, key=lambda one: (one.opens, one.id)):
                if slot.span(day, self.zone)[0] > now and self.full(day, slot, lines) is None:
                    yield day, slot
            day += timedelta(days=1)
