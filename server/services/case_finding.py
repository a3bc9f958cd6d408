"""Finding a case by whatever is at hand: ticket, voucher, case number, case code, or a piece's label."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection

from server.domain.floor import Floor
from server.domain.refusal import Refusal
from server.protocol import codes
from server.store import bookings, floors, orders

from .bookings import FAULTS

TICKET_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{16}")
TICKET_NUMBER = re.compile(r"[A-Z][0-9]{3,4}")


@dataclass(frozen=True, slots=True)
class Found:
    order: orders.Order
    piece: int = 0
    """Place of the piece whose label was scanned; 0: it was found another way."""


def find_case(connection: Connection, floor: Floor, text: str) -> Found | Refusal:
    """The hall's case that ``text`` names, scanned or typed; also out of a page's address.

    Refused: order_unknown, code_unreadable, code_torn, code_mistyped.
    """
    hall = floor.hall.id
    told = text.strip()
    plain = told.split("?")[0].rstrip("/").rsplit("/", 1)[-1] if "://" in told else told
    upper = plain.upper()
    order: orders.Order | None = None
    if TICKET_NUMBER.fullmatch(upper):
        ticket = floors.find_number(connection, hall, floor.day, upper)
        order = orders.find(connection, ticket=ticket.id) if ticket else None
    elif TICKET_CODE.fullmatch(upper) and (found := floors.find_ticket(connection, code=upper)):
        order = orders.find(connection, ticket=found[2].id)
    else:
        reading = codes.read(plain)
        if isinstance(reading, codes.Number):
            order = orders.find(connection, number=reading.text)
        elif isinstance(reading, codes.Code):
            if reading.kind in ("S", "F"):
                return _of_piece(connection, hall, code=reading.text)
            order = _of_code(connection, reading)
        else:
            # A label of somebody else's making may look like a torn one of ours: what is bound counts.
            bound = _of_piece(connection, hall, foreign=told) if told else None
            if bound is None or isinstance(bound, Refusal):
                return Refusal("order_unknown") if reading == "foreign" else Refusal(FAULTS[reading])
            return bound
    if order is None or order.hall != hall:
        return Refusal("order_unknown")
    return Found(order)


def find_piece(connection: Connection, hall: str, text: str) -> orders.Sample | Refusal:
    """The piece that a scan names: its identity code, its flow code, or a label that was bound to it.

    Refused: sample_unknown, code_unreadable, code_torn, code_mistyped.
    """
    reading = codes.read(text)
    if isinstance(reading, codes.Code) and reading.kind in ("S", "F"):
        found = orders.find_sample(connection, hall, code=reading.text)
    elif isinstance(reading, codes.Code | codes.Number):
        found = None
    else:
        told = text.strip()
        found = orders.find_sample(connection, hall, foreign=told) if told else None
        if found is None and reading != "foreign":
            return Refusal(FAULTS[reading])
    return found or Refusal("sample_unknown")


def _of_piece(connection: Connection, hall: str, *, code: str = "", foreign: str = "") -> Found | Refusal:
    sample = orders.find_sample(connection, hall, code=code, foreign=foreign)
    order = orders.find(connection, id=sample.order) if sample else None
    return Found(order, sample.position) if sample and order else Refusal("order_unknown")


def _of_code(connection: Connection, code: codes.Code) -> orders.Order | None:
    if code.kind == "C":
        return orders.find(connection, code=code.text)
    if code.kind == "V":
        booked = bookings.find(connection, code=code.text)
        return orders.find(connection, appointment=booked.id) if booked else None
    return None
