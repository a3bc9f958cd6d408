"""Working days (工作日) as the official notices set them: holidays, and weekends that are worked (调休)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Monday to Friday are worked, but for the days that say otherwise."""

    exceptions: Mapping[date, bool] = field(default_factory=dict)
    """Day → whether it is worked, for each day that differs from its weekday."""
    announced: frozenset[int] = frozenset()
    """The years whose official notice is in ``exceptions``."""

    def works(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)

    def after(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``, which itself does not count: a promise's last day."""
        if count < 1:
            raise ValueError(f"a promise is of one working day at least, not {count}")
        days = self._worked_after(day)
        for _ in range(count - 1):
            next(days)
        return next(days)

    def between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and with ``end``; 0 when ``end`` is not later."""
        return sum(1 for n in range((end - start).days) if self.works(start + (n + 1) * DAY))

    def provisional(self, start: date, end: date) -> bool:
        """Whether a span touches a year that is not announced yet: its last day is only 暂估."""
        return any(year not in self.announced for year in range(start.year, end.year + 1))

    def _worked_after(self, day: date) -> Iterator[date]:
        while True:
            day += DAY
            if self.works(day):
                yield day
