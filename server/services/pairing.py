"""How a device becomes a hall's own: it shows eight digits, a manager types them, it fetches its token.

The token is made from two halves: a secret that only the device holds, and one that the hall keeps from the
manager's word until the token was first used. So the tables never hold a token, nor anything that makes one;
a device whose answer was lost asks again and gets the same; and once the hall's half is gone nobody can.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
import uuid
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from server.domain.commands import TakeBackNumbers
from server.domain.refusal import Refusal
from server.protocol import devices as d
from server.protocol.admin import DeviceAnswer
from server.protocol.words import Role
from server.store import pairings, people

from .halls import Halls
from .limits import Guesses, Turns
from .passwords import hashed, matches
from .people import People, Who, digest
from .refused import Refused, refuse
from .setup import Setup
from .work import Ledger, Once, Record

SHOWN = timedelta(minutes=10)
"""How long a code stands on the screen; the device then asks for another."""
AGAIN = timedelta(minutes=2)
"""How long a token that was told can be told again, as long as it was not used."""
OPEN = 200
"""Pairings that may wait for a manager at once, in all halls together."""
ASKS = (10, 2)
"""Pairings of one address: at once, and a minute after that; never more than thirty of its codes are open."""
LOOKS = (200, 1200)
"""Looks of one address at what became of them: forty screens behind one, every two seconds."""
TRIES = {"user": 5, "client": 20}
"""Wrong codes in a row before the wait begins."""
DRAWS = 5


class Pairings:
    """Lends codes to devices that nobody knows yet. ``seal_key``: the public one, told with the token."""

    def __init__(self, halls: Halls, people_: People, setup: Setup, seal_key: str) -> None:
        self._halls = halls
        self._people = people_
        self._setup = setup
        self._seal_key = seal_key
        self._asks = Turns(halls.clock, *ASKS)
        self._looks = Turns(halls.clock, *LOOKS)
        self._guesses = Guesses(halls.clock, TRIES, "too_many_attempts")

    async def ask(self, body: d.PairingAsked, address: str) -> d.PairingView:
        """A code to show. Raises Refused: too_many_requests."""
        self._asks.take(address)
        secret, now = secrets.token_urlsafe(32), self._halls.now()
        asked = pairings.Pairing(
            id=uuid.uuid4().hex,
            code="",
            secret=digest(secret),
            kind=body.kind,
            version=body.version,
            made_at=now,
            ends_at=now + SHOWN,
        )
        made = await asyncio.to_thread(self._add, asked)
        return d.PairingView(id=made.id, code=made.code, secret=secret, ends_at=made.ends_at)

    async def shown(self, id: str, secret: str, address: str) -> d.PairingAnswer:
        """What became of it, for the device. Raises Refused: pairing_unknown, too_many_requests."""
        self._looks.take(address)
        one = await asyncio.to_thread(self._halls.read, lambda at: pairings.find(at, id=id))
        if one is None or not hmac.compare_digest(one.secret.encode(), digest(secret).encode()):
            raise refuse("pairing_unknown")
        if one.state == "over" or one.ends_at <= self._halls.now():
            return d.PairingAnswer(state="over")
        if one.state == "waiting" or one.hall is None or one.device is None:
            return d.PairingAnswer(state="waiting")
        token = token_of(one.device, secret, one.token)
        if not await self._given(one, one.hall, one.device, token):
            return d.PairingAnswer(state="over")
        return d.PairingAnswer(
            state="paired", hall=one.hall, name=one.device, token=token, seal_key=self._seal_key
        )

    async def take(self, hall: str, body: d.PairingTaken, who: Who, address: str, once: Once) -> DeviceAnswer:
        """The device that shows this code is the hall's, under this name; one that had it before has it no
        longer.

        Raises Refused: pairing_unknown, too_many_attempts; already_exists, for a name in another hall or of a
        device of another kind.
        """
        guessers = (f"user:{who.user}", f"client:{address}")
        self._guesses.must_not_wait(*guessers)

        def write(ledger: Ledger) -> str | Refusal:
            connection, now = ledger.connection, ledger.now
            one = pairings.find(connection, code=body.code)
            if one is None or one.state != "waiting" or one.ends_at <= now:
                return Refusal("pairing_unknown")
            known = people.find_device(connection, body.name)
            if known is not None and (known.hall != hall or (known.active and known.kind != one.kind)):
                return Refusal("already_exists", {"name": body.name})
            kind: Role = "kiosk" if one.kind == "kiosk" else "display"
            # No token yet: nothing is of its hash. Whatever the name opened before, it opens no longer.
            device = people.Device(body.name, hall, kind, token="", token_at=now)
            pairings.close(connection, body.name)
            if not pairings.pair(connection, one.id, hall, body.name, secrets.token_urlsafe(32), now + SHOWN):
                return Refusal("pairing_unknown")
            (people.renew_device if known else people.add_device)(connection, device)
            # What the old machine gave of its numbers is not known to the new one.
            ledger.act(TakeBackNumbers(body.name))
            exchanged = known is not None and known.active
            ledger.note("device.paired", body.name, {"kind": kind, "exchanged": exchanged})
            return self._setup.device_answer(device).model_dump_json()

        try:
            answer = await self._halls.writer(hall).perform(Record(who.id, write, 201, once))
        except Refused as refused:
            if refused.refusal.code == "pairing_unknown":
                self._guesses.missed(*guessers)
            raise
        self._guesses.right(*guessers)
        self._people.forget()
        return DeviceAnswer.model_validate_json(answer.body)

    async def tidy(self) -> None:
        """Forget what is long over."""
        now = self._halls.now()
        await asyncio.to_thread(self._halls.write, lambda at: pairings.forget_old(at, now))

    async def _given(self, one: pairings.Pairing, hall: str, name: str, token: str) -> bool:
        """Whether ``token`` is the device's now: made so the first time, and still so when it asks again."""
        device = await asyncio.to_thread(self._halls.read, lambda at: people.find_device(at, name))
        if device is None or not device.active or device.hall != hall:
            return False
        if device.token:
            return await asyncio.to_thread(matches, device.token, token)
        kept = await asyncio.to_thread(hashed, token)

        def write(ledger: Ledger) -> str | Refusal:
            connection = ledger.connection
            now_paired = pairings.find(connection, id=one.id)
            if (
                now_paired is None
                or now_paired.token != one.token
                or not people.first_token(connection, name, kept, ledger.now)
            ):
                # Two of its requests crossed: the other has put the same token's hash there.
                return ""
            pairings.shorten(connection, one.id, ledger.now + AGAIN)
            ledger.note("device.token_taken", name, {})
            return ""

        await self._halls.writer(hall).perform(Record(f"device:{name}", write))
        now_kept = await asyncio.to_thread(self._halls.read, lambda at: people.find_device(at, name))
        return now_kept is not None and await asyncio.to_thread(matches, now_kept.token, token)

    # Below: in worker threads.

    def _add(self, asked: pairings.Pairing) -> pairings.Pairing:
        for _ in range(DRAWS):
            one = replace(asked, code=f"{secrets.randbelow(10**8):08d}")
            try:
                self._halls.write(lambda at, one=one: self._add_one(at, one))  # type: ignore[misc]
            except IntegrityError:
                continue
            return one
        raise refuse("unavailable")

    def _add_one(self, connection: Connection, one: pairings.Pairing) -> None:
        pairings.forget_old(connection, one.made_at)
        if pairings.waiting(connection, one.made_at) >= OPEN:
            raise refuse("too_many_requests", seconds="60")
        pairings.add(connection, one)


def token_of(device: str, secret: str, half: str) -> str:
    """The token that the device's ``secret`` and the hall's ``half`` make: 256 bits, the same each time."""
    made = hmac.new(secret.encode(), f"liqu token {device} {half}".encode(), hashlib.sha256).digest()
    return f"device.{device}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"
