"""The daily seal (日封) of a hall's journal: the line with which each business day ended, signed. Pure.

A business day's lines end with its ``day.ended``. Every day has a seal, also one without a line: a day
without one is a day whose seal somebody took away. Each seal names the SHA-256 of the one before it, so that
none can be taken out of the middle or made anew by itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

FIRST: Final = "0" * 64
"""What the first seal names in place of one before it, and the hash of a journal without lines."""
FORMAT: Final = "liqu-seal-1"
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DaySeal:
    """What is signed."""

    hall: str
    day: date
    seq: int
    """The journal's last line of that day; 0: there was none yet."""
    hash: str
    """That line's hash."""
    before: str
    """``digest`` of the seal before it."""
    made_at: datetime
    key: str
    """SHA-256 of the public key."""

    @property
    def content(self) -> bytes:
        """The bytes that are signed: canonical JSON."""
        said = {
            "format": FORMAT,
            "hall": self.hall,
            "day": self.day.isoformat(),
            "seq": self.seq,
            "hash": self.hash,
            "before": self.before,
            "made_at": self.made_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "key": self.key,
        }
        return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Signed:
    """A seal with its signature: Ed25519, hex."""

    seal: DaySeal
    signature: str


def key_id(public: str) -> str:
    """What a seal says of the key that signed it: SHA-256 of the public key's 32 bytes (hex)."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()


def to_seal(last: DaySeal | None, ended: Mapping[date, int], today: date) -> list[tuple[date, int]]:
    """(day, its last line's seq) of each day before ``today`` that has no seal yet, the oldest first.

    ``ended``: business day → seq of its ``day.ended``. Days on which nothing happened end where the one
    before them did. The first seal of all is that of the newest day that ended: it covers all lines before.
    """
    if last is not None:
        day, seq = last.day, last.seq
    elif ended:
        newest = max(ended)
        day, seq = newest - DAY, ended[newest]
    else:
        return []
    found = []
    while (day := day + DAY) < today:
        seq = max(seq, ended.get(day, seq))
        found.append((day, seq))
    return found


def as_file(one: Signed, public: str) -> bytes:
    """A seal as it is kept outside the machine: JSON that says all that is needed to check it."""
    said: dict[str, Any] = json.loads(one.seal.content)
    said |= {"signature": one.signature, "public": public}
    return (json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def from_file(content: bytes) -> Signed:
    """The seal in a file. Raises ValueError: it is none."""
    try:
        said = json.loads(content)
        if said["format"] != FORMAT:
            raise ValueError("another format")
        seal = DaySeal(
            hall=str(said["hall"]),
            day=date.fromisoformat(said["day"]),
            seq=int(said["seq"]),
            hash=str(said["hash"]),
            before=str(said["before"]),
            made_at=datetime.fromisoformat(said["made_at"]),
            key=str(said["key"]),
        )
        return Signed(seal, str(said["signature"]))
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise ValueError("no seal") from error
