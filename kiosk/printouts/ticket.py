"""The printed ticket: pure composition from what the server answered.

The number dominates; what follows is in the order in which a person needs it: how long, where to follow
it, what to have ready, what happens when the call is missed, whom to complain to. Chinese, or English with
Chinese beneath when the person chose English.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hardware.printers.base import DOTS, Sheet, Width
from kiosk.alone import GivenAlone
from server.protocol.booking import LineView, OrderView, Verdict
from server.protocol.codes import NUMBER_DIGITS, spaced
from server.protocol.language import both
from server.protocol.pickup import PickupView
from server.protocol.views import Text, TicketIssued, WaitRange

from .page import Page, Type, fitted
from .symbol import QUIET, qr_symbol

DOMAIN = "ticket"
MOST_PIECES = 12
"""Lines of instruments on a pick-up ticket; the counter sees them all."""


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue; it is translated when a ticket is composed."""
    return sentence


@dataclass(frozen=True, slots=True)
class Sizes:
    """A width of paper: the sizes of type and the spaces, in dots."""

    margin: int
    hall: int
    service: int
    number: int
    figure: int
    label: int
    body: int
    small: int
    module: int
    """Dots a module of the QR Code."""
    gap: int
    columns: bool
    """Whether the two figures stand side by side."""


