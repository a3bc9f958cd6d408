"""Certificates: the list, the address for the phone, and the paper that comes out one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from kiosk import collecting as c
from kiosk import model as m
from kiosk.devices import ILL, TROUBLES
from kiosk.flows import certifying as rules
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Pen, Tone, always
from server.protocol.pickup import CertificateView

from . import rows, titles, words
from .collecting import head, head_height
from .frame import frame, home_button
from .message import Action, message

NewKey = Callable[[], str]


def listed(pen: Pen, state: m.State, screen: c.Certificates, wall: datetime, new_key: NewKey) -> None:
    _ = pen.say
    body = frame(pen, state, wall, first=home_button(pen))
    view = screen.view
    if not view.certificates:
        message(
            pen,
            body,
            icon="hourglass",
            tone="accent",
            title=words.title(_, state),
            lines=(
                _("还有 {count} 件没有出证书；出来后会通知您。").format(count=view.pending),
                _("也可以随时来这里查询。"),
            ),
            actions=(Action("back", _("返回"), m.BackTouched, "primary", "back"),),
        )
        return
    printable = rules.printable(state, screen)
    many = len(printable) > 1
    told = _trouble(pen, state, screen)
    if pen.metrics.portrait:
        top, rest = body.top(head_height(pen, state, body.width), pen.px(24))
        foot, rest = rest.bottom(rows.foot_height(pen), pen.px(24))
        if many:
            action, rest = rest.bottom(pen.px(180), pen.px(24))
        if told:
            note, rest = rest.bottom(_note_height(pen, told, rest.width), pen.px(24))
        items = rest
    else:
        left, items = body.left(body.width * 0.36, pen.px(40))
        top, rest = left.top(head_height(pen, state, left.width), pen.px(24))
        foot, items = items.bottom(rows.foot_height(pen), pen.px(20))
        if many:
            action, rest = rest.bottom(pen.px(170), pen.px(24))
        if told:
            note = rest.top(min(_note_height(pen, told, rest.width), rest.height))[0]
    head(pen, state, top, "certificate", "accent", view.number, view.who)
    made = [_row(pen, state, one, new_key) for one in view.certificates]
    now, pages = rows.listed(pen, items, made, screen.page, least=190, most=250)
    rows.foot(pen, foot, now, pages, back=m.BackTouched)
    if told:
        _note(pen, note, told)
    if many:
        label = _("全部打印（{count} 份）").format(count=len(printable))
        pen.button(
            action,
            "print-all",
            label,
            lambda: c.PrintTouched(new_key()),
            kind="primary",
            icon="printer",
            size=52,
        )


def _row(pen: Pen, state: m.State, one: CertificateView, new_key: NewKey) -> rows.Row:
    _ = pen.say
    tone: Tone = "good" if one.conclusion != "unqualified" else "warn"
    if one.state in ("superseded", "revoked"):
        tone = "bad"
    name = one.item.in_(pen.language)
    what = _("{first} · {second}").format(
        first=one.kind_name.in_(pen.language), second=one.conclusion_name.in_(pen.language)
    )
    which = " · ".join(part for part in (one.number, one.serial) if part)
    keys = []
    note = _("还可以打印 {count} 份").format(count=one.prints_left)
    if one.specimen:
        note = _("样张，不能作凭据")
    if rules.may_print(one) and state.documents != "none":
        keys.append(
            rows.Key(
                f"print:{one.id}",
                "printer",
                _("打印"),
                lambda: c.PrintTouched(new_key(), one.id),
                "plain",
            )
        )
    elif one.why is not None:
        note = one.why.in_(pen.language)
    elif state.documents == "none":
        note = _("可以用手机下载")
    else:
        note = _("自助打印次数已用完，请找工作人员")
    if rules.may_download(one):
        keys.append(rows.Key(f"download:{one.id}", "phone", _("下载"), always(c.DownloadTouched(one.id))))
    return rows.Row(
        "certificate",
        tone,
        (
            Line(name, 36, bold=True, lines=2),
            Line(what, 32, bold=True, colour=tone, lines=2),
            Line(which, 28, lines=2),
            Line(note, 28, colour="ink-soft", lines=2),
        ),
        tuple(keys),
    )


def _trouble(pen: Pen, state: m.State, screen: c.Certificates) -> str:
    """What to know before printing: the printer's state, or pieces whose certificates are to come."""
    _ = pen.say
    if state.documents in ILL and rules.printable(state, screen):
        return _("{trouble}：可以先用手机下载，或请工作人员处理后再打印。").format(
            trouble=words.document_printer(_, state.documents)
        )
    if screen.view.pending:
        return _("还有 {count} 件没有出证书；出来后会通知您。").format(count=screen.view.pending)
    return ""


