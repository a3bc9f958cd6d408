"""What must hold before a result is signed: credentials, climate, form, regulation, people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal, TypeAlias, get_args

from server.protocol.views import Text
from server.protocol.words import Conclusion, SampleState

from .catalogue import Climate, Item, Reading
from .refusal import Refusal
from .results import Result, Value

NUMBER: Final = re.compile(r"[+-]?\d{1,9}(\.\d{1,6})?")
CONCLUSION: Final = Text(zh="结论", en="conclusion")

CredentialKind: TypeAlias = Literal["verifier", "reviewer", "approver", "training"]
"""检定员 · 核验员 · 批准人 · 培训"""
CREDENTIAL_KINDS: tuple[CredentialKind, ...] = get_args(CredentialKind)


@dataclass(frozen=True, slots=True)
class Credential:
    """What a person may sign, or was trained in (资格/培训)."""

    id: str
    hall: str
    user: str
    kind: CredentialKind
    number: str
    """Of the registration or the training's certificate."""
    items: frozenset[str]
    """Ids that it is for; empty: all."""
    title: str
    since: date
    until: date
    """The last day on which it holds."""

    def covers(self, item: str, day: date) -> bool:
        return (not self.items or item in self.items) and self.since <= day <= self.until


def holds(credentials: Iterable[Credential], kind: CredentialKind, item: str, day: date) -> bool:
    """Whether one of a person's credentials lets them sign for ``item`` on ``day``."""
    return any(one.kind == kind and one.covers(item, day) for one in credentials)


def lapsing(credentials: Iterable[Credential], today: date, days: int) -> list[Credential]:
    """Those that have lapsed or will within ``days`` and that no later one of the same person, kind and
    items replaces; the earliest first."""
    known = list(credentials)

    def replaced(one: Credential) -> bool:
        return any(
            other.user == one.user
            and other.kind == one.kind
            and (not other.items or (one.items and one.items <= other.items))
            and other.until > one.until
            and (one.kind != "training" or other.title == one.title)
            for other in known
        )

    limit = today + timedelta(days=days)
    return sorted(
        (one for one in known if one.until <= limit and not replaced(one)),
        key=lambda one: (one.until, one.user, one.kind),
    )


@dataclass(frozen=True, slots=True)
class ClimateRecord:
    """Temperature and humidity of a section's room."""

    id: str
    hall: str
    section: str
    at: datetime
    celsius: float
    humidity: float
    by: str


@dataclass(frozen=True, slots=True)
class LabRules:
    """The lab's figures, each the hall's to change."""

    climate_minutes: int = 120
    """How old a record of the room's air may be when a result is signed."""
    reply_days: int = 2
    """Working days that a customer has to answer about a fault."""
    due_days: int = 60
    """What lapses within so many days stands on the due list."""


RULES = LabRules()


def air(
    record: ClimateRecord | None, limits: Climate | None, section: str, now: datetime, rules: LabRules = RULES
) -> Refusal | None:
    """Why nothing may be tested in this air; None: it may.

    Refused: climate_missing without a record that is fresh enough, climate_unfit outside the limits.
    """
    if record is None or now - record.at > timedelta(minutes=rules.climate_minutes):
        return Refusal("climate_missing", {"section": section})
    return None if limits is None else fits(record.celsius, record.humidity, limits)


def fits(celsius: float, humidity: float, limits: Climate) -> Refusal | None:
    """Refused: climate_unfit, which names what is out of which limits."""
    for value, (low, high), unit in ((celsius, limits.celsius, "℃"), (humidity, limits.humidity, "%RH")):
        if not low <= value <= high:
            return Refusal("climate_unfit", {"what": f"{value:g} {unit} ({low:g}–{high:g} {unit})"})
    return None


def resting(state: SampleState, until: datetime | None, now: datetime) -> bool:
    """Whether a piece must still stand in the lab's air."""
    return state == "acclimatising" and until is not None and now < until


# The form ---------------------------------------------------------------------------------------


def number(text: str) -> Decimal | None:
    """A number as people write it: a comma or a typographic minus is understood; None: it is none."""
    plain = text.strip().replace("−", "-").replace("＋", "+").replace("。", ".").replace(",", ".")
    if not NUMBER.fullmatch(plain):
        return None
    return Decimal(plain)


def limits_text(reading: Reading) -> str:
    """``−0.06 … 0.06``; ``≤ 0.5``; empty where there are none."""
    low, high = reading.low, reading.high
    if low is not None and high is not None:
        return f"{_signed(low)} … {_signed(high)}"
    if high is not None:
        return f"≤ {_signed(high)}"
    return f"≥ {_signed(low)}" if low is not None else ""


def read_values(
    readings: Sequence[Reading], told: Mapping[str, str], *, complete: bool
) -> tuple[Value, ...] | Refusal:
    """What was written on the form, line by line, each judged by its limits.

    ``complete``: what is needed must be there. Refused: values_bad, which names the first line that is wrong.
    """
    known = {one.id for one in readings}
    stray = next((id for id in told if id not in known), None)
    if stray is not None:
        return Refusal("values_bad", {"what": stray[:32]})
    values = []
    for one in readings:
        text = told.get(one.id, "").strip()
        if not text:
            if complete and one.needed:
                return Refusal("values_bad", {"what": one.name})
            continue
        made = _value(one, text)
        if made is None:
            return Refusal("values_bad", {"what": one.name})
        values.append(made)
    return tuple(values)


def _value(reading: Reading, text: str) -> Value | None:
    good = True
    if reading.kind == "number":
        read = number(text)
        if read is None:
            return None
        good = (reading.low is None or read >= reading.low) and (reading.high is None or read <= reading.high)
        text = f"{read:f}"
    elif reading.kind == "choice":
        if text not in [choice.zh for choice in reading.choices]:
            return None
        good = text == reading.choices[0].zh
    return Value(reading.id, reading.name, text, reading.unit, limits_text(reading), good)


def proposal(item: Item, values: Iterable[Value]) -> Conclusion:
    """What the values come to: a calibration gives no verdict; anything out of its limits is 不合格."""
    if item.kind == "calibration":
        return "calibrated"
    return "qualified" if all(one.good for one in values) else "unqualified"


def may_conclude(item: Item, values: Iterable[Value], conclusion: Conclusion) -> Refusal | None:
    """Why nobody may confirm ``conclusion`` of these values: who tests may judge harder, never milder."""
    proposed = proposal(item, values)
    if conclusion == proposed or (conclusion == "unqualified" and proposed == "qualified"):
        return None
    return Refusal("values_bad", {"what": CONCLUSION})


def _signed(value: Decimal) -> str:
    return f"{value:f}".replace("-", "−")


# Signing ----------------------------------------------------------------------------------------


def may_review(result: Result, user: str) -> Refusal | None:
    """Refused: result_final, result_state, same_person."""
    if result.final:
        return Refusal("result_final")
    if result.state != "tested":
        return Refusal("result_state")
    return Refusal("same_person") if user == result.verifier else None


def may_approve(result: Result, user: str) -> Refusal | None:
    """Refused: result_final, result_state, same_person (who has tested does not approve either)."""
    if result.final:
        return Refusal("result_final")
    if result.state != "reviewed":
        return Refusal("result_state")
    return Refusal("same_person") if user == result.verifier else None
