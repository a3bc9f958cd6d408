"""What every screen shares: the head with hall and clock, and the strip of buttons at the foot."""

from __future__ import annotations

from datetime import datetime

from kiosk import flow
from kiosk import model as m
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Pen, always

from . import words


def head(pen: Pen, state: m.State, area: Area, wall: datetime) -> None:
    """Hall name, the state of printer and link, the clock in the hall's zone."""
    pen.bar(area)
    pen.bar(area.bottom(pen.px(2))[0], fill="line")
    _ = pen.say
    inner = area.inset(pen.metrics.margin, pen.px(16))
    day = words.day(_, wall)
    clock = f"{wall:%H:%M}"
    wide = max(pen.width(clock, 52, bold=True), pen.width(day, "body")) + pen.px(8)
    right, left = inner.right(wide, pen.px(32))
    upper, lower = right.top(right.height * 0.58)
    pen.clock = pen.text(upper, clock, 52, bold=True, align="right", lines=1)
    pen.text(lower, day, "body", colour="ink-soft", align="right", lines=1)
    upper, lower = left.top(left.height * (0.63 if pen.metrics.portrait else 0.56))
    name = words.hall_name(state.home, state.language)
    if name:
        pen.text(upper, name, 40, bold=True, lines=2)
    _devices(pen, state, lower)


def _devices(pen: Pen, state: m.State, area: Area) -> None:
    """Printer and link, each with an icon and words: colour is never the only sign."""
    _ = pen.say
    lost = flow.stale(state)
    ill = state.printer in ("out_of_paper", "cover_open", "offline", "error")
    signs = [
        ("offline" if lost else "link", words.link(_, state), "bad" if lost else "ink-soft"),
        (
            "paper-out" if ill else "printer",
            words.printer(_, state.printer),
            "bad" if ill else "warn" if state.printer == "paper_low" else "ink-soft",
        ),
    ]
    rest = area
    for icon, label, colour in signs:
        side = min(pen.size("body") * 1.1, rest.height)
        box, rest = rest.left(side, pen.px(10))
        pen.icon(box, icon, colour)
        box, rest = rest.left(min(pen.width(label, "body") + pen.px(6), rest.width), pen.px(28))
        pen.text(box, label, "body", colour=colour, lines=1)


def strip(pen: Pen, state: m.State, area: Area, *, first: tuple[str, str, str, m.Touch] | None) -> None:
    """The buttons at the foot. ``first``: name, icon, label and touch of the one on the left."""
    pen.bar(area)
    pen.bar(area.top(pen.px(2))[0], fill="line")
    _ = pen.say
    buttons: list[tuple[str, str, str, m.Touch]] = []
    if first is not None:
        buttons.append(first)
    # The name of the other language stands in that language.
    other = "English" if state.language == "zh" else "中文"
    buttons.append(("language", "language", other, m.LanguageTouched()))
    buttons.append(("large", "large-text", _("标准字") if state.large else _("大字"), m.LargeTouched()))
    if state.rules.voice_offered:
        buttons.append(("voice", "volume", _("关闭语音") if state.voice else _("语音"), m.VoiceTouched()))
    buttons.append(("help", "help", _("帮助"), m.HelpTouched()))
    row = area.inset(pen.metrics.margin - pen.px(16), pen.px(4))
    for cell, (name, icon, label, touch) in zip(
        row.columns(len(buttons), pen.metrics.gap), buttons, strict=True
    ):
        pen.button(cell, name, label, always(touch), kind="quiet", icon=icon, size="body", stacked=True)


def notices_button(pen: Pen) -> tuple[str, str, str, m.Touch]:
    _ = pen.say
    return ("notices", "notices", _("公示信息"), m.NoticesTouched())


def home_button(pen: Pen) -> tuple[str, str, str, m.Touch]:
    _ = pen.say
    return ("home", "home", _("首页"), m.HomeTouched())


def frame(
    pen: Pen,
    state: m.State,
    wall: datetime,
    *,
    first: tuple[str, str, str, m.Touch] | None = None,
    foot: bool = True,
) -> Area:
    """Draw head and foot; the area between them, inside its margins."""
    portrait = pen.metrics.portrait
    top, rest = pen.page.top(pen.px(164 if portrait else 132) * (1.12 if state.large else 1))
    head(pen, state, top, wall)
    if foot:
        high = max(
            pen.metrics.target + pen.px(8), pen.px(168 if portrait else 152) * (1.1 if state.large else 1)
        )
        bottom, rest = rest.bottom(high)
        strip(pen, state, bottom, first=first)
    return rest.inset(pen.metrics.margin, pen.px(40 if portrait else 32))
