"""The voucher (凭证) beyond its page: QR, the sheet and the picture made with typst, the calendar entry."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Literal

import segno
import typst
from markupsafe import Markup

from server.protocol.booking import AppointmentView
from server.protocol.codes import spaced
from server.protocol.language import catalogue
from server.protocol.places import ASSETS, tokens
from server.protocol.words import Language

from . import book_words as words
from .render import local

PRINT = ASSETS / "print"
QUIET = 4
"""Modules of white around a QR, as its standard wants."""


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue."""
    return sentence


LABELS: Mapping[str, str] = {
    "voucher": _("预约凭证"),
    "number": _("编号"),
    "when": _("到厅时间"),
    "where": _("地点"),
    "who": _("送检人"),
    "things": _("送检器具"),
    "fee": _("费用"),
    "total": _("合计"),
    "bring": _("来的时候请带"),
    "notices": _("已确认的注意事项"),
    "show": _("到厅后，在自助机上扫这个码取号。"),
    "phone": _("投诉电话"),
    "self": _("本凭证（手机上的或打印的都可以）"),
    "instrument": _("要送检的器具"),
    "masked": _("姓名已隐去，不显示手机号。请妥善保管本凭证。"),
}
STATES: Mapping[str, str] = {
    "booked": _("已预约"),
    "checked_in": _("已签到"),
    "fulfilled": _("已完成"),
    "cancelled": _("已取消"),
    "no_show": _("未到"),
}


def qr(code: str) -> segno.QRCode:
    """The code as a full QR (no Micro QR: phones do not read it), level M."""
    return segno.make_qr(code, error="m", boost_error=False)


def qr_svg(code: str, title: str) -> Markup:
    """The QR for a page, with its quiet zone on white whatever the page's colour."""
    drawn = qr(code).svg_inline(
        border=QUIET, light="#fff", omitsize=True, title=title, svgclass="code", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - drawn by the library from a code of ours


def qr_file(code: str) -> str:
    drawn = io.BytesIO()
    qr(code).save(drawn, kind="svg", border=QUIET, light="#fff")
    return drawn.getvalue().decode()


def sheet(one: AppointmentView, kind: Literal["pdf", "png"], language: Language) -> bytes:
    """The voucher on one A4 page (``pdf``), or as a picture for a phone's album (``png``)."""
    made = typst.compile(
        str(PRINT / "voucher.typ"),
        root=str(PRINT),
        font_paths=[str(ASSETS / "fonts")],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(told(one, kind, language), ensure_ascii=False)},
        format=kind,
        ppi=216,
        timestamp=int(one.made_at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise ValueError("a voucher is one page")
    return made


def told(one: AppointmentView, kind: Literal["pdf", "png"], language: Language) -> dict[str, object]:
    """What the sheet says, as texts: the masked name, never a phone number."""
    say = catalogue("web", language)
    verdict = one.verdict
    promise = (
        say(_("立等可取：交件后{span}可以取走。")).format(span=words.span_text(verdict.ready, language))
        if verdict.while_you_wait
        else say(_("普通送检：交件后 {days} 个工作日内完成。")).format(days=verdict.promise_days)
    )
    return {
        "kind": kind,
        "lang": language,
        "colours": _colours(),
        "label": {key: say(label) for key, label in LABELS.items()},
        "state": say(STATES[one.state]),
        "valid": one.state == "booked",
        "qr": qr_file(one.code),
        "number": spaced(one.number),
        "hall": one.hall_name.in_(language),
        "service": one.service_name.in_(language),
        "day": words.day_text(one.day, language),
        "year": str(one.day.year),
        "hours": f"{local(one.starts_at, one.zone)}–{local(one.ends_at, one.zone)}",
        "who": one.who,
        "lines": [
            {
                "name": line.name.in_(language),
                "pieces": line.pieces,
                "fee": say(_("免费"))
                if words.free_of_charge(line.fee)
                else words.yuan(line.fee.due, language),
                "why": line.fee.reason.in_(language),
            }
            for line in one.lines
        ],
        "total": say(_("免费"))
        if words.free_of_charge(verdict.total)
        else words.yuan(verdict.total.due, language),
        "bring": [
            {"thing": thing.in_(language), "of": say(_("（{name}）")).format(name=line.name.in_(language))}
            for line in one.lines
            for thing in line.accessories
        ],
        "notices": [
            {
                "name": line.name.in_(language),
                "version": say(_("第 {version} 版")).format(version=line.notice.version),
                "text": line.notice.text.in_(language),
            }
            for line in one.lines
            if line.notice
        ],
        "promise": promise,
        "change": say(_("{moment}之前可以自己改期或取消。")).format(
            moment=words.moment_text(one.change_until, one.zone, language)
        ),
        "url": one.url,
        "phone": one.complaint_phone,
    }


@cache
def _colours() -> dict[str, str]:
    return {name: str(value) for name, value in tokens()["colour"].items()}


def calendar(one: AppointmentView, language: Language) -> str:
    """The appointment for a phone's calendar (RFC 5545), with an alarm an hour before."""
    say = catalogue("web", language)
    things = "; ".join(f"{line.name.in_(language)} × {line.pieces}" for line in one.lines)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Liqu//Booking//ZH",
        "BEGIN:VEVENT",
        f"UID:{one.number}@liqu",
        f"SEQUENCE:{one.moved}",
        f"DTSTAMP:{_utc(one.made_at)}",
        f"DTSTART:{_utc(one.starts_at)}",
        f"DTEND:{_utc(one.ends_at)}",
        f"SUMMARY:{_escaped(say(_('送检预约')))}",
        f"LOCATION:{_escaped(one.hall_name.in_(language))}",
        f"DESCRIPTION:{_escaped(things)}\\n{_escaped(one.url)}",
        f"STATUS:{'CANCELLED' if one.state == 'cancelled' else 'CONFIRMED'}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(say(_('送检预约')))}",
        "TRIGGER:-PT1H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """At most 75 bytes a line; what follows begins with a space."""
    parts: list[str] = []
    rest = ""
    for sign in line:
        if len((rest + sign).encode()) > (75 if not parts else 74):
            parts.append(rest)
            rest = ""
        rest += sign
    return "\r\n ".join([*parts, rest])
