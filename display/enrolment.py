"""What the display shows before it is a hall's own: a code for a manager to type, or why there is none."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from server.device.pairing import Asking, Paired, Showing, Stage, Trouble
from server.device.secure import Fault
from server.protocol.language import both
from server.protocol.views import Text

from .link import Now
from .scene import NOWHERE, Room


@dataclass(frozen=True, slots=True)
class EnrolScene:
    """``code``: in two halves, or empty. ``left``: how long it is good for."""

    title: Text
    stopped: bool
    code: tuple[str, str] | None
    left: str
    steps: tuple[Text, ...]
    note: Text
    advice: Text
    """For the technician; empty as a rule."""
    server: str
    bad: bool = False
    """There is no code, and somebody has to see to that."""
    kind: Literal["enrol"] = "enrol"


@dataclass(frozen=True, slots=True)
class Seen:
    scene: EnrolScene
    now: Now


class Enrolment:
    """As a ``Watch``, for a screen that has no hall yet."""

    def __init__(
        self, server: str, *, stopped: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._server = server
        self._stopped = stopped
        self._clock = clock
        self._stage: Stage = Asking()
        self.wake: Callable[[], None] = lambda: None

    def show(self, stage: Stage) -> None:
        self._stage = stage
        self.wake()

    def look(self, room: Room) -> Seen:
        ticks = self._clock()
        return Seen(
            enrol_scene(self._stage, ticks, self._server, stopped=self._stopped),
            Now(datetime.now(UTC), ticks),
        )


def enrol_scene(stage: Stage, ticks: float, server: str, *, stopped: bool = False) -> EnrolScene:
    """What to show at ``stage``; total."""
    code, left, advice, note, bad = None, "", NOWHERE, NOWHERE, False
    match stage:
        case Showing():
            code = (stage.code[:4], stage.code[4:])
            seconds = stage.left(ticks)
            left = f"{seconds // 60}:{seconds % 60:02}"
            if not stage.reached:
                note = both("display", "暂时连不上服务器，正在自动重试")
        case Asking():
            note = trouble(stage.trouble)
            advice, bad = _advice(stage.fault), bool(stage.trouble)
        case Paired():
            note = both("display", "配对成功，正在启动")
    title = both("display", "此设备已被停用") if stopped else both("display", "设备配对")
    steps = (
        both("display", "请管理员登录管理页，打开“设备”"),
        both("display", "输入此配对码，给设备取名"),
        both("display", "本屏会自动开始工作"),
    )
    return EnrolScene(title, stopped, code, left, steps, note, advice, server, bad)


def trouble(why: Trouble) -> Text:
    """Why there is no code."""
    match why:
        case "unreached":
            return both("display", "连不上服务器，请检查网线和服务器地址")
        case "certificate":
            return both("display", "服务器的证书不可信，没有连接")
        case "busy":
            return both("display", "申请配对的设备太多，请稍候，会自动重试")
        case "unknown":
            return both("display", "服务器不支持设备配对，请先升级服务器")
        case _:
            return both("display", "正在向服务器申请配对码")


def _advice(fault: Fault) -> Text:
    """What a technician does about the server's certificate."""
    match fault:
        case "authority":
            return both("display", "请从服务器复制本厅的 ca.pem，并写入配置 [server] ca_file")
        case "name":
            return both(
                "display", "证书上的名称与配置 [server] url 不一致：请改地址，或在服务器上重新生成证书"
            )
        case "not_yet":
            return both("display", "证书尚未生效：请校准本机时钟")
        case "expired":
            return both("display", "证书已过期：请在服务器上重新生成，并检查本机时钟")
        case "plain":
            return both("display", "服务器没有使用 TLS：请检查配置 [server] url 的协议和端口")
        case _:
            return NOWHERE
