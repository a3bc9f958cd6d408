"""How the booking pages say days, sums and spans, and explain the words of the trade at a tap."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from babel.dates import format_date
from markupsafe import Markup, escape

from server.protocol.booking import DayView, FeeView, SlotsView, SlotView, Term
from server.protocol.language import catalogue
from server.protocol.views import WaitRange
from server.protocol.words import Language

SOON = 7
"""Working days that are shown at once; the later ones wait behind a tap."""


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue."""
    return sentence


def day_text(day: date, language: Language, today: date | None = None) -> str:
    """``11月23日 周一``, ``Mon 23 Nov``; with ``today``, the word for today and tomorrow before it."""
    say = catalogue("web", language)
    plain = (
        format_date(day, "M月d日 EEE", locale="zh_CN")
        if language == "zh"
        else format_date(day, "EEE d MMM", locale="en_GB")
    )
    if today == day:
        return say(_("今天 {day}")).format(day=plain)
    if today is not None and day - today == timedelta(days=1):
        return say(_("明天 {day}")).format(day=plain)
    return plain


def moment_text(at: datetime, zone: str, language: Language) -> str:
    """``11月23日 周一 09:30`` on the hall's clock."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{day_text(there.date(), language)} {there:%H:%M}"


def yuan(sum: str, language: Language) -> str:
    """``120.00`` → ``120 元``; a text that is no sum stays as it is."""
    try:
        amount = Decimal(sum)
    except InvalidOperation:
        return sum
    whole = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    return catalogue("web", language)(_("{yuan} 元")).format(yuan=whole)


def free_of_charge(fee: FeeView) -> bool:
    try:
        return Decimal(fee.due) == 0
    except InvalidOperation:
        return False


def saving(fee: FeeView) -> bool:
    """Whether anything was taken off."""
    try:
        return Decimal(fee.saved) > 0
    except InvalidOperation:
        return False


def reduced(fee: FeeView) -> bool:
    """Whether less is charged than the published price."""
    return fee.full != fee.due and not free_of_charge(fee)


def span_text(span: WaitRange, language: Language) -> str:
    """``约 20–35 分钟``; from two hours on in hours, rounded outward by halves."""
    say = catalogue("web", language)
    if span.high < 120:
        if span.low in (0, span.high):
            return say(_("约 {high} 分钟内")).format(high=span.high)
        return say(_("约 {low}–{high} 分钟")).format(low=span.low, high=span.high)
    low, high = span.low // 30 / 2, -(-span.high // 30) / 2
    if low in (0, high):
        return say(_("约 {high} 小时内")).format(high=f"{high:g}")
    return say(_("约 {low}–{high} 小时")).format(low=f"{low:g}", high=f"{high:g}")


# Slots ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A slot on a day; ``value`` is what the form sends for it."""

    day: date
    slot: SlotView

    @property
    def value(self) -> str:
        return f"{self.day.isoformat()}/{self.slot.id}"

    @property
    def hours(self) -> str:
        return f"{self.slot.opens}–{self.slot.closes}"


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a ``SlotsView`` as they are laid out: the near ones, and those behind a tap."""

    near: tuple[DayView, ...]
    later: tuple[DayView, ...]
    earliest: Place | None
    """The recommendation: the first slot with room."""
    open_day: date | None
    """The day that is shown unfolded."""
    chosen: str = ""
    """The place that is chosen already, by its value."""
    present: str = ""
    """The place of the appointment that is being moved."""


def places(view: SlotsView) -> Iterator[Place]:
    for day in view.days:
        for slot in day.slots:
            yield Place(day.day, slot)


def place_of(view: SlotsView, when: str) -> Place | None:
    return next((one for one in places(view) if one.value == when), None)


def laid_out(view: SlotsView, chosen: str = "", present: str = "") -> Days:
    """The day of what is ``chosen`` is unfolded; where one is already (``present``) is never recommended."""
    held = [day for day in view.days if day.works and day.slots]
    earliest = next((one for one in places(view) if one.slot.free and one.value != present), None)
    last = held[SOON - 1].day if len(held) > SOON else view.days[-1].day if view.days else date.max
    shown = place_of(view, chosen) or earliest
    return Days(
        near=tuple(day for day in view.days if day.day <= last),
        later=tuple(day for day in view.days if day.day > last and day.works and day.slots),
        earliest=earliest,
        open_day=shown.day if shown else None,
        chosen=chosen,
        present=present,
    )


# Terms ------------------------------------------------------------------------------------------


class Glossary:
    """The words of the trade in a page: each is a link to its note, and only notes in use are printed."""

    def __init__(self, terms: Sequence[Term], language: Language) -> None:
        self._language = language
        self._terms = [term for term in terms if term.word.in_(language).strip()]
        self._used: set[int] = set()
        self._find = self._finder()

    def _finder(self) -> re.Pattern[str] | None:
        words = sorted((self._word(at) for at in range(len(self._terms))), key=len, reverse=True)
        if not words:
            return None
        either = "|".join(re.escape(word) for word in words)
        return re.compile(rf"\b({either})\b" if self._language == "en" else f"({either})", re.IGNORECASE)

    def _word(self, at: int) -> str:
        return self._terms[at].word.in_(self._language).strip()

    def link(self, text: str) -> Markup:
        """``text`` with every term in it made tappable."""
        if self._find is None:
            return escape(text)
        known = {self._word(at).lower(): at for at in range(len(self._terms))}
        parts: list[Markup] = []
        for at, part in enumerate(self._find.split(text)):
            term = known.get(part.lower()) if at % 2 else None
            if term is None:
                parts.append(escape(part))
            else:
                self._used.add(term)
                parts.append(Markup('<a class="term" href="#term-{}">{}</a>').format(term, part))
        return Markup("").join(parts)

    def notes(self) -> list[tuple[str, str, str]]:
        """(id, word, note) of each term that ``link`` met."""
        return [
            (f"term-{at}", self._word(at), self._terms[at].note.in_(self._language))
            for at in sorted(self._used)
        ]