def _note_height(pen: Pen, told: str, width: float) -> float:
    return max(pen.px(100), pen.height(told, width - pen.px(56 + 56 + 20), 32) + pen.px(36))


def _note(pen: Pen, area: Area, told: str) -> None:
    pen.card(area, fill="warn-soft", line="warn")
    left, text = area.inset(pen.px(28), pen.px(12)).left(pen.px(56), pen.px(20))
    pen.icon(left, "info", "warn")
    pen.text(text, told, 32, even=True)


# ---- for the phone ---------------------------------------------------------------------------------


def downloading(pen: Pen, state: m.State, screen: c.Downloading, wall: datetime) -> None:
    _ = pen.say
    body = frame(pen, state, wall, first=home_button(pen))
    one = screen.certificate
    title = words.title(_, state)
    which = _("{first} · {second}").format(first=one.item.in_(pen.language), second=one.number)
    if screen.link is None:
        if screen.asking:
            message(pen, body, icon="phone", tone="accent", title=title, lines=(which,), busy=True)
            return
        message(
            pen,
            body,
            icon="offline" if not screen.why else "hand",
            tone="warn",
            title=_("没有取得下载地址"),
            lines=(screen.why or _("请再试一次；还是不行，请到服务台。"),),
            actions=(
                Action("back", _("返回"), m.BackTouched, icon="back"),
                Action("retry", _("再试一次"), m.RetryTouched, "primary", "retry"),
            ),
        )
        return
    zone = ZoneInfo(state.home.hall.zone) if state.home else None
    until = screen.link.expires_at.astimezone(zone)
    told = [
        Line(which, 40, bold=True, even=True),
        Line(_("用手机相机或微信扫码，就能打开 PDF 证书。"), 38, even=True),
        Line(
            _("这个二维码 {time} 前有效，请不要给别人看。").format(time=f"{until:%H:%M}"),
            34,
            colour="warn",
            even=True,
        ),
    ]
    action, rest = body.bottom(pen.px(170), pen.px(28))
    pen.button(action, "back", _("完成，返回"), m.BackTouched, kind="primary", icon="back", size="title")
    top, rest = rest.top(pen.height(title, rest.width, 56, bold=True), pen.px(24))
    pen.text(top, title, 56, bold=True, even=True)
    pen.card(rest)
    inner = rest.inset(pen.px(48), pen.px(32))
    if pen.metrics.portrait:
        text, code = inner.top(min(inner.height * 0.42, pen.px(420)), pen.px(24))
    else:
        code, text = inner.left(min(inner.height, inner.width * 0.45), pen.px(56))
    pen.code(code, screen.link.url)
    pen.stack(text, told, gap=pen.px(20))


# ---- paper -----------------------------------------------------------------------------------------


def printing(pen: Pen, state: m.State, screen: c.Printing, wall: datetime, new_key: NewKey) -> None:
    body = frame(pen, state, wall)
    _ = pen.say
    title = words.title(_, state)
    size = 44 if pen.metrics.large else 54
    high = max(pen.px(120), pen.height(title, body.width - pen.px(140), size, bold=True))
    action_high = pen.px(176)
    if pen.metrics.portrait:
        top, rest = body.top(high, pen.px(28))
        actions, rest = rest.bottom(action_high, pen.px(28))
        status, middle = rest.bottom(_status_height(pen, screen, rest.width), pen.px(28))
    else:
        left, right = body.left(body.width * 0.46, pen.px(48))
        top, rest = right.top(
            max(high, pen.height(title, right.width - pen.px(140), size, bold=True)), pen.px(24)
        )
        actions, rest = rest.bottom(action_high, pen.px(24))
        status = rest.top(min(rest.height, max(_status_height(pen, screen, rest.width), pen.px(180))))[0]
        middle = left
    tone = _tone(screen)
    badge, text = top.left(pen.px(112), pen.px(28))
    icon = "check" if rules.done(screen) else "printer" if tone == "good" else "warning"
    pen.badge(badge.middle(badge.width, badge.width), icon, tone)
    pen.text(text, title, size, bold=True, even=True)
    _sheet(pen, screen, middle)
    _status(pen, screen, status, tone)
    _actions(pen, screen, actions, new_key)


