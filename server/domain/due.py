"""Items that fall due (到期): instruments of known customers that must be verified again by a day. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class DueItem:
    """One instrument, or several of one kind, of one owner. Name, phone and e-mail leave it only masked."""

    id: str
    hall: str
    customer: str | None
    name: str
    company: str
    phone: str
    email: str
    item: str
    pieces: int
    due_on: date
    reference: str
    """The instrument's number or its last certificate's; empty: not known."""
    source: str
    """Where it comes from: ``entered``, or the name of the sheet."""
    made_at: datetime
    done_at: datetime | None = None

    @property
    def digest(self) -> str:
        """The same for the same owner, item, reference and due day: such a one is never kept twice."""
        said = (self.company or self.name, self.phone, self.email, self.item, self.reference)
        return hashlib.sha256("\n".join((*said, self.due_on.isoformat())).encode()).hexdigest()


def mask_email(address: str) -> str:
    """``z***@example.org``: the first sign, and where it goes to."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}***@{domain}" if at else ""
