"""Certificates: the list to print or take away from, and the address for the phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from kiosk import collecting as c
from kiosk import model as m
from kiosk.devices import ILL
from kiosk.flows import certifying as rules
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Pen, Tone, always
from server.protocol.pickup import CertificateView

from . import rows, words
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