def _tone(screen: c.Printing) -> Tone:
    if rules.done(screen) or screen.stage in ("asking", "sending", "waiting", "printing", "printed"):
        return "good"
    return "bad" if screen.stage in ("refused", "failed") else "warn"


def _sheet(pen: Pen, screen: c.Printing, area: Area) -> None:
    """How far it is as squares, and the certificate at work."""
    _ = pen.say
    pen.card(area)
    inner = area.inset(pen.px(36), pen.px(28))
    bar, rest = inner.top(pen.px(28), pen.px(28))
    count = screen.count
    out = screen.out
    if count <= 12:
        for index, cell in enumerate(bar.columns(max(1, count), pen.px(8))):
            pen.card(cell, fill="good" if index < out else "line", line=None)
    else:
        pen.card(bar, fill="line", line=None)
        if out:
            pen.card(bar.left(max(bar.height, bar.width * out / count))[0], fill="good", line=None)
    one = screen.at
    side = min(rest.height * 0.6, pen.px(460))
    if pen.metrics.portrait:
        mark, text = rest.left(side, pen.px(40))
    else:
        mark, text = rest.top(min(side, rest.height * 0.4), pen.px(20))
    _paper(pen, mark.middle(side * 0.72, side) if pen.metrics.portrait else mark, screen)
    if one is None:
        pen.stack(
            text,
            [
                Line(_("请从证书打印机的出纸口取走证书。"), 40, bold=True, even=True),
                Line(_("请数一数份数，不要落下。"), 36, even=True),
            ],
            gap=pen.px(16),
        )
        return
    lines = [
        Line(one.item.in_(pen.language), 44, bold=True, lines=2, even=True),
        Line(one.kind_name.in_(pen.language), 36, lines=2),
        Line(one.number, 36, colour="ink-soft", lines=2),
    ]
    if screen.job is not None and screen.job.pages > 0:
        told = _("共 {pages} 页").format(pages=screen.job.pages)
        if screen.pages:
            told = _("已打印 {done} 页，共 {pages} 页").format(
                done=min(screen.pages, screen.job.pages), pages=screen.job.pages
            )
        lines.append(Line(told, 36, bold=True))
    pen.stack(text, lines, gap=pen.px(10))


def _paper(pen: Pen, area: Area, screen: c.Printing) -> None:
    """A sheet of A4 with the seal's place, as a sign that paper comes out."""
    high = min(area.height, area.width * 1.414)
    sheet = area.middle(high / 1.414, high)
    pen.card(sheet, line="ink-soft")
    inner = sheet.inset(sheet.width * 0.14, sheet.height * 0.1)
    mark, rest = inner.top(inner.height * 0.4, inner.height * 0.06)
    trouble = _tone(screen) not in ("good",)
    pen.icon(mark, "warning" if trouble else "certificate", _tone(screen) if trouble else "accent")
    for wide in (1.0, 1.0, 0.7):
        line, rest = rest.top(max(pen.px(6), rest.height * 0.09), rest.height * 0.12)
        pen.bar(line.left(line.width * wide)[0], fill="line")


