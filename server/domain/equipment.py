"""The institution's own standards and devices (标准器/设备): what they are, and whether they may be used.

A piece that is taken out is isolated at once, and comes back only with a good check (期间核查) that was made
after it was taken out. Correction factors are versioned and dated: what a result was reckoned with can be
found again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias, get_args

from server.protocol.views import Text

from .refusal import Refusal

EquipmentState: TypeAlias = Literal["in_use", "limited", "out_of_service"]
"""合格 · 准用 · 停用"""
STATES: tuple[EquipmentState, ...] = get_args(EquipmentState)

Colour: TypeAlias = Literal["green", "yellow", "red"]

DUE_SOON = 60
"""Days before something lapses from which on the due list names it."""


@dataclass(frozen=True, slots=True)
class Factors:
    """Correction factors (修正值) as they hold from a day on."""

    version: int
    """From 1."""
    since: date
    values: tuple[tuple[str, str], ...]
    """(where, correction): ``("+10 m⁻¹", "-0.01")``."""
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Check:
    """An intermediate check (期间核查) as it was made."""

    on: date
    good: bool
    remark: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class StateChange:
    state: EquipmentState
    at: datetime
    on: date
    """The hall's day of ``at``."""
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Equipment:
    code: str
    """E…, on its label."""
    hall: str
    number: str
    """The institution's own; unique in the hall."""
    section: str
    name: Text
    state: EquipmentState = "in_use"
    standard: bool = True
    """A standard that results name; else a device that only helps."""
    model: str = ""
    maker_number: str = ""
    uncertainty: str = ""
    span: str = ""
    """Measuring range."""
    certificate: str = ""
    """Of its traceability."""
    until: date | None = None
    """The last day on which that certificate holds; None: it needs none (devices)."""
    limited_to: str = ""
    """For what a ``limited`` piece may be used."""
    check_days: int | None = None
    """An intermediate check is due so many days after the last; None: none is planned."""
    factors: tuple[Factors, ...] = ()
    checks: tuple[Check, ...] = ()
    changes: tuple[StateChange, ...] = ()
    """Of its state, the oldest first."""
    since: date | None = None
    """When it was entered: the first check is counted from here."""

    def state_on(self, day: date) -> EquipmentState:
        """Its state at the end of ``day``; a piece that is out now is out, whatever the day."""
        if self.state == "out_of_service":
            return self.state
        known = [one.state for one in self.changes if one.on <= day]
        if known:
            return known[-1]
        return "in_use" if self.changes else self.state

    def factors_on(self, day: date) -> Factors | None:
        """The correction factors that hold on ``day``: the latest that have begun."""
        begun = [one for one in self.factors if one.since <= day]
        return max(begun, key=lambda one: (one.since, one.version)) if begun else None

    def expired(self, day: date) -> bool:
        return self.until is not None and self.until < day

    def check_due(self) -> date | None:
        """When the next intermediate check is due."""
        if self.check_days is None:
            return None
        last = max((one.on for one in self.checks if one.good), default=self.since)
        return None if last is None else last + timedelta(days=self.check_days)

    def colour(self, day: date) -> Colour:
        """Of its status label: 合格 green, 准用 yellow, 停用 red. Expired is red too."""
        if self.state == "out_of_service" or self.expired(day):
            return "red"
        return "yellow" if self.state == "limited" else "green"


def usable(one: Equipment, day: date) -> Refusal | None:
    """Why ``one`` may not be used for a result dated ``day``; None: it may."""
    if one.state_on(day) == "out_of_service":
        return Refusal("standard_out", {"name": one.name})
    if one.until is None and one.standard:
        return Refusal("standard_expired", {"name": one.name, "until": "—"})
    if one.expired(day):
        return Refusal("standard_expired", {"name": one.name, "until": f"{one.until:%Y-%m-%d}"})
    return None


def put(
    one: Equipment, state: EquipmentState, now: datetime, today: date, reason: str, by: str
) -> Equipment | Refusal:
    """``one`` in another state. Refused: check_needed, for a piece that is out without a good check since."""
    if one.state == "out_of_service" and state != "out_of_service":
        out_at = next((change.at for change in reversed(one.changes) if change.state == one.state), None)
        last = one.checks[-1] if one.checks else None
        if last is None or not last.good or (out_at is not None and last.at < out_at):
            return Refusal("check_needed")
    return _in_state(one, StateChange(state, now, today, reason, by))


def _in_state(one: Equipment, change: StateChange) -> Equipment:
    before = one.changes
    if not before:
        # What it was until now, so that the past stays as it was.
        before = (StateChange(one.state, change.at, one.since or change.on, "", change.by),)
    return replace(one, state=change.state, changes=(*before, change))


def checked(one: Equipment, check: Check) -> Equipment:
    """``one`` with a check in its book; a bad one takes it out at once."""
    noted = replace(one, checks=(*one.checks, check))
    if check.good or one.state == "out_of_service":
        return noted
    return _in_state(noted, StateChange("out_of_service", check.at, check.on, check.remark, check.by))


def corrected(
    one: Equipment, since: date, values: Sequence[tuple[str, str]], now: datetime, by: str
) -> Equipment:
    """``one`` with the next version of its correction factors; the earlier ones stay."""
    version = max((known.version for known in one.factors), default=0) + 1
    return replace(one, factors=(*one.factors, Factors(version, since, tuple(values), now, by)))
