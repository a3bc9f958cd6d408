"""Pages to read: notices and disclosure (公示), and help; one at a time, no scrolling."""

from __future__ import annotations

from datetime import datetime

from kiosk import model as m
from kiosk.widgets.pen import Pen
from server.protocol.views import Notice

from . import words
from .frame import frame


def draw(pen: Pen, state: m.State, screen: m.Notices | m.Guidance, wall: datetime) -> None:
    _ = pen.say
    home = state.home
    pages: tuple[Notice, ...] = ()
    if home is not None:
        pages = home.notices if isinstance(screen, m.Notices) else home.guidance
    body = frame(pen, state, wall, first=None)
    back: m.Touch = m.HomeTouched() if isinstance(screen, m.Notices) else m.BackTouched()
    top, rest = body.top(pen.size(56) * 1.5, pen.px(24))
    heading, count = top.columns(2, pen.px(24))
    pen.text(heading, words.title(_, state), 56, bold=True, lines=1)
    actions, rest = rest.bottom(max(pen.px(176), pen.metrics.target), pen.px(36))
    left, middle, right = actions.columns(3, pen.metrics.gap)
    pen.button(left, "back", _("返回"), lambda: back, kind="primary", icon="back", size=44)
    pen.card(rest)
    inner = rest.inset(pen.px(64), pen.px(40))
    if not pages:
        pen.text(inner, _("请到服务台询问工作人员。"), "title", align="center")
        return
    page = screen.page % len(pages)
    if page > 0:
        pen.button(
            middle, "page:previous", _("上一页"), lambda: m.PageTouched(page - 1), icon="previous", size=44
        )
    if page < len(pages) - 1:
        pen.button(right, "page:next", _("下一页"), lambda: m.PageTouched(page + 1), icon="next", size=44)
    # Beside the heading: on a low screen every line belongs to the page's own words.
    pen.text(
        count,
        _("第{page}页，共{pages}页").format(page=page + 1, pages=len(pages)),
        "body",
        colour="ink-soft",
        align="right",
        lines=1,
    )
    notice = pages[page]
    title = notice.title.in_(state.language)
    high = min(pen.height(title, inner.width, 60, bold=True), inner.height * 0.35)
    head, inner = inner.top(high, pen.px(28))
    pen.text(head, title, 60, bold=True, colour="accent")
    pen.text(inner, notice.body.in_(state.language), 44, valign="top")
