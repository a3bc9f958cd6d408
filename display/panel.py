"""Everything the small screen above one window shows at one moment, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from server.protocol.language import both
from server.protocol.views import CounterPanel, StaffBadge, Text
from server.protocol.words import CounterState

from .link import Link, Now, link_state
from .scene import EMPTY_FOOT, NOWHERE, FullScene, Head, Message, emergency, head, state_note
from .stage import Memory, is_lit, is_new


@dataclass(frozen=True, slots=True)
class PanelScene:
    """One window. ``number`` is empty where nobody is called or served; ``note`` says the state in words."""

    head: Head
    counter: str
    name: Text
    number: str
    lit: bool
    calling: bool
    state: CounterState
    note: Text
    service: Text
    staff: StaffBadge | None
    banner: Text
    kind: str = "panel"


def panel_scene(memory: Memory, panel: CounterPanel | None, link: Link, now: Now) -> PanelScene | FullScene:
    """What to show above the window now; total, as ``scene`` is."""
    if panel is None:
        lost = link_state(link, now) == "lost"
        title = both("display", "暂时连不上叫号系统") if lost else both("display", "正在连接")
        body = both("display", "请留意工作人员呼叫") if lost else NOWHERE
        message = Message("lost" if lost else "connecting", "offline" if lost else "clock", title, body)
        return FullScene(head(None, link, now), message, EMPTY_FOOT, "connecting")
    top = head(panel.hall, link, now)
    if panel.hall.emergency is not None:
        return FullScene(top, emergency(panel.hall.emergency), EMPTY_FOOT, "emergency")
    shown = memory.shown
    on_stage = shown is not None and shown.call.counter == panel.counter and is_new(shown, now.ticks)
    number = panel.number or ""
    if on_stage and shown is not None:
        number = shown.call.number
    lost = link_state(link, now) == "lost"
    return PanelScene(
        head=top,
        counter=panel.counter,
        name=panel.name,
        number="" if panel.state in ("closed", "paused") and not on_stage else number,
        lit=shown is None or not on_stage or is_lit(shown, now.ticks),
        calling=on_stage or panel.state == "called",
        state=panel.state,
        note=both("display", "请到本窗口办理") if panel.state == "called" or on_stage else _note(panel.state),
        service=panel.service or NOWHERE,
        staff=panel.staff,
        banner=both("display", "连接中断，请留意工作人员呼叫") if lost else NOWHERE,
    )


def _note(state: CounterState) -> Text:
    return both("display", "请等候叫号") if state == "open" else state_note(state)
