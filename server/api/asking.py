"""Who asks, for which hall, and with which idempotency key: what every route needs first."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.requests import HTTPConnection

from server.live.hub import Hub
from server.protocol.words import Role
from server.services.again import Again
from server.services.alarms import Alarms
from server.services.bookings import Asker, Bookings
from server.services.certificate_prints import CertificatePrints
from server.services.certificates import Certificates
from server.services.checking import Checking
from server.services.checkins import CheckIns
from server.services.credentials import Credentials
from server.services.due import DueItems
from server.services.equipment import EquipmentBook
from server.services.errands import Errands
from server.services.exports import Exports
from server.services.fleets import Fleets
from server.services.halls import Halls
from server.services.health import MachineHealth
from server.services.intake import Intake
from server.services.lab import Lab
from server.services.leases import Leases
from server.services.machine import Machine
from server.services.messages import Messages
from server.services.negotiations import Negotiations
from server.services.offer import OfferSetup
from server.services.offer_sheets import OfferSheets
from server.services.pairing import Pairings
from server.services.people import People, Who
from server.services.personal import Persons
from server.services.pickups import Pickups
from server.services.progress import Progress
from server.services.refused import refuse
from server.services.renewal import Renewal
from server.services.results import Results
from server.services.seal import Seal
from server.services.seals import Sealer
from server.services.setup import Setup
from server.services.sign_ins import SignIns
from server.services.status_labels import StatusLabels
from server.services.today import Today
from server.services.upkeep import UpkeepLog
from server.services.work import Once
from server.tls.serving import ServedTls

COOKIE = "liqu_session"
SAFE = ("GET", "HEAD", "OPTIONS")
KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
STAFF: tuple[Role, ...] = ("clerk", "manager", "admin")
LAB: tuple[Role, ...] = ("lab", "manager", "admin")
"""Who works at the benches, and who leads them."""
MANAGERS: tuple[Role, ...] = ("manager", "admin")


@dataclass(frozen=True, slots=True)
class Core:
    """What the routes call. Made once by the composition root and kept in ``app.state.core``."""

    halls: Halls
    people: People
    setup: Setup
    hub: Hub
    bookings: Bookings
    checkins: CheckIns
    messages: Messages
    due_items: DueItems
    fleets: Fleets
    pickups: Pickups
    progress: Progress
    again: Again
    intake: Intake
    certificates: Certificates
    certificate_prints: CertificatePrints
    checking: Checking
    lab: Lab
    results: Results
    negotiations: Negotiations
    equipment: EquipmentBook
    credentials: Credentials
    status_labels: StatusLabels
    seal: Seal
    tls: ServedTls | None
    leases: Leases
    machine: Machine
    sealer: Sealer
    exports: Exports
    persons: Persons
    pairings: Pairings
    renewal: Renewal
    sign_ins: SignIns
    errands: Errands
    alarms: Alarms
    health: MachineHealth
    upkeep: UpkeepLog
    today: Today

    @property
    def offer(self) -> OfferSetup:
        return OfferSetup(self.halls)

    @property
    def sheets(self) -> OfferSheets:
        return OfferSheets(self.halls)


def core(request: HTTPConnection) -> Core:
    made: Core = request.app.state.core
    return made


def address_of(connection: HTTPConnection) -> str:
    """From where the request came, as far as that is known."""
    return connection.client.host if connection.client else ""


def bearer(connection: HTTPConnection) -> str:
    """The token of the ``Authorization`` header; empty when there is none."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def who_asks(connection: HTTPConnection) -> Who | None:
    """The person or device behind the request: bearer token first, then the pages' cookie."""
    token = bearer(connection)
    if token:
        return await core(connection).people.recognise(token)
    cookie = connection.cookies.get(COOKIE)
    return await core(connection).people.recognise(cookie) if cookie else None


async def known(request: Request, *roles: Role) -> Who:
    """Who asks, if they have one of ``roles`` (or any, when none is named).

    Raises Refused: not_signed_in, forbidden, csrf_failed (a page's change must carry its token).
    """
    who = await who_asks(request)
    if who is None:
        raise refuse("not_signed_in")
    if not bearer(request) and request.method not in SAFE:
        told = request.headers.get("x-csrf-token", "")
        if not hmac.compare_digest(told.encode(), who.csrf.encode()):
            raise refuse("csrf_failed")
    if roles and not who.is_(*roles):
        raise refuse("forbidden")
    return who


async def known_in(request: Request, hall: str, *roles: Role) -> Who:
    """As ``known``, for one hall: its own people and devices only."""
    who = await known(request)
    core(request).halls.writer(hall)
    if who.hall != hall or (roles and not who.is_(*roles)):
        raise refuse("forbidden")
    return who


async def asker(request: Request, hall: str = "") -> Asker:
    """Who asks for what is open to everybody: nobody in particular, or who is signed in.

    Raises Refused: not_signed_in, for a token that is nobody's; csrf_failed; forbidden, for displays and for
    people and devices of another hall.
    """
    address = address_of(request)
    if not bearer(request):
        # Who visits a page may happen to be signed in: without that page's token they are of the public.
        who = await who_asks(request)
        told = request.headers.get("x-csrf-token", "")
        if who is None or not hmac.compare_digest(told.encode(), who.csrf.encode()):
            return Asker(None, address)
    else:
        who = await known(request, "kiosk", "partner", "lab", *STAFF)
    if hall and who.hall != hall:
        core(request).halls.writer(hall)
        raise refuse("forbidden")
    return Asker(who, address)


def once_for(request: Request, by: Asker, *asked: Any) -> Once | None:
    """As ``once``, for who may be nobody in particular."""
    return once(request, by.who, *asked)


def once(request: Request, who: Who | None, *asked: Any) -> Once | None:
    """The request's idempotency key with its digest. Raises Refused: idempotency_key_needed, _bad."""
    key = request.headers.get("idempotency-key")
    if key is None:
        if who is not None and who.is_("kiosk"):
            raise refuse("idempotency_key_needed")
        return None
    if not KEY.fullmatch(key):
        raise refuse("idempotency_key_bad")
    return Once.of(key, request.method, request.url.path, *asked)
