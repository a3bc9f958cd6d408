"""What a kiosk keeps to go on without its server, in one file: what it was lent, gave, and is to hand in.

A number is marked as used and its ticket put down in the same write, before anything is shown or printed:
after a power cut a number was given or it was not, and none is given twice. Written whole, then renamed. A
voucher's code is in it until it is handed in, and its digest afterwards; nobody's name or phone number.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from server.protocol.offline import (
    MOST_HANDED_IN,
    HandedIn,
    LeasesView,
    OfflineTicket,
)
from server.protocol.views import KioskHome, Text, WaitRange

from . import alone as a
from .day_list import digest
from .memory import write_whole

log = logging.getLogger(__name__)

FILE = "alone.json"
ASIDE = "alone.damaged"
"""A file that could not be read, for a technician; while it lies there the staff are told."""
HOME_FILE = "home.json"
KEPT_DAYS = 2
EMPTY = Text(zh="", en="")
MOST_BAD = 100
"""Numbers not taken that are kept for the staff; the oldest go."""


class Given(BaseModel):
    """A number that was given here."""

    model_config = ConfigDict(frozen=True)

    id: str
    number: str
    at: datetime
    voucher: str = ""
    """The digest of the voucher that was checked in with it."""


class Bad(BaseModel):
    """A number that the server did not take: for a person to look at."""

    model_config = ConfigDict(frozen=True)

    ticket: OfflineTicket
    number: str
    why: str


class Kept(BaseModel):
    model_config = ConfigDict(frozen=True)

    leases: LeasesView | None = None
    ahead: float = 0.0
    """Seconds by which the server's clock was before this machine's."""
    given: tuple[Given, ...] = ()
    """Those of the last days, in order."""
    waiting: tuple[OfflineTicket, ...] = ()
    """To be handed in, in the order in which they were given."""
    bad: tuple[Bad, ...] = ()


class Standby:
    """In ``folder``. Safe from any thread. Raises OSError when the folder can't be made.

    ``new_id``, ``new_code``: of a ticket; ``write`` is for tests.
    """

    def __init__(
        self,
        folder: Path,
        *,
        new_id: Callable[[], str],
        new_code: Callable[[], str],
        write: Callable[[Path, str], None] = write_whole,
    ) -> None:
        self._path = folder / FILE
        self._aside = folder / ASIDE
        self._home_path = folder / HOME_FILE
        self._new_id = new_id
        self._new_code = new_code
        self._write = write
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._kept = self._read()
        self.home = self._read_home()
        """The hall as it was last seen."""

    # -- what the server lends ---------------------------------------------------------------------

    def lend(self, view: LeasesView, ahead: timedelta) -> None:
        """The blocks as the server knows them now; those of before count no longer. Raises OSError."""
        with self._lock:
            self._put(self._kept.model_copy(update={"leases": view, "ahead": ahead.total_seconds()}))

    @property
    def remembers(self) -> bool:
        """Whether it knows what it gave of the blocks that it holds; a new one does not, nor one whose file
        was damaged: the server is to take back what it lent before."""
        return self._kept.leases is not None

    def see(self, home: KioskHome) -> None:
        """The hall as it is seen now; its figures are not kept. Raises OSError."""
        still = home.model_copy(
            update={
                "now_serving": (),
                "services": tuple(
                    one.model_copy(
                        update={
                            "waiting": 0,
                            "wait": WaitRange(low=0, high=0),
                            "open_counters": 0,
                            "next": (),
                        }
                    )
                    for one in home.services
                ),
            }
        )
        with self._lock:
            if still != self.home:
                self._write(self._home_path, still.model_dump_json())
                self.home = still

    @property
    def ahead(self) -> timedelta:
        """By how much the server's clock was before this machine's when blocks were last fetched."""
        return timedelta(seconds=self._kept.ahead)

    # -- giving ------------------------------------------------------------------------------------

    def give(self, wish: a.GiveAlone, home: KioskHome, at: datetime) -> a.GivenAlone | None:
        """The next number, kept on the disk when this answers; None: there is none, or the voucher had one.

        Raises OSError, and then no number was given.
        """
        service = next((one for one in home.services if one.id == wish.service), None)
        with self._lock:
            view = self._kept.leases
            mark = digest(wish.voucher) if wish.voucher else ""
            if service is None or view is None or (mark and self._used(mark)):
                return None
            found = next(a.free(view, self._numbers(), wish.service, at), None)
            if found is None:
                return None
            lease, n = found
            ticket = OfflineTicket(
                id=self._new_id(),
                code=self._new_code(),
                lease=lease.id,
                n=n,
                language=wish.language,
                issued_at=at,
                voucher=wish.voucher,
                priority=wish.priority,
                instead_of=wish.instead_of,
            )
            given = Given(id=ticket.id, number=a.number_of(lease, n), at=at, voucher=mark)
            kept = self._kept
            self._put(
                kept.model_copy(
                    update={
                        "given": (*self._recent(at), given),
                        "waiting": (*kept.waiting, ticket),
                    }
                )
            )
        return a.GivenAlone(
            id=ticket.id,
            code=ticket.code,
            number=given.number,
            service=service.id,
            service_name=service.name,
            state="waiting",
            priority="appointment" if wish.voucher else wish.priority,
            language=wish.language,
            ahead=0,
            wait=WaitRange(low=0, high=0),
            issued_at=at,
            url=f"{view.base_url}/t/{ticket.code}",
            hall_name=view.hall_name,
            bring=home.bring.get(service.id, EMPTY),
            missed_rule=view.missed_rule,
            complaint_phone=view.complaint_phone,
            slot=wish.slot,
        )

    def used(self, voucher: str) -> str:
        """The number for which the voucher with this code was checked in here; empty: it was not."""
        with self._lock:
            return self._used(digest(voucher))

    def standing(self, home: KioskHome | None, local: datetime) -> a.Standing:
        """What can be given at ``local``, the hall's time. Neither the list nor the link is known here."""
        with self._lock:
            kept, view = self._kept, self._kept.leases
            if view is not None and not a.holds(view, local):
                view = None
            numbers = self._numbers()
            wanted = [one.id for one in home.services] if home else []
            free = {one: sum(1 for _ in a.free(view, numbers, one, local)) for one in wanted}
            return a.Standing(
                lent=view is not None,
                services=tuple(one for one in wanted if free[one]),
                over=home is not None and view is not None and a.hours_over(home.hall, local),
                left=sum(free.values()),
                given=sum(1 for one in kept.given if one.at.astimezone(local.tzinfo).date() == local.date()),
                waiting=len(kept.waiting),
                bad=tuple(one.number for one in kept.bad),
                damaged=self._aside.exists(),
            )

    # -- handing in --------------------------------------------------------------------------------

    def to_hand_in(self) -> tuple[OfflineTicket, ...]:
        """The first of those that wait, in order; at most as many as one request may have."""
        with self._lock:
            return self._kept.waiting[:MOST_HANDED_IN]

    def handed_in(self, answers: tuple[HandedIn, ...]) -> None:
        """What became of some: those that the server has are forgotten, those that it did not take are set
        aside. Raises OSError, and then all are handed in once more."""
        said = {one.id: one for one in answers}
        with self._lock:
            kept = self._kept
            bad = tuple(
                Bad(ticket=one, number=said[one.id].number or self._number(one), why=said[one.id].why.zh)
                for one in kept.waiting
                if one.id in said and said[one.id].outcome == "bad"
            )
            if bad:
                log.error("the server did not take %s", ", ".join(one.number for one in bad))
            self._put(
                kept.model_copy(
                    update={
                        "waiting": tuple(one for one in kept.waiting if one.id not in said),
                        "bad": (*kept.bad, *bad)[-MOST_BAD:],
                    }
                )
            )

    # -- with the lock held ------------------------------------------------------------------------

    def _numbers(self) -> set[str]:
        """Given here in this business day. A number of the day before is another number."""
        view = self._kept.leases
        return {one.number for one in self._kept.given if view is None or a.holds(view, one.at)}

    def _number(self, ticket: OfflineTicket) -> str:
        return next((one.number for one in self._kept.given if one.id == ticket.id), f"{ticket.n:03}")

    def _used(self, mark: str) -> str:
        return next((one.number for one in self._kept.given if one.voucher == mark), "")

    def _recent(self, at: datetime) -> tuple[Given, ...]:
        oldest = at - timedelta(days=KEPT_DAYS)
        return tuple(one for one in self._kept.given if one.at >= oldest)

    def _put(self, kept: Kept) -> None:
        self._write(self._path, kept.model_dump_json())
        self._kept = kept

    def _read(self) -> Kept:
        try:
            return Kept.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return Kept()
        except (OSError, ValidationError) as error:
            # What it gave is not known any more. Without blocks none of its numbers is given again.
            log.error(
                "%s can't be read and is put aside as %s: %s", self._path, self._aside, type(error).__name__
            )
            self._path.replace(self._aside)
            return Kept()

    def _read_home(self) -> KioskHome | None:
        try:
            return KioskHome.model_validate_json(self._home_path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            log.error(
                "the hall as last seen, in %s, can't be read: %s", self._home_path, type(error).__name__
            )
            return None
