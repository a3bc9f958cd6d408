"""The one-time notice (一次性告知书) on paper: an A4 sheet, or 80 mm for the counter's receipt printer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Literal

import typst

from server.protocol.codes import spaced
from server.protocol.intake import NoticeView
from server.protocol.language import catalogue
from server.protocol.places import ASSETS, tokens
from server.protocol.words import Language

from . import book_words as words

PRINT = ASSETS / "print"
Paper = Literal["a4", "80"]


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue."""
    return sentence


LABELS: Mapping[str, str] = {
    "title": _("一次性告知书"),
    "lead": _("您的送检还缺以下 {count} 项，已全部列出，请一次备齐。"),
    "number": _("委托单号"),
    "who": _("送检人"),
    "things": _("送检器具"),
    "missing": _("需要补齐"),
    "then": _("备齐后请带上本告知书和样品，到受理窗口出示单号，不用重新登记。"),
    "promise": _("除上面所列，我们不会再要求补交其他材料；如有，请拨打投诉电话。"),
    "at": _("告知时间"),
    "by": _("告知人"),
    "handler": _("首问责任人"),
    "phone": _("投诉电话"),
    "signed": _("客户签收"),
}


def sheet(one: NoticeView, paper: Paper, language: Language) -> bytes:
    """The notice as a PDF."""
    made = typst.compile(
        str(PRINT / "notice.typ"),
        root=str(PRINT),
        font_paths=[str(ASSETS / "fonts")],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(told(one, paper, language), ensure_ascii=False)},
        format="pdf",
        timestamp=int(one.at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise ValueError("a PDF is one file")
    return made


def told(one: NoticeView, paper: Paper, language: Language) -> dict[str, object]:
    """What the sheet says, as texts: the masked name, never a phone number of the customer."""
    say = catalogue("web", language)
    return {
        "paper": paper,
        "lang": language,
        "colours": _colours(),
        "label": {key: say(label).format(count=len(one.missing)) for key, label in LABELS.items()},
        "hall": one.hall_name.in_(language),
        "number": spaced(one.number),
        "who": one.who,
        "things": [f"{name.in_(language)} × {pieces}" for name, pieces in one.items],
        "missing": list(one.missing),
        "at": words.moment_text(one.at, one.zone, language),
        "year": str(one.at.year),
        "by": one.by,
        "handler": " · ".join(part for part in (one.handler, one.section) if part),
        "phone": one.complaint_phone,
    }


@cache
def _colours() -> dict[str, str]:
    return {name: str(value) for name, value in tokens()["colour"].items()}
