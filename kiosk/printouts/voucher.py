"""The printed voucher of an appointment made at the kiosk: what to bring back, and what scans when shown.

First when and where, then the code (its QR and the 12 digits to type), then what was booked and what to mind.
Chinese, or English with Chinese beneath where the person chose English. Names and phone numbers are masked.
"""

from __future__ import annotations

from datetime import date, datetime

from hardware.printers.base import DOTS, Sheet, Width
from server.protocol.booking import AppointmentView
from server.protocol.codes import spaced
from server.protocol.language import both
from server.protocol.views import Text
from server.protocol.words import Language

from .page import Align, Page, Type, fitted
from .symbol import QUIET, qr_symbol
from .ticket import DOMAIN, SIZES, Sizes, wait_words


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue; it is translated when a voucher is composed."""
    return sentence


WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))


def compose_voucher(
    view: AppointmentView,
    *,
    width_mm: Width,
    language: Language,
    printed_at: datetime,
    reprint: bool = False,
) -> Sheet:
    """The paper for ``view``, its ``job`` the last digits of the number. ``printed_at`` has an offset."""
    sizes = SIZES[width_mm]
    page = Page(DOTS[width_mm], sizes.margin)
    sheet = _Voucher(page, sizes, english=language == "en")
    page.skip(8)
    if reprint:
        sheet.mark(printed_at.astimezone(view.starts_at.tzinfo))
    sheet.head(view)
    sheet.code(view)
    sheet.things(view)
    sheet.notices(view)
    sheet.foot(view)
    page.skip(16)
    return Sheet(page.finish(), job=view.number[-4:], title="预约凭证")


class _Voucher:
    """The parts of a voucher, each put beneath the one before."""

    def __init__(self, page: Page, sizes: Sizes, *, english: bool) -> None:
        self._page = page
        self._s = sizes
        self._english = english

    def mark(self, at: datetime) -> None:
        page, kind = self._page, Type(self._s.label, bold=True)
        page.text(self._one(_("补打 · {time}"), time=f"{at:%H:%M}"), kind, align="centre")

    def head(self, view: AppointmentView) -> None:
        page, s = self._page, self._s
        self._both(view.hall_name, s.hall, bold=True, centre=True)
        page.skip(s.gap // 2)
        page.rule(3)
        page.skip(s.gap // 2)
        self._both(self._words(_("预约凭证")), s.service, bold=True, centre=True)
        page.skip(s.gap // 2)
        day = self._day(view.day)
        page.text(day, fitted(day, s.figure + 14, page.inner - 16), align="centre")
        time = f"{view.starts_at:%H:%M}–{view.ends_at:%H:%M}"
        page.text(time, fitted(time, s.figure + 34, page.inner - 16), align="centre")
        self._both(view.service_name, s.body, centre=True)
        page.skip(s.gap // 2)

    def code(self, view: AppointmentView) -> None:
        """The QR, and beneath it the number, as large as it goes."""
        page, s = self._page, self._s
        symbol = qr_symbol(view.url, s.module + 1)
        page.skip(QUIET * s.module)
        page.picture(symbol, (page.width - symbol.width) // 2, page.top)
        page.skip(symbol.height + QUIET * s.module)
        number = spaced(view.number)
        page.text(number, fitted(number, s.figure + 8, page.inner - 16), align="centre")
        self._both(self._words(_("到厅后，在自助机上扫这个码取号。")), s.small, centre=True)
        page.skip(s.gap // 2)
        page.rule(2)
        page.skip(s.gap // 2)

    def things(self, view: AppointmentView) -> None:
        page, s = self._page, self._s
        body, small = Type(s.body, bold=True), Type(s.small)
        for line in view.lines:
            name = line.name.in_("en" if self._english else "zh")
            page.text(self._one(_("{item} × {pieces} 件"), item=name, pieces=line.pieces), body)
        verdict = view.verdict
        if verdict.while_you_wait:
            minutes = wait_words(verdict.ready)
            told = minutes.en if self._english else minutes.zh
            page.text(self._one(_("立等可取 · {minutes}"), minutes=told), small)
        else:
            day = f"{verdict.promise_by:%Y-%m-%d}"
            page.text(self._one(_("普通 · 承诺 {day} 前完成"), day=day), small)
        who = " · ".join(part for part in (view.who, view.phone) if part)
        if who:
            page.text(self._one(_("预约人 {who}"), who=who), small)
        page.skip(s.gap // 2)
        page.rule(2, dashed=True)
        page.skip(s.gap // 2)

    def notices(self, view: AppointmentView) -> None:
        """What was read and ticked, with its version."""
        page, s = self._page, self._s
        told = [(line, line.notice) for line in view.lines if line.notice is not None]
        if not told:
            return
        self._both(self._words(_("送检注意事项")), s.body, bold=True)
        language: Language = "en" if self._english else "zh"
        for line, notice in told:
            head = f"{line.name.in_(language)} v{notice.version}"
            page.text(f"{head}: {notice.text.in_(language)}", Type(s.small))
            page.skip(6)
        page.skip(s.gap // 2)
        page.rule(2, dashed=True)
        page.skip(s.gap // 2)

    def foot(self, view: AppointmentView) -> None:
        page, s = self._page, self._s
        small = Type(s.small)
        until = f"{view.change_until:%Y-%m-%d %H:%M}"
        page.text(self._one(_("{time} 前可以改期或取消：扫上面的码。"), time=until), small)
        if view.complaint_phone:
            page.text(self._one(_("投诉电话 {phone}"), phone=view.complaint_phone), small)

    def _day(self, day: date) -> str:
        weekday = both(DOMAIN, WEEKDAYS[day.weekday()])
        return f"{day:%Y-%m-%d} {weekday.en if self._english else weekday.zh}"

    def _one(self, sentence: str, **places: object) -> str:
        told = self._words(sentence, **places)
        return told.en if self._english else told.zh

    def _both(self, text: Text, size: int, *, bold: bool = False, centre: bool = False) -> None:
        align: Align = "centre" if centre else "left"
        if self._english and text.en:
            self._page.text(text.en, Type(size, bold=bold), align=align)
            self._page.text(text.zh, Type(max(self._s.small, size * 2 // 3)), align=align)
        else:
            self._page.text(text.zh, Type(size, bold=bold), align=align)

    def _words(self, sentence: str, **places: object) -> Text:
        if self._english:
            return both(DOMAIN, sentence, **places)
        # Chinese alone needs no catalogue.
        return Text(zh=sentence.format(**places), en="")
