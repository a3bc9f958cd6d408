"""What a text held before the scanner, or typed, is for this kiosk. Decided here, without the server."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kiosk import visit as v
from server.protocol import codes

_ADDRESS = re.compile(r"https?://\S+?/(?P<page>[a-z-]+)/(?P<code>[0-9A-Za-z]{8,32})(?:\.\w+)?/?(?:[?#]\S*)?")
_TICKET = re.compile(r"[A-Z][0-9]{3,4}")
TICKET_PAGE = "t"
"""Where the code on a ticket's paper leads: ``…/t/CODE``."""


@dataclass(frozen=True, slots=True)
class Good:
    """A code that the server can be asked about."""

    code: str


def read(text: str, purpose: v.Purpose) -> Good | v.ShownFault:
    """What ``text`` is, for ``purpose``; a ticket has labels, but is nothing to check in with."""
    plain = text.strip()
    address = _ADDRESS.fullmatch(plain)
    if address is not None:
        code = address["code"]
        if address["page"] == TICKET_PAGE:
            return Good(code) if purpose == "labels" else "foreign"
        plain = code
    elif purpose == "labels" and _TICKET.fullmatch(plain.upper()):
        return Good(plain.upper())
    match codes.read(plain):
        case codes.Code(kind="V", text=code) | codes.Number(text=code):
            return Good(code)
        case codes.Code(kind="S", text=code) if purpose == "labels":
            # The label of one piece names its order: the others may be missing.
            return Good(code)
        case codes.Code():
            return "sample"
        case fault:
            return fault