def _told(pen: Pen, screen: c.Printing) -> tuple[str, str]:
    """What happens, what is safe, what to do."""
    _ = pen.say
    if rules.done(screen):
        return _("请取走证书。"), _("证书上有二维码，谁都可以扫码核对真伪。")
    stage = screen.stage
    said = titles.stage(_, stage)
    match stage:
        case "asking" | "sending" | "waiting" | "printing":
            return _("{stage}，请不要离开。").format(stage=said), ""
        case "stopping":
            return _("正在取消，请稍候。"), _("没有打印完的不计次数。")
        case "out_of_paper":
            return _("打印机没有纸了，正在等待加纸。"), _("已通知工作人员。加纸后会自动接着打，不计两次。")
        case "jam":
            return _("打印机卡纸了，正在等待处理。"), _(
                "已通知工作人员，请不要自己拉纸。处理后会自动接着打。"
            )
        case "cover_open":
            return _("打印机的盖子没有关好。"), _("已通知工作人员。关好后会自动接着打。")
        case "offline" | "error":
            return _("{stage}，正在等待处理。").format(stage=said), _(
                "已通知工作人员。也可以取消，改用手机下载。"
            )
        case "stopped":
            return _("已取消，这一份没有打印。"), _("没有计次数，可以再打印，也可以用手机下载。")
        case "unknown":
            return _("不能确定这一份有没有打完整。"), _("请看出纸口：完整就不用再打；不完整请找工作人员。")
        case "failed":
            return _("这一份没有打印出来。"), _("没有计次数，可以再试，也可以用手机下载。")
        case "refused":
            return screen.title or _("现在不能打印"), screen.why or _("请到服务台请工作人员帮助。")
        case _:
            return said, _("点“再试一次”是安全的，不会多计次数。")


def _status_height(pen: Pen, screen: c.Printing, width: float) -> float:
    first, second = _told(pen, screen)
    room = width - pen.px(56 + 72 + 24) - (pen.px(176) if _moving(screen) else 0)
    high = pen.height(first, room, _first(pen), bold=True) + pen.px(44)
    if second:
        high += pen.height(second, room, _small(pen)) + pen.px(8)
    return max(high, pen.px(140))


def _first(pen: Pen) -> float:
    return 34 if pen.metrics.large else 40


def _small(pen: Pen) -> float:
    return 30 if pen.metrics.large else 34


def _moving(screen: c.Printing) -> bool:
    return screen.stage in ("asking", "sending", "waiting", "printing", "stopping") and not rules.done(screen)


def _status(pen: Pen, screen: c.Printing, area: Area, tone: Tone) -> None:
    first, second = _told(pen, screen)
    pen.card(area, fill=f"{tone}-soft", line=tone)
    inner = area.inset(pen.px(28), pen.px(16))
    icon, text = inner.left(pen.px(72), pen.px(24))
    name = {"out_of_paper": "paper-out", "stopping": "cancelled"}.get(screen.stage, "printer")
    if rules.done(screen):
        name = "paper-done"
    elif screen.stage not in TROUBLES and tone != "good" and screen.stage != "stopping":
        name = "warning"
    pen.icon(icon, name, tone)
    if _moving(screen):
        dots, text = text.right(pen.px(160), pen.px(16))
        pen.dots(dots.middle(dots.width, pen.px(20)))
    pen.stack(
        text,
        [
            Line(first, _first(pen), bold=True, colour=tone, even=True),
            Line(second, _small(pen), even=True),
        ],
        gap=pen.px(8),
    )


def _actions(pen: Pen, screen: c.Printing, area: Area, new_key: NewKey) -> None:
    _ = pen.say
    if rules.busy(screen):
        if screen.job is not None and screen.stage != "stopping":
            pen.button(area, "stop", _("取消打印"), c.StopTouched, icon="cancelled", size="title")
        return
    if rules.done(screen):
        left, right = area.left(area.width * 0.42, pen.metrics.gap)
        pen.button(left, "back", _("返回"), m.BackTouched, icon="back", size=40)
        pen.button(right, "done", _("完成"), m.DoneTouched, kind="primary", icon="check", size="title")
        return
    cells: list[tuple[str, str, str, Callable[[], m.Touch]]] = [
        ("back", "back", _("返回"), m.BackTouched),
        ("done", "home", _("完成"), m.DoneTouched),
    ]
    if len(screen.left) > 1:
        cells.append(("next", "next", _("下一份"), lambda: c.NextTouched(new_key())))
    if screen.stage != "refused":
        cells.append(("again", "retry", _("再试一次"), lambda: c.AgainTouched(new_key())))
    last = len(cells) - 1
    if screen.stage == "unknown":
        # It may have come out: to print it once more is the person's choice, not the obvious one.
        last = 1
    for index, (cell, (name, icon, label, make)) in enumerate(
        zip(area.columns(len(cells), pen.metrics.gap), cells, strict=True)
    ):
        pen.button(
            cell,
            name,
            label,
            make,
            kind="primary" if index == last else "plain",
            icon=icon,
            size=34,
            stacked=True,
        )
