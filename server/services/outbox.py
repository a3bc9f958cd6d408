"""Sends what waits in the outbox: retried until somebody answers for certain, never knowingly sent twice.

Every process looks every ``POLL`` seconds for what is due. A message is claimed in the table before it is
sent, and what came of it is written with its line in the journal in one transaction, through the hall's
writer. A process that dies in between leaves a claim whose lease ends by itself; the message is then sent
again under the same id, which the receiver knows it by.
"""

from __future__ import annotations

import asyncio
import logging
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from server.domain.messages import (
    MOST_TRIES,
    OF_MACHINES,
    Address,
    Again,
    Letter,
    Message,
    Outcome,
    Over,
    Rejected,
    Unclear,
    after,
)
from server.domain.refusal import Refusal
from server.protocol.outbox import MessageKind
from server.store import bookings, due, outbox

from .halls import Halls
from .notifications import letter
from .refused import Refused
from .threads import seen_through
from .work import Ledger, Record

log = logging.getLogger(__name__)


POLL = 2.0
AT_ONCE = 4
"""Messages on their way at once, in one process."""
LONGEST = 90.0
"""Seconds that one try may take, whatever its channel; less than the lease."""
LEASE = 150.0
"""Seconds after which a claimed message of which nothing was heard is due again."""
GRACE = 3.0
"""Seconds for what is on its way when the server stops."""
KEPT = timedelta(days=90)
"""How long a message that ended is kept; its line in the journal stays."""
ACTOR = "server"


