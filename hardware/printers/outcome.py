"""What became of a sheet: a closed union, so that nobody forgets the third case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FailureReason = Literal["out_of_paper", "cover_open", "offline", "error", "queue_full", "closed"]
"""缺纸 · 盖未关 · 离线 · 故障 · 打印任务过多 · 程序退出"""


@dataclass(frozen=True, slots=True)
class Printed:
    """The printer took the whole sheet and was well afterwards."""

    job: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing was printed; the sheet may be printed again without harm."""

    job: str
    reason: FailureReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Sending began and its end is not known: ask a person before printing again, and mark it 补打."""

    job: str
    detail: str = ""


Outcome = Printed | Failed | Unknown
