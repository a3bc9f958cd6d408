"""Whether a journal is what its seals say, here and in the copies that are kept outside the machine. Pure.

What is found by what: a changed, inserted or removed line breaks the chain of hashes. A journal whose
hashes were all made anew differs from its seals. Seals made anew need the key; who has stolen that too (it
lies on the same disk) is found by the copies kept elsewhere, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from server.domain.seals import FIRST, DaySeal, Signed, key_id

from .key import holds

DAY = timedelta(days=1)
SHORT = 12
"""Signs of a hash that are told to people."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A seal found outside the database, and where."""

    where: str
    signed: Signed


@dataclass
class Walked:
    """What was noted while the journal was walked through."""

    hall: str
    today: date
    """The business day that is still going on."""
    broken_at: int | None = None
    lines: int = 0
    hashes: dict[int, str] = field(default_factory=lambda: {0: FIRST})
    """seq → hash, of the lines that a seal or a copy names."""
    ended: dict[date, int] = field(default_factory=dict)
    sealed: dict[date, str] = field(default_factory=dict)
    """Day → digest of its seal, as the journal's own ``day.sealed`` says."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is not as it was sealed. ``day``: of which seal; None: of no seal."""

    day: date | None
    said: str


def faults(
    walked: Walked, rows: Sequence[Signed], copies: Iterable[Copy], publics: Iterable[str]
) -> list[Fault]:
    """All that is wrong, the earliest day first; empty: nothing. ``publics``: the keys that count, hex."""
    keys = {key_id(public): public for public in publics}
    found: list[Fault] = []
    if walked.broken_at is not None:
        found.append(Fault(None, f"the journal is broken at line {walked.broken_at}"))
    before: DaySeal | None = None
    for one in rows:
        seal = one.seal
        found += [Fault(seal.day, said) for said in (*_signature(one, keys), *_follows(seal, before))]
        found += [Fault(seal.day, said) for said in _line(walked, seal)]
        before = seal
    known = {one.seal.day: one for one in rows}
    for day, digest in walked.sealed.items():
        if day not in known:
            found.append(Fault(day, f"the seal of {day} was taken away: the journal says that there was one"))
        elif known[day].seal.digest != digest:
            found.append(Fault(day, f"the seal of {day} is not the one that was made then"))
    for copy in copies:
        found += [Fault(copy.signed.seal.day, said) for said in _copy(walked, copy, known, keys)]
    return sorted(found, key=lambda one: (one.day is not None, one.day or walked.today))


def not_sealed_yet(walked: Walked, rows: Sequence[Signed]) -> list[date]:
    """Days that have ended and have no seal: the server makes it within seconds, while it runs."""
    last = rows[-1].seal.day if rows else max(walked.ended, default=walked.today) - DAY
    return [last + DAY * n for n in range(1, (walked.today - last).days)]


def _signature(one: Signed, keys: Mapping[str, str]) -> Iterable[str]:
    day, key = one.seal.day, one.seal.key
    public = keys.get(key)
    if public is None:
        yield f"the seal of {day} was made with another key ({key[:SHORT]}…): give its public part with --key"
    elif not holds(public, one.seal.content, one.signature):
        yield f"the signature of the seal of {day} is not right"


def _follows(seal: DaySeal, before: DaySeal | None) -> Iterable[str]:
    if (before.digest if before else FIRST) != seal.before:
        yield f"the seal of {seal.day} does not follow from the one before it"
    if before is not None and seal.day != before.day + DAY:
        yield f"the seal of {before.day + DAY} is missing"
    if before is not None and seal.seq < before.seq:
        yield f"the seal of {seal.day} is of an earlier line than the one before it"


def _unseen(walked: Walked, seal: DaySeal) -> bool:
    """Behind the place where the journal is broken nothing can be said of a line."""
    return walked.broken_at is not None and seal.seq >= walked.broken_at


def _line(walked: Walked, seal: DaySeal) -> Iterable[str]:
    now = walked.hashes.get(seal.seq)
    ended = walked.ended.get(seal.day)
    if _unseen(walked, seal):
        return
    if now is None:
        yield f"line {seal.seq}, with which {seal.day} ended, is gone"
    elif now != seal.hash:
        yield (
            f"line {seal.seq} is not the one with which {seal.day} was sealed: "
            f"{seal.hash[:SHORT]}… then, {now[:SHORT]}… now"
        )
    elif ended is not None and ended != seal.seq:
        yield f"{seal.day} ends with line {ended}, its seal says {seal.seq}"


def _copy(walked: Walked, copy: Copy, known: Mapping[date, Signed], keys: Mapping[str, str]) -> Iterable[str]:
    seal = copy.signed.seal
    bad = list(_signature(copy.signed, keys))
    if bad:
        yield f"{copy.where}: {bad[0]}"
        return
    now = walked.hashes.get(seal.seq)
    here = known.get(seal.day)
    if now != seal.hash and not _unseen(walked, seal):
        yield (
            f"{copy.where}, kept outside, says that {seal.day} ended with line {seal.seq}, "
            f"{seal.hash[:SHORT]}…; here it is {f'{now[:SHORT]}…' if now else 'gone'}: "
            f"the journal was rewritten at or before that line"
        )
    elif here is None:
        yield f"{copy.where}, kept outside, is the seal of {seal.day}, which is not here any more"
    elif here.seal.digest != seal.digest:
        yield f"{copy.where}, kept outside, is not the seal of {seal.day} that is here: one was made anew"
