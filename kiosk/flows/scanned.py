"""What a text held before the scanner, or typed, is for this kiosk. Decided here, without the server."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kiosk import visit as v
from server.protocol import codes

_ADDRESS = re.compile(r"https?://\S+?/(?P<page>[a-z-]+)/(?P<code>[0-9A-Za-z]{8,32})(?:\.\w+)?/?(?:[?#]\S*)?")
_TICKET = re.compile(r"[A-Z][0-9]{3,4}")
TICKET_PAGE = "t"
"""Where the code on a ticket's paper leads: ``…/t/CODE``."""


@dataclass(frozen=True, slots=True)
class Good:
    """A code that the server can be asked about. ``secret``: who has it may follow its case by it alone."""

    code: str
    secret: bool = field(default=False, compare=False)


_TAKEN: dict[v.Purpose, tuple[codes.Kind, ...]] = {
    "check_in": ("V",),
    # The label of one piece names its order: the others may be missing.
    "labels": ("V", "S"),
    "pickup": ("P",),
    "progress": ("C", "V", "P", "S"),
    "certificates": ("C", "V", "P"),
}
"""What each kind of code is taken for."""
_OPEN: tuple[codes.Kind, ...] = ("C", "V", "P")
"""Codes that nobody guesses and that are given to the customer alone."""
_BY_TICKET: tuple[v.Purpose, ...] = ("labels", "progress")


def read(text: str, purpose: v.Purpose) -> Good | v.ShownFault:
    """What ``text`` is, for ``purpose``; a ticket has labels and a case, but is nothing to check in with."""
    plain = text.strip()
    address = _ADDRESS.fullmatch(plain)
    if address is not None:
        code = address["code"]
        if address["page"] == TICKET_PAGE:
            return Good(code) if purpose in _BY_TICKET else "foreign"
        plain = code
    elif purpose in _BY_TICKET and _TICKET.fullmatch(plain.upper()):
        return Good(plain.upper())
    match codes.read(plain):
        case codes.Number(text=code):
            return Good(code)
        case codes.Code(kind=kind, text=code) if kind in _TAKEN[purpose]:
            return Good(code, secret=kind in _OPEN)
        case codes.Code(kind="S" | "F"):
            return "sample"
        case codes.Code():
            return "other"
        case fault:
            return fault