class Channel(Protocol):
    """A way out of the house. One contract suite proves every adapter: tests/integration/test_channels.py."""

    name: str

    def reaches(self, address: Address) -> bool:
        """Whether there is anything at this address that this channel can send to."""

    async def send(self, letter: Letter) -> Outcome:
        """Hand the letter over. A definite yes, a definite no, or doubt; raises nothing for what the other
        side does. Ends within bounds of its own."""

    async def close(self) -> None:
        """Let go of what it holds."""


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels by name, and by which of them each kind goes: the first that reaches the customer."""

    by_name: Mapping[str, Channel] = field(default_factory=dict)
    routes: Mapping[MessageKind, tuple[str, ...]] = field(default_factory=dict)
    days_before: tuple[int, ...] = ()
    """Due items are pushed so many days before."""

    def kinds(self) -> tuple[MessageKind, ...]:
        """The kinds that have a channel at all."""
        return tuple(kind for kind, names in self.routes.items() if names)

    def for_(self, kind: MessageKind, to: Address) -> Channel | None:
        named = (self.by_name[name] for name in self.routes.get(kind, ()))
        return next((one for one in named if one.reaches(to)), None)


class Sender:
    """Runs in every server process beside the requests."""

    def __init__(self, halls: Halls, channels: Channels, dice: Callable[[], float] = random.random) -> None:
        self._halls = halls
        self._channels = channels
        self._dice = dice
        self._sending: set[asyncio.Task[None]] = set()
        self._lost = False

    async def run(self) -> None:
        """Send until cancelled; then let what is on its way end, for a moment."""
        try:
            while True:
                full = await self.look()
                if self._sending:
                    some = asyncio.FIRST_COMPLETED
                    await asyncio.wait(self._sending, timeout=None if full else POLL, return_when=some)
                else:
                    await asyncio.sleep(POLL)
        finally:
            if self._sending:
                await asyncio.wait(self._sending, timeout=GRACE)
            for task in self._sending:
                task.cancel()
            await asyncio.gather(*self._sending, return_exceptions=True)
            for channel in self._channels.by_name.values():
                await channel.close()

    async def look(self) -> bool:
        """Begin to send what is due, as far as there is room; whether there was room for no more."""
        free = AT_ONCE - len(self._sending)
        if free <= 0:
            return True
        try:
            claimed = await seen_through(lambda: self._claim(free))
        except SQLAlchemyError as error:
            if not self._lost:
                log.error("the outbox cannot be read: %s", error.__cause__ or error)
            self._lost = True
            return False
        if self._lost:
            log.warning("the outbox can be read again")
        self._lost = False
        for token, entry in claimed:
            task = asyncio.create_task(self._deliver(entry, token), name=f"message {entry.message.id}")
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return len(claimed) == free

    async def settle(self) -> None:
        """Send all that is due now, and go on when it has been answered for."""
        while True:
            await self.look()
            if not self._sending:
                return
            await asyncio.wait(self._sending)

    async def _deliver(self, entry: outbox.Entry, token: str) -> None:
        message = entry.message
        try:
            to = await seen_through(lambda: self._halls.read(lambda at: _address(at, message)))
            channel = self._channels.for_(message.kind, to) if to else None
            if to is None or channel is None:
                await self._record(entry, token, "no_address", "", "")
                return
            outcome = await self._try(channel, entry, to)
            now = self._halls.now()
            match after(outcome, entry.tries, now, self._dice()):
                case Over(state, reason):
                    if state == "given_up":
                        log.warning("message %s was given up: %s", message.id, reason)
                    await self._record(entry, token, state, channel.name, reason)
                case Again(at, reason):
                    self._once(entry, reason)
                    await seen_through(
                        lambda: self._halls.write(
                            lambda c: outbox.postpone(c, message.id, token, at, channel.name, reason)
                        )
                    )
        except (SQLAlchemyError, Refused) as error:
            # What came of it could not be written: the lease will end, and it is sent again under its id.
            log.error("message %s: its outcome could not be written: %s", message.id, type(error).__name__)
        except Exception:
            log.exception("message %s could not be sent", message.id)

    async def _try(self, channel: Channel, entry: outbox.Entry, to: Address) -> Outcome:
        if entry.tries > MOST_TRIES:
            # Its last try was begun and never answered for, because the server was killed in it.
            return Rejected("no answer")
        hall = self._halls.floor(entry.message.hall).hall
        told = letter(entry.message, to, hall, self._halls.base_url)
        try:
            async with asyncio.timeout(LONGEST):
                return await channel.send(told)
        except TimeoutError:
            return Unclear("timeout")

    def _once(self, entry: outbox.Entry, reason: str) -> None:
        """Log the first failure of a message, not each."""
        if entry.tries == 1:
            log.warning("message %s is tried again later: %s", entry.message.id, reason)

    async def _record(
        self, entry: outbox.Entry, token: str, state: outbox.State, channel: str, reason: str
    ) -> None:
        """Write how a message ended, with its line."""
        message = entry.message

        def change(ledger: Ledger) -> str | Refusal:
            if outbox.close(ledger.connection, message.id, token, state, ledger.now, channel, reason):
                payload = {
                    "message": message.id,
                    "kind": message.kind,
                    "channel": channel,
                    "tries": entry.tries,
                    "reason": reason,
                }
                ledger.note(f"message.{state}", message.subject, payload)
            return ""

        await self._halls.writer(message.hall).perform(Record(ACTOR, change))

    # Below: in worker threads.

    def _claim(self, most: int) -> list[tuple[str, outbox.Entry]]:
        halls, kinds = self._halls.ids(), self._channels.kinds()
        now = self._halls.now()
        if not kinds or not self._halls.read(lambda at: outbox.waits(at, halls, kinds, now)):
            return []
        token = uuid.uuid4().hex
        lease = now + timedelta(seconds=LEASE)
        claimed = self._halls.write(lambda at: outbox.claim(at, halls, kinds, token, now, lease, most))
        return [(token, one) for one in claimed]


def _address(connection: Connection, message: Message) -> Address | None:
    if message.kind in OF_MACHINES:
        # Nobody in particular: their channel itself knows where.
        return Address()
    return address_of(connection, message.subject, message.customer)


def address_of(connection: Connection, subject: str, customer: str) -> Address | None:
    """Where the customer is reached now; None when nobody is left to tell."""
    if customer:
        known = bookings.find_customer(connection, customer)
        return Address(known.phone, known.email, known.language) if known else None
    item = due.find(connection, subject)
    return Address(item.phone, item.email) if item else None
