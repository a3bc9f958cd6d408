"""A result (结果) as a value: what was measured, with what, by whom; immutable once approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from server.protocol.views import Text
from server.protocol.words import Conclusion

ResultState: TypeAlias = Literal["draft", "tested", "reviewed", "approved", "superseded"]
"""draft → signed by 检定员 → by 核验员 → by 批准人 (immutable) → superseded by a later version."""


@dataclass(frozen=True, slots=True)
class Value:
    """What was read for one line of the item's form; kept with the line's words and limits of that day."""

    reading: str
    name: Text
    text: str
    """A number as it was written down, the Chinese text of a choice, or a remark."""
    unit: str = ""
    limits: str = ""
    """``−0.06 … 0.06``; empty: none."""
    good: bool = True


@dataclass(frozen=True, slots=True)
class StandardUsed:
    """A standard (标准器) as it was on the test date."""

    code: str
    name: Text
    model: str
    number: str
    uncertainty: str
    certificate: str
    """The number of the certificate that it is traced by."""
    until: date
    factors: int = 0
    """Version of its correction factors; 0: it has none."""


@dataclass(frozen=True, slots=True)
class Room:
    """The room's air while it was tested."""

    celsius: float
    humidity: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Content:
    values: tuple[Value, ...] = ()
    standards: tuple[StandardUsed, ...] = ()
    room: Room | None = None
    place: str = ""
    remark: str = ""
    maker: str = ""
    """制造单位"""
    model: str = ""
    """规格型号"""
    interval: bool = False
    """Of a calibration: the customer asked for an interval to be named."""


@dataclass(frozen=True, slots=True)
class Result:
    id: str
    hall: str
    sample: str
    version: int
    """From 1 for each sample."""
    state: ResultState
    content: Content
    regulation: str
    tested_on: date
    made_at: datetime
    changed_at: datetime
    conclusion: Conclusion | None = None
    source: str = ""
    """The device name of the system that it came from; empty: entered here."""
    verifier: str = ""
    verified_at: datetime | None = None
    reviewer: str = ""
    reviewed_at: datetime | None = None
    approver: str = ""
    approved_at: datetime | None = None

    @property
    def final(self) -> bool:
        return self.state in ("approved", "superseded")


NOTHING = Content()
"""Of a draft in which nothing stands yet."""
