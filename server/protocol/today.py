"""The hall's day at one glance, for its managers."""

from __future__ import annotations

from datetime import date, datetime

from .views import Text, Wire


class ServiceToday(Wire):
    id: str
    name: Text
    prefix: str
    waiting: int
    issued: int
    served: int
    average_wait: float | None
    """Minutes from taking a number to the first call, of those who were called; None: nobody yet."""


class TodayView(Wire):
    """``GET /halls/HALL/today``."""

    at: datetime
    day: date
    open: bool
    """Numbers are given now."""
    emergency: bool
    issued: int
    """Numbers given today."""
    waiting: int
    longest_wait: int | None
    """Minutes that whoever waits longest has waited; None: nobody waits."""
    longest_number: str
    average_wait: float | None
    served: int
    missed: int
    """Who was called and did not come, and has not come since."""
    handed_in: int
    """Numbers that kiosks gave while they were cut off."""
    counters_open: int
    counters: int
    paused: int
    """Of the open counters, those that serve nobody for now."""
    promises_amber: int
    """Orders in the house that fall due soon."""
    promises_red: int
    """Orders in the house whose last day has passed."""
    alarms: int
    """Machines' alarms that nobody takes care of yet."""
    alarms_taken: int
    services: tuple[ServiceToday, ...]
