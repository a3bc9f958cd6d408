"""Sentences in two languages. Chinese is the source text; English comes from gettext catalogues.

A catalogue is ``assets/locales/en/LC_MESSAGES/DOMAIN.po`` (compiled at set-up); the domains are
``server``, ``kiosk`` and ``display``. Sentences are whole, with named places: ``"请到{counter}号窗口"``.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable
from functools import cache

from .places import LOCALES
from .views import Text
from .words import LANGUAGES, Language


@cache
def catalogue(domain: str, language: Language) -> Callable[[str], str]:
    """The function that turns a Chinese source sentence into ``language``.

    Raises FileNotFoundError, naming the command that makes it, when the catalogue was not compiled.
    """
    if language == "zh":
        return lambda sentence: sentence
    try:
        return gettext.translation(domain, LOCALES, languages=[language]).gettext
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"catalogue {domain} for {language} is not compiled: run 'make setup'"
        ) from error


def wished(header: str) -> Language | None:
    """The language that an ``Accept-Language`` header wants most; None when it wants neither of ours."""
    wishes: list[tuple[float, Language]] = []
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";q=")
        short = tag.split("-")[0].strip().lower()
        wish = float(weight) if re.fullmatch(r"[01](\.\d{0,3})?", weight) else 1.0
        if wish > 0:
            wishes.extend((-wish, known) for known in LANGUAGES if known == short)
    return min(wishes, key=lambda one: one[0])[1] if wishes else None


def both(domain: str, sentence: str, /, **places: object) -> Text:
    """``sentence`` in both languages, its named places filled."""
    return Text(
        zh=sentence.format(**places),
        en=catalogue(domain, "en")(sentence).format(**places),
    )
