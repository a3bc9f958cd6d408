"""What crosses the wire when an instrument that was here before is to come again (再次送检)."""

from __future__ import annotations

from datetime import date, datetime

from .views import Text, Wire


class AgainSlot(Wire):
    """A free slot, ready to be taken."""

    day: date
    id: str
    opens: str
    closes: str
    starts_at: datetime


class AgainView(Wire):
    """The instrument of a label, and when it may come next. Nothing of whose it is."""

    code: str
    hall: str
    hall_name: Text
    zone: str
    today: date
    complaint_phone: str
    item: str
    name: Text
    valid_until: date | None
    """What its last certificate says; None: it has none, or none with a date."""
    known: bool
    """Its customer is known: with the phone's tail it is booked with what they said before."""
    offered: bool
    """The hall takes such an instrument now."""
    notice: Text | None
    slots: tuple[AgainSlot, ...]
