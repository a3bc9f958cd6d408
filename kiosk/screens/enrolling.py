"""A kiosk that is no hall's own yet, or no longer: the code, what to do with it, or why it does not serve.

Who stands there may be a technician or a customer, and reads one of two languages: all is said in both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk import model as m
from kiosk.widgets.area import Area
from kiosk.widgets.pen import Line, Pen, Tone
from server.device.pairing import Asking, Paired, Showing, Stage, Trouble
from server.device.secure import Fault
from server.protocol.language import catalogue

Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """``stage``: None while it is stopped and nobody wishes to pair it. ``left``: seconds of the code."""

    stage: Stage | None
    left: int
    server: str


def draw(pen: Pen, at: Enrolment) -> None:
    if at.stage is None:
        _stopped(pen)
        return
    body = _frame(pen, at)
    match at.stage:
        case Showing():
            _code(pen, body, at.stage, at.left)
        case Asking():
            why, icon, tone = _why(at.stage.trouble)
            _say(pen, body, why, icon, tone, ADVICE.get(at.stage.fault))
        case Paired():
            _say(pen, body, lambda _: _("配对成功，正在启动"), "check", "good")


def technician(pen: Pen, *, pairing: bool) -> None:
    """What the technician may do, after the PIN."""
    body = _margins(pen)
    _ = catalogue("kiosk", "zh")
    title, rest = body.top(pen.px(160), pen.px(40))
    _both(pen, title, lambda _: _("技术人员"), 64)
    again = (lambda _: _("换一个配对码")) if pairing else (lambda _: _("重新配对这台机器"))
    choices: list[tuple[str, str, Say2, m.Touch]] = [
        ("enrol:again", "retry", again, m.RetryTouched()),
        ("staff:close", "exit", lambda _: _("退出程序"), m.StaffTouched("close")),
        ("home-button", "back", lambda _: _("返回"), m.HomeTouched()),
    ]
    high = min(pen.px(220), (rest.height - 2 * pen.metrics.gap) / 3)
    rows = rest.top(high * 3 + pen.metrics.gap * 2)[0].rows(3, pen.metrics.gap)
    for cell, (name, icon, say, touch) in zip(rows, choices, strict=True):
        pen.touch(cell, name, say(_), _always(touch))
        left, text = cell.inset(pen.px(40), pen.px(20)).left(pen.px(80), pen.px(36))
        pen.icon(left, icon, "accent")
        _both(pen, text, say, 44)


Say2 = Callable[[Say], str]
"""A sentence, said by the catalogue that it is given."""


def _always(touch: m.Touch) -> Callable[[], m.Touch]:
    return lambda: touch


def _both(pen: Pen, area: Area, say: Say2, size: float, *, colour: str = "ink", align: str = "left") -> None:
    """A sentence in Chinese and, smaller below it, in English."""
    lines = [
        Line(say(catalogue("kiosk", "zh")), size, bold=True, colour=colour, even=True),
        Line(say(catalogue("kiosk", "en")), max(30, size * 0.6), colour="ink-soft", even=True),
    ]
    pen.stack(area, lines, align=align, gap=pen.px(4))


def _margins(pen: Pen) -> Area:
    return pen.page.inset(pen.px(72), pen.px(72 if pen.metrics.portrait else 48))


def _frame(pen: Pen, at: Enrolment) -> Area:
    """The title above, the server's address below; what is between them."""
    body = _margins(pen)
    top, body = body.top(pen.px(190 if pen.metrics.portrait else 140), pen.px(24))
    badge, text = top.left(pen.px(130 if pen.metrics.portrait else 116), pen.px(36))
    pen.badge(badge, "link", "accent")
    _both(pen, text, lambda _: _("设备配对"), 64)
    foot, body = body.bottom(pen.px(44), pen.px(28))
    _ = catalogue("kiosk", "zh")
    pen.text(foot, _("服务器 {url}").format(url=at.server), "body", colour="ink-soft", lines=1)
    return body


def _code(pen: Pen, body: Area, at: Showing, left: int) -> None:
    portrait = pen.metrics.portrait
    card, steps = body.top(body.height * (0.5 if portrait else 0.54), pen.px(64 if portrait else 40))
    pen.card(card)
    inner = card.inset(pen.px(56), pen.px(32))
    note, digits = inner.bottom(pen.px(112), pen.px(8))
    if portrait:
        for row, part in zip(digits.rows(2, pen.px(64)), (at.code[:4], at.code[4:]), strict=True):
            pen.number(row, part)
    else:
        pen.number(digits.inset(0, pen.px(12)), f"{at.code[:4]} {at.code[4:]}")
    if at.reached:
        told = f"{left // 60}:{left % 60:02}"
        _both(pen, note, lambda _: _("有效时间还剩 {left}").format(left=told), 40, align="center")
    else:
        _both(pen, note, lambda _: _("暂时连不上服务器，正在自动重试"), 40, colour="bad", align="center")
    gap = pen.px(32)
    cells = steps.rows(len(STEPS), gap) if portrait else steps.columns(len(STEPS), gap)
    for index, (cell, say) in enumerate(zip(cells, STEPS, strict=True)):
        _step(pen, cell, str(index + 1), say)


