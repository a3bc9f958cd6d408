"""The working-day calendar as the yearly notices announced it: what a hall's own table begins with."""

from __future__ import annotations

from chinese_calendar.constants import holidays, workdays

from server.domain.calendar import Calendar

SATURDAY = 5


def announced(first: int) -> Calendar:
    """Holidays and worked weekends (调休) of the years from ``first`` on that the library knows.

    A later year is not announced: its days go by their weekday until a manager enters the notice.
    """
    off = {day: False for day in holidays if day.weekday() < SATURDAY}
    worked = {day: True for day in workdays if day.weekday() >= SATURDAY}
    years = {day.year for day in holidays if day.year >= first}
    days = {day: works for day, works in {**off, **worked}.items() if day.year in years}
    return Calendar(dict(sorted(days.items())), frozenset(years))