SIZES: dict[Width, Sizes] = {
    80: Sizes(24, 30, 42, 236, 42, 25, 29, 24, 6, 20, columns=True),
    58: Sizes(20, 26, 34, 168, 34, 24, 25, 22, 5, 16, columns=False),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the number was taken for: the order, and the slot where it was booked."""

    order: OrderView
    slot: tuple[datetime, datetime] | None = None


def compose_ticket(
    ticket: TicketIssued,
    *,
    width_mm: Width,
    printed_at: datetime,
    reprint: bool = False,
    visit: Facts | None = None,
    pickup: PickupView | None = None,
) -> Sheet:
    """The paper for ``ticket``, its ``job`` the ticket's number.

    ``printed_at`` is now, with an offset: printed on a reprint only, in the hall's zone, which is the offset
    that ``issued_at`` carries. A sign that the font lacks is printed as a box and logged. Raises ValueError
    when the address for the QR Code is not ASCII.
    """
    sizes = SIZES[width_mm]
    page = Page(DOTS[width_mm], sizes.margin)
    sheet = _Ticket(page, sizes, english=ticket.language == "en")
    page.skip(8)
    if reprint:
        sheet.reprint_mark(printed_at.astimezone(ticket.issued_at.tzinfo))
    sheet.head(ticket)
    if isinstance(ticket, GivenAlone):
        sheet.alone(ticket)
    else:
        sheet.figures(ticket)
    if visit is not None:
        sheet.visit(visit)
    if pickup is not None:
        sheet.pickup(pickup)
    sheet.follow(ticket.url, later=isinstance(ticket, GivenAlone))
    sheet.advice(ticket)
    if visit is not None:
        sheet.acknowledged(visit.order)
    sheet.foot(ticket)
    page.skip(16)
    return Sheet(page.finish(), job=ticket.number, title=f"{ticket.number} {ticket.service_name.zh}")


def wait_words(wait: WaitRange) -> Text:
    """A range of minutes as people say it; every word of it is true for the range."""
    if wait.high <= 0:
        return both(DOMAIN, "马上")
    if wait.low == wait.high:
        return both(DOMAIN, "约 {minutes} 分钟", minutes=wait.high)
    if wait.low <= 0:
        return both(DOMAIN, "{minutes} 分钟以内", minutes=wait.high)
    return both(DOMAIN, "约 {low}–{high} 分钟", low=wait.low, high=wait.high)


class _Ticket:
    """The parts of a ticket, each put beneath the one before."""

    def __init__(self, page: Page, sizes: Sizes, *, english: bool) -> None:
        self._page = page
        self._s = sizes
        self._english = english

    def reprint_mark(self, at: datetime) -> None:
        """补打 and when, white on black: both papers carry the same number, and this one says so."""
        page, kind = self._page, Type(self._s.label, bold=True)
        words = self._words(_("补打 · {time}"), time=f"{at:%H:%M}")
        line = words.en if self._english else words.zh
        kind = fitted(line, kind.size, page.inner - 16)
        height = kind.leading + 6
        page.box(page.margin, page.top, page.inner, height)
        page.skip(3)
        page.line(line, kind, page.margin, page.inner, "centre", fill=255)
        page.skip(height - 3 + self._s.gap // 2)

    def head(self, ticket: TicketIssued) -> None:
        page, s = self._page, self._s
        self._centred(ticket.hall_name, s.hall, bold=True)
        page.skip(s.gap // 2)
        page.rule(3)
        page.skip(s.gap // 2)
        self._centred(ticket.service_name, s.service, bold=True)
        page.skip(s.gap)
        page.figures(ticket.number, fitted(ticket.number, s.number, page.inner))
        page.skip(s.gap + 4)

    def figures(self, ticket: TicketIssued) -> None:
        """How many are ahead, and about how long."""
        ahead = self._words(_("{count} 人"), count=ticket.ahead)
        wait = wait_words(ticket.wait)
        pairs = ((self._words(_("前面等候")), ahead), (self._words(_("预计等候")), wait))
        if self._s.columns:
            self._columns(pairs)
        else:
            self._rows(pairs)
        self._page.skip(self._s.gap)
        self._page.rule(2)

    def alone(self, ticket: GivenAlone) -> None:
        """In place of the figures, which nobody knows: given without the server, and good all the same."""
        page, s = self._page, self._s
        counts = self._words(_("离线取号 · 号码有效"))
        if self._english:
            page.text(counts.en, fitted(counts.en, s.figure - 6, page.inner), align="centre")
            page.text(counts.zh, Type(s.small, bold=True), align="centre")
        else:
            page.text(counts.zh, fitted(counts.zh, s.figure - 6, page.inner), align="centre")
        page.skip(6)
        self._centred(self._words(_("等候时间暂时不知道，请留意叫号与屏幕。")), s.label, bold=False)
        if ticket.slot is not None:
            start, end = ticket.slot
            page.skip(s.gap // 2)
            booked = self._words(_("预约 {start}–{end}"), start=f"{start:%H:%M}", end=f"{end:%H:%M}")
            self._centred(booked, s.body, bold=True)
            self._centred(self._words(_("样品标签稍后补打，或到窗口领取。")), s.label, bold=False)
        page.skip(s.gap)
        page.rule(2)

    def visit(self, facts: Facts) -> None:
        """The slot, while one waits or when promised, what was handed in, and the case number."""
        page, s = self._page, self._s
        page.skip(s.gap // 2)
        body, small = Type(s.body, bold=True), Type(s.small)
        if facts.slot is not None:
            start, end = facts.slot
            self._paragraphs(
                self._words(_("预约 {start}–{end}"), start=f"{start:%H:%M}", end=f"{end:%H:%M}"), body, small
            )
        self._paragraphs(self._verdict(facts.order.verdict), body, small)
        for line in facts.order.lines:
            named = self._words(_("{item} × {pieces} 件"), item=self._name(line), pieces=line.pieces)
            page.text(named.en if self._english else named.zh, small)
        number = facts.order.number
        number = spaced(number) if len(number) == NUMBER_DIGITS else number
        self._paragraphs(self._words(_("单号 {number}"), number=number), small, small)
        page.skip(s.gap // 2)
        page.rule(2)

    def pickup(self, view: PickupView) -> None:
        """The case, and what of it can be collected now."""
        page, s = self._page, self._s
        page.skip(s.gap // 2)
        body, small = Type(s.body, bold=True), Type(s.small)
        told = (
            self._words(_("全部可取：{count} 件"), count=view.ready)
            if view.complete
            else self._words(_("可取 {ready} 件，共 {count} 件"), ready=view.ready, count=len(view.pieces))
        )
        self._paragraphs(told, body, small)
        ready = [piece for piece in view.pieces if piece.ready]
        for piece in ready[:MOST_PIECES]:
            name = piece.item.in_("en" if self._english else "zh")
            line = self._words(_("第 {index} 件 {item}"), index=piece.index, item=name)
            page.text(line.en if self._english else line.zh, small)
        if len(ready) > MOST_PIECES:
            more = self._words(_("等共 {count} 件"), count=len(ready))
            page.text(more.en if self._english else more.zh, small)
        number = spaced(view.number) if len(view.number) == NUMBER_DIGITS else view.number
        self._paragraphs(self._words(_("单号 {number}"), number=number), small, small)
        self._paragraphs(self._words(_("取件时请出示取件码。")), body, small)
        page.skip(s.gap // 2)
        page.rule(2)

    def acknowledged(self, order: OrderView) -> None:
        """Which versions of the notices were read, in small print."""
        read = [
            f"{self._name(line)} v{line.notice.version}" for line in order.lines if line.notice is not None
        ]
        if not read:
            return
        told = self._words(
            _("送检注意事项已阅：{read}"), read=", ".join(read) if self._english else "、".join(read)
        )
        self._page.text(told.en if self._english else told.zh, Type(self._s.small))
        self._page.skip(self._s.gap // 2)

    def _name(self, line: LineView) -> str:
        return line.name.in_("en" if self._english else "zh")

    def _verdict(self, verdict: Verdict) -> Text:
        if verdict.while_you_wait:
            minutes = wait_words(verdict.ready)
            zh = self._words(_("立等可取 · {minutes}"), minutes=minutes.zh).zh
            return Text(zh=zh, en=self._words(_("立等可取 · {minutes}"), minutes=minutes.en).en)
        day = f"{verdict.promise_by:%Y-%m-%d}"
        if verdict.provisional:
            return self._words(_("普通 · 承诺 {day} 前完成（暂估）"), day=day)
        return self._words(_("普通 · 承诺 {day} 前完成"), day=day)

    def follow(self, url: str, *, later: bool = False) -> None:
        """The QR Code to the live page, and beside it what it is for and that it is not needed.

        ``later``: the page is there once the number has been handed in.
        """
        page, s = self._page, self._s
        symbol = qr_symbol(url, s.module)
        quiet = QUIET * s.module
        top = page.top + quiet
        page.picture(symbol, max(page.margin, quiet), top)
        left = max(page.margin, quiet) + symbol.width + quiet
        width = page.width - page.margin - left
        texts = self._follow_texts(later=later)
        height = sum(len(kind.lines(text, width)) * kind.leading + 8 for text, kind in texts) - 8
        page.top = max(top, top + (symbol.height - height) // 2)
        for text, kind in texts:
            page.text(text, kind, left=left, width=width)
            page.skip(8)
        page.top = max(page.top - 8, top + symbol.height) + quiet
        page.rule(2)
        page.skip(s.gap - 6)

    def advice(self, ticket: TicketIssued) -> None:
        page, s = self._page, self._s
        size = s.body - 3 if self._english else s.body
        self._paragraphs(ticket.bring, Type(size, bold=True), Type(s.small, bold=True))
        page.skip(s.gap // 2)
        self._paragraphs(ticket.missed_rule, Type(size), Type(s.small))
        page.skip(s.gap - 6)
        page.rule(2, dashed=True)
        page.skip(s.gap // 2)

    def foot(self, ticket: TicketIssued) -> None:
        """The complaint phone and the time of issue, on one line where they fit."""
        page, small = self._page, Type(self._s.small)
        issued = self._words(_("{time} 取号"), time=f"{ticket.issued_at:%Y-%m-%d %H:%M}")
        phone = self._words(_("投诉电话 {phone}"), phone=ticket.complaint_phone)
        left, right = (phone.en, issued.en) if self._english else (phone.zh, issued.zh)
        if not ticket.complaint_phone:
            page.text(right, small)
        elif small.width(left) + small.width(right) + 24 <= page.inner:
            page.line(left, small, page.margin, page.inner)
            page.line(right, small, page.margin, page.inner, "right")
            page.skip(small.leading)
        else:
            page.text(left, small)
            page.text(right, small)

    def _follow_texts(self, *, later: bool) -> list[tuple[str, Type]]:
        s = self._s
        title = self._words(_("系统恢复后扫码看进度")) if later else self._words(_("扫码看进度"))
        hint = self._words(_("不用手机也可以：请留意大屏和语音叫号。"))
        if not self._english:
            return [(title.zh, Type(s.body, bold=True)), (hint.zh, Type(s.small))]
        return [
            (title.en, Type(s.body, bold=True)),
            (hint.en, Type(s.small)),
            (title.zh, Type(s.small)),
        ]

    def _columns(self, pairs: tuple[tuple[Text, Text], ...]) -> None:
        page = self._page
        top = bottom = page.top
        # The range of minutes is the longer text: it gets three fifths.
        split = page.inner * 2 // 5
        columns = ((page.margin, split), (page.margin + split, page.inner - split))
        for (label, value), (left, width) in zip(pairs, columns, strict=True):
            page.top = top
            for text, kind in self._stack(label, value, width - 16):
                page.line(text, kind, left, width, "centre")
                page.skip(kind.leading)
            bottom = max(bottom, page.top)
        page.box(page.margin + split, top + 6, 2, bottom - top - 12)
        page.top = bottom

    def _rows(self, pairs: tuple[tuple[Text, Text], ...]) -> None:
        page, s = self._page, self._s
        for label, value in pairs:
            name = Type(s.label)
            words = label.en if self._english else label.zh
            figure = fitted(
                value.en if self._english else value.zh,
                s.figure,
                page.inner - round(name.width(words)) - 16,
            )
            room = max(figure.leading, name.leading)
            row = page.top
            page.top = row + (room - name.leading)
            page.line(words, name, page.margin, page.inner)
            page.top = row + (room - figure.leading)
            page.line(value.en if self._english else value.zh, figure, page.margin, page.inner, "right")
            page.top = row + room
            if self._english:
                small = Type(s.small)
                page.line(label.zh, small, page.margin, page.inner)
                page.line(value.zh, small, page.margin, page.inner, "right")
                page.skip(small.leading)

    def _stack(self, label: Text, value: Text, width: int) -> list[tuple[str, Type]]:
        s = self._s
        if not self._english:
            return [(label.zh, Type(s.label)), (value.zh, fitted(value.zh, s.figure, width))]
        beneath = f"{label.zh} {value.zh}"
        return [
            (label.en, fitted(label.en, s.label, width, bold=False)),
            (value.en, fitted(value.en, s.figure, width)),
            (beneath, fitted(beneath, s.small, width, bold=False)),
        ]

    def _centred(self, text: Text, size: int, *, bold: bool) -> None:
        if self._english and text.en:
            self._heading(text.en, size, bold=bold)
            self._heading(text.zh, max(self._s.small, size * 2 // 3), bold=bold)
        else:
            self._heading(text.zh, size, bold=bold)

    def _heading(self, text: str, size: int, *, bold: bool) -> None:
        """On two lines at most: a long name is set smaller, down to the smallest type."""
        kind = Type(size, bold=bold)
        while kind.size > self._s.small and len(kind.lines(text, self._page.inner, balanced=True)) > 2:
            kind = Type(kind.size - 2, bold=bold)
        self._page.text(text, kind, align="centre")

    def _paragraphs(self, text: Text, kind: Type, beneath: Type) -> None:
        if self._english and text.en:
            self._page.text(text.en, kind)
            self._page.text(text.zh, beneath)
        else:
            self._page.text(text.zh, kind)

    def _words(self, sentence: str, **places: object) -> Text:
        if self._english:
            return both(DOMAIN, sentence, **places)
        # Chinese alone needs no catalogue.
        return Text(zh=sentence.format(**places), en="")