def _step(pen: Pen, cell: Area, nth: str, say: Say2) -> None:
    """One thing to do: its number in a circle, the sentence beside it, in both languages."""
    side = pen.px(84)
    left, text = cell.left(side, pen.px(28))
    disc = left.top(side)[0] if not pen.metrics.portrait else left.middle(side, side)
    pen.card(disc, fill="accent-soft", line=None)
    pen.text(disc, nth, 44, bold=True, colour="accent", align="center", lines=1)
    lines = [
        Line(say(catalogue("kiosk", "zh")), 42, bold=True),
        Line(say(catalogue("kiosk", "en")), 30, colour="ink-soft"),
    ]
    if pen.metrics.portrait:
        pen.stack(text, lines, gap=pen.px(6))
    else:
        pen.stack(text, lines, gap=pen.px(6), valign="top")


STEPS: tuple[Say2, ...] = (
    lambda _: _("请管理员登录管理页，打开“设备”"),
    lambda _: _("输入此配对码，给设备取名"),
    lambda _: _("本机会自动开始工作"),
)


def _why(trouble: Trouble) -> tuple[Say2, str, Tone]:
    """Why there is no code yet."""
    match trouble:
        case "unreached":
            return lambda _: _("连不上服务器，请检查网线和服务器地址"), "offline", "bad"
        case "certificate":
            return lambda _: _("服务器的证书不可信，没有连接"), "lock", "bad"
        case "busy":
            return lambda _: _("申请配对的设备太多，请稍候，会自动重试"), "hourglass", "warn"
        case "unknown":
            return lambda _: _("服务器不支持设备配对，请先升级服务器"), "warning", "bad"
        case _:
            return lambda _: _("正在向服务器申请配对码"), "clock", "accent"


ADVICE: dict[Fault, Say2] = {
    "authority": lambda _: _("请从服务器复制本厅的 ca.pem，并写入配置 [server] ca_file"),
    "name": lambda _: _("证书上的名称与配置 [server] url 不一致：请改地址，或在服务器上重新生成证书"),
    "not_yet": lambda _: _("证书尚未生效：请校准本机时钟"),
    "expired": lambda _: _("证书已过期：请在服务器上重新生成，并检查本机时钟"),
    "plain": lambda _: _("服务器没有使用 TLS：请检查配置 [server] url 的协议和端口"),
}
"""What a technician does about the server's certificate."""


def _say(pen: Pen, body: Area, say: Say2, icon: str, tone: Tone, advice: Say2 | None = None) -> None:
    """One thing, in the middle."""
    pen.card(body)
    inner = body.inset(pen.px(80), pen.px(56))
    lines = [
        Line(say(catalogue("kiosk", "zh")), 60, bold=True, even=True),
        Line(say(catalogue("kiosk", "en")), 38, colour="ink-soft", even=True),
    ]
    if advice is not None:
        lines.append(Line(advice(catalogue("kiosk", "zh")), 42, even=True))
        lines.append(Line(advice(catalogue("kiosk", "en")), 30, colour="ink-soft", even=True))
    _block(pen, inner, icon, tone, lines)


def _block(pen: Pen, inner: Area, icon: str, tone: Tone, lines: list[Line]) -> None:
    """An icon above lines, together in the middle of ``inner``."""
    side = min(pen.px(220), inner.height * 0.28)
    gap = pen.px(20)
    high = sum(pen.height(one.text, inner.width, one.size, bold=one.bold) for one in lines)
    tall = min(inner.height, side + pen.px(48) + high + gap * (len(lines) - 1) + pen.px(8))
    block = inner.middle(inner.width, tall)
    top, texts = block.top(side, pen.px(48))
    pen.badge(top, icon, tone)
    pen.stack(texts, lines, align="center", gap=gap)


def _stopped(pen: Pen) -> None:
    """The server knows this kiosk no longer: who wants something goes to the desk."""
    body = _margins(pen)
    foot, body = body.bottom(pen.px(150 if pen.metrics.portrait else 110), pen.px(32))
    zh, en = catalogue("kiosk", "zh"), catalogue("kiosk", "en")
    pen.card(body)
    inner = body.inset(pen.px(80), pen.px(56))
    lines = [
        Line(_OUT(zh), 72, bold=True, even=True),
        Line(_DESK(zh), 46, even=True),
        Line(_OUT(en), 42, bold=True, colour="ink-soft", even=True),
        Line(_DESK(en), 34, colour="ink-soft", even=True),
    ]
    _block(pen, inner, "closed", "bad", lines)
    lines = [Line(_HINT(zh), 30, colour="ink-soft"), Line(_HINT(en), 28, colour="ink-soft")]
    pen.stack(foot, lines, align="center", gap=pen.px(4))


_OUT: Say2 = lambda _: _("此设备已被停用")  # noqa: E731  # a sentence, as all others here
_DESK: Say2 = lambda _: _("请到服务台，由工作人员为您办理。")  # noqa: E731
_HINT: Say2 = lambda _: _("技术人员：按住左上角 5 秒，输入密码，可以重新配对")  # noqa: E731
